"""A short film of synthetic people with its ground truth: what `make demo` shows when nobody brings a video.

One person walks across a room, one waves, one does squats. Made
once by `python -m pose_ros.synthetic.clip`, and shipped.
"""
from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from pose_ros.settings import Settings, setting
from pose_ros.skeletons import COCO17
from pose_ros.synthetic.appearance import Appearance, sample_appearance
from pose_ros.synthetic.backgrounds import texture
from pose_ros.synthetic.bodies import BodyModel, sample_shape
from pose_ros.synthetic.poses import NECK, SPINE, ArmRest, arm, leg
from pose_ros.synthetic.renderer import Renderer, View
from pose_ros.synthetic.rotations import X, Z, bend, rotation
from pose_ros.synthetic.scene import BODIES_TO_CAMERA, Placed, label
from pose_ros.video import VideoWriter

FLOOR_M, FOCAL = 1.05, .95  # the camera's height above the floor; its focal length, as part of the picture's side
SIDES = (('L', 1, 0.0), ('R', -1, np.pi))
LIGHT: dict[str, tuple[float, ...]] = {
    'light': (.4, -.8, -.45), 'light_colour': (.75, .72, .68), 'fill': (-.7, -.3, -.6), 'fill_colour': (.2, .22, .25),
    'ambient': (.34, .34, .36)}
# x, y, width, height [px of a 640 px picture], colour: a door with its knob, a picture in its frame, a shelf of books.
FURNITURE = (
    (468, 200, 92, 260, (124, 96, 70)), (474, 206, 80, 248, (142, 112, 84)), (482, 330, 10, 10, (190, 180, 120)),
    (250, 170, 120, 80, (70, 66, 62)), (256, 176, 108, 68, (120, 150, 168)), (30, 150, 130, 12, (110, 90, 70)),
    (40, 113, 15, 37, (150, 60, 50)), (58, 110, 15, 40, (50, 90, 130)), (76, 114, 15, 36, (60, 110, 70)),
    (98, 108, 15, 42, (190, 160, 60)))
Pose = dict[str, np.ndarray]
Arms = dict[str, ArmRest]


@dataclass(frozen=True)
class ClipSettings(Settings):
    """Length, size and look of the film."""

    seconds: float = setting(6.0, 'Length [s]', low=0.1, high=60.0)
    rate_hz: float = setting(15.0, 'Frames per second', low=1.0, high=60.0)
    width_px: int = setting(640, 'Width; the height is three quarters of it', low=64, high=1920)
    seed: int = setting(5, 'Chooses bodies, clothes and room', low=0, high=2 ** 31)


@dataclass(frozen=True)
class Actor:
    """One person of the film: motion(t, arms) -> pose, path(t) -> floor position x, z [m] and heading [deg]."""

    motion: Callable[[float, Arms], Pose]
    path: Callable[[float], tuple[float, float, float]]
    shape: dict[str, float]
    look: Appearance


def film(settings: ClipSettings = ClipSettings()) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Yields per frame: image (H, W, 3) uint8 RGB, keypoints (P, 17, 3) as COCO labels them, areas (P,) [px^2].

    Raises:
        DatasetError: the `train` extra or OpenGL is missing.
    """
    size, random = settings.width_px, np.random.default_rng(settings.seed)
    model = BodyModel()
    renderer = Renderer(size, model, [texture(random, 128) for _ in range(8)])
    room, actors = painted_room(random, size), _cast(random)
    for t in np.arange(0, settings.seconds, 1 / settings.rate_hz):
        renderer.begin()
        placed = [place(model, actor, t, number, size) for number, actor in enumerate(actors, 1)]
        # The painter's order does not matter (depth test), the shadows' does: they lie on the floor.
        for one, actor in zip(placed, actors):
            renderer.draw(one.body, actor.look, LIGHT, one.view, one.number)
        yield compose(renderer, with_shadows(room, placed), placed)


def compose(renderer: Renderer, room: np.ndarray, placed: list[Placed]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The picture, cut to 4:3, labels (P, 17, 3) as COCO has them and areas (P,) [px^2]."""
    people, owners = renderer.read()
    alpha = cv2.GaussianBlur((owners > 0).astype(np.float32), (0, 0), .6)[..., None] * (owners > 0)[..., None]
    image = (room + (people.astype(np.float32) - room) * alpha).astype(np.uint8)
    top = len(room) // 8  # the square picture is cut to 4:3
    height = len(room) * 3 // 4
    owners[:top], owners[top + height:] = 0, 0
    labels = np.stack([label(one, owners) for one in placed])
    labels[..., 1] -= top
    labels[(labels[..., 1] < 0) | (labels[..., 1] > height - 1)] = 0
    areas = np.array([(owners == one.number).sum() for one in placed], float)
    return image[top:top + height], labels, areas


def _cast(random: np.random.Generator) -> list[Actor]:
    def actor(motion: Callable[[float, Arms], Pose], path: Callable[[float], tuple[float, float, float]]) -> Actor:
        look = replace(sample_appearance(random, 8), skirt=0.0)
        return Actor(motion, path, sample_shape(random) | {'age': .7}, look)
    return [actor(walking, lambda t: (-2.6 + .95 * t, 4.6, 90)), actor(waving, lambda t: (-1.15, 3.6, 8)),
            actor(squatting, lambda t: (1.2, 3.9, -25))]


def place(model: BodyModel, actor: Actor, t: float, number: int, size: int) -> Placed:
    """An actor at a time [s], numbered, before the camera of a square picture of that size [px]."""
    body, = model.pose([actor.motion(t, model.arms)], [actor.shape])
    x, z, heading = actor.path(t)
    turn = BODIES_TO_CAMERA @ rotation(Z, heading)
    feet = body.vertices[:, 2].min()
    return Placed(body, View(turn, np.array([x, FLOOR_M, z]) - turn @ np.array([0, 0, feet]), size * FOCAL), number)


def _trunk(forward: float, nod: float = 0.0) -> Pose:
    return {**{bone: bend(forward / 5) for bone in SPINE}, **{bone: bend(nod / 4) for bone in NECK}}


def _direction(sign: int, out: float, back: float, up: float) -> np.ndarray:
    vector = np.array([sign * out, back, up])
    return vector / np.linalg.norm(vector)


def walking(t: float, arms: Arms) -> Pose:
    """Bone rotations of a walk at a time [s]."""
    pose = {'root': np.eye(3), **_trunk(4)}
    for side, sign, shift in SIDES:
        phase = 2 * np.pi * .95 * t + shift
        swing = .45 * np.sin(phase)
        pose |= arm(_direction(sign, .16, swing, -1), 0, 5 + 12 * max(0.0, -np.sin(phase)), side, sign, arms[side])
        pose |= leg(26 * np.sin(phase) + 4, 0, 0, 8 + 48 * max(0.0, np.cos(phase)) ** 1.5, 0, side, sign)
    return pose


def waving(t: float, arms: Arms) -> Pose:
    """Bone rotations of someone who waves with the right hand."""
    wave = np.sin(2 * np.pi * 1.1 * t)
    pose = {'root': bend(0, 1.5 * wave), **_trunk(2)}
    for side, sign, _ in SIDES:
        raised = side == 'R'
        upper = _direction(sign, .85, -.2, .35 + .08 * wave) if raised else _direction(sign, .2, .05, -1)
        pose |= arm(upper, -75 if raised else 0, 62 + 26 * wave if raised else -10, side, sign, arms[side])
        pose |= leg(2, 5, 6, 3, 0, side, sign)
    return pose


def squatting(t: float, arms: Arms) -> Pose:
    """Bone rotations of squats."""
    depth = .5 - .5 * np.cos(2 * np.pi * .4 * t)
    pose = {'root': rotation(X, 22 * depth), **_trunk(12 * depth, -18 * depth)}
    for side, sign, _ in SIDES:
        pose |= arm(_direction(sign, .2, -.15 - depth, -1 + .95 * depth), -10, -12, side, sign, arms[side])
        pose |= leg(4 + 98 * depth, 6 + 8 * depth, 12, 4 + 100 * depth, -22 * depth, side, sign)
    return pose


def painted_room(random: np.random.Generator, size: int) -> np.ndarray:
    """(size, size, 3) float32: a wall with a door, a picture and a shelf, and a floor, all procedural."""
    wall = np.full((size, size, 3), (196, 190, 178), np.float32) + .10 * texture(random, size)
    u = size / 640
    for x, y, width, height, colour in FURNITURE:
        corner, opposite = (int(x * u), int(y * u)), (int((x + width) * u), int((y + height) * u))
        cv2.rectangle(wall, corner, opposite, colour, -1, cv2.LINE_AA)
    horizon = int(455 * u)
    floor = np.array((128, 108, 90), np.float32) + .22 * (texture(random, size).astype(np.float32) - 128)
    wall[horizon:] = floor[horizon:] * np.linspace(.82, 1.08, size - horizon)[:, None, None]
    wall[horizon - int(9 * u):horizon] = (226, 222, 214)
    return np.clip(wall, 0, 255)


def with_shadows(room: np.ndarray, placed: list[Placed]) -> np.ndarray:
    """The room with a soft dark ellipse under every person."""
    shade, size = np.zeros(room.shape[:2], np.float32), len(room)
    for one in placed:
        middle = one.body.vertices.mean(0)
        middle[2] = one.body.vertices[:, 2].min()
        x, y = one.view.project(middle, size)
        width = .38 * one.view.focal / (one.view.rotation @ middle + one.view.translation)[2]
        cv2.ellipse(shade, (int(x), int(y)), (int(width), int(width * .28)), 0, 0, 360, .5, -1, cv2.LINE_AA)
    return room * (1 - cv2.GaussianBlur(shade, (0, 0), size / 70))[..., None]


def coco_annotations(frames: list[tuple[np.ndarray, np.ndarray]], width: int, height: int) -> dict[str, Any]:
    """COCO keypoint JSON of a film: image id = frame index, track ids in `track_id`.

    Args:
        frames: per frame keypoints (P, 17, 3) and areas (P,).
    """
    images = [{'id': i, 'file_name': f'{i:06d}.jpg', 'width': width, 'height': height} for i in range(len(frames))]
    people = [(i, track, *person) for i, frame in enumerate(frames) for track, person in enumerate(zip(*frame))]
    annotations = [_annotation(n, *person) for n, person in enumerate(people, 1)]
    category = {'id': 1, 'name': 'person', 'keypoints': list(COCO17.keypoints)}
    return {'images': images, 'annotations': annotations, 'categories': [category]}


def _annotation(number: int, image: int, track: int, keypoints: np.ndarray, area: float) -> dict[str, Any]:
    seen = keypoints[keypoints[:, 2] > 0, :2]
    low, high = (seen.min(0), seen.max(0)) if len(seen) else (np.zeros(2), np.zeros(2))
    return {'id': number, 'image_id': image, 'category_id': 1, 'track_id': track, 'iscrowd': 0, 'area': float(area),
            'bbox': [round(float(v), 1) for v in (*low, *(high - low))], 'num_keypoints': len(seen),
            'keypoints': np.round(keypoints.astype(float), 2).ravel().tolist()}


def main(folder: Path = Path('pose_ros/demo_data'), settings: ClipSettings = ClipSettings()) -> None:
    """Write people.mp4 and people.json into `folder`."""
    frames = []
    with VideoWriter(folder / 'people.mp4', settings.rate_hz) as video:
        for image, keypoints, areas in film(settings):
            video.write(image)
            frames.append((keypoints, areas))
    height, width = image.shape[:2]
    (folder / 'people.json').write_text(json.dumps(coco_annotations(frames, width, height), separators=(',', ':')))


if __name__ == '__main__':
    main()
