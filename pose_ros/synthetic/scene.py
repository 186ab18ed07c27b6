"""One labelled picture: several people before a background, with keypoints and visibility as COCO defines them."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from pose_ros.skeletons import COCO17, OPENPOSE18
from pose_ros.synthetic.appearance import sample_appearance, sample_light
from pose_ros.synthetic.backgrounds import background, crop_photo, paint
from pose_ros.synthetic.bodies import Body, BodyModel
from pose_ros.synthetic.layouts import Casting, Layouts
from pose_ros.synthetic.motion_capture import MotionCapture
from pose_ros.synthetic.props import cast_shadow, put_in_hand, put_table
from pose_ros.synthetic.renderer import Renderer, View
from pose_ros.synthetic.rotations import X, Z, rotation

BODIES_TO_CAMERA = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0.]])
NEAREST_M = 0.9
COUNT_SHARE = [.04, .40, .24, .14, .10, .05, .03]
OCCLUDER = 255
KNOWN_LAYOUT = 0.6   # share of the scenes laid out like a labelled photo, where there are any
CANDIDATES = 48      # bodies tried for every person of a labelled photo
# Which way each point of the face looks, on the rest pose; it is labelled only where it looks at the camera.
FACE = {'nose': (0, -1, 0), 'left_eye': (.35, -1, 0), 'right_eye': (-.35, -1, 0), 'left_ear': (1, .1, 0),
        'right_ear': (-1, .1, 0)}


@dataclass(frozen=True)
class Scene:
    """A labelled picture.

    Attributes:
        image: (H, W, 3) uint8 RGB.
        persons: (P, 18, 3) float32 in the order of OPENPOSE18: x, y [px] and visibility (0 unlabelled,
            1 hidden, 2 visible).
    """

    image: np.ndarray
    persons: np.ndarray


@dataclass(frozen=True)
class Priors:
    """What is known of real people: where they stand in photos, and how they move; None for unknown."""

    layouts: Layouts | None = None
    motion: MotionCapture | None = None


@dataclass(frozen=True)
class Placed:
    """A person in the picture, whose pixels carry `number`."""

    body: Body
    view: View
    number: int


def openpose_from_coco(keypoints: np.ndarray) -> np.ndarray:
    """(..., 17, 3) COCO keypoints with visibility -> (..., 18, 3) OpenPose ones; the neck is between the shoulders."""
    order = OPENPOSE18.indices_in(COCO17)
    persons = np.where((order >= 0)[:, None], keypoints[..., order, :], 0).astype(np.float32)
    left, right = (keypoints[..., COCO17.index(f'{side}_shoulder'), :] for side in ('left', 'right'))
    neck = np.concatenate([(left + right)[..., :2] / 2, np.minimum(left, right)[..., 2:]], -1)
    persons[..., OPENPOSE18.index('neck'), :] = neck * (neck[..., 2:] > 0)
    return persons


class SceneSampler:
    """Draws one scene after another; the same photos and seed give the same scenes.

    Args:
        photos: people-free photos, (h, w, 3) uint8 RGB.
        size: side of the pictures [px].
        pool: posed bodies held ready; a few are replaced at every fourth scene.
        priors: where people stand and how they move; by default neither is known.
    """

    def __init__(self, photos: Sequence[np.ndarray], size: int = 320, pool: int = 96,
                 priors: Priors = Priors()) -> None:
        self._photos, self._size, self._pool_size, self._priors = photos, size, pool, priors
        self._model = BodyModel()
        printing = np.random.default_rng(0)
        prints = [crop_photo(printing, photos, 128) for _ in range(32)]
        self._prints, self._renderer = len(prints), Renderer(size, self._model, prints)
        self.restart(0)

    def restart(self, seed: int) -> None:
        """Begin the sequence of scenes of this seed."""
        self._random = np.random.default_rng(seed)
        self._pool = self._model.sample(self._random, self._pool_size, self._priors.motion)

    def sample(self) -> Scene:
        """The next scene."""
        if self._random.random() < .25:
            self._pool = self._pool[4:] + self._model.sample(self._random, 4, self._priors.motion)
        placed = self._draw_people()
        image, owners = self._compose(placed)
        labels = np.array([label(one, owners) for one in placed], np.float32).reshape(-1, 17, 3)
        return Scene(image, openpose_from_coco(labels))

    def _draw_people(self) -> list[Placed]:
        random, placed = self._random, list[Placed]()
        self._renderer.begin()
        light, focal = sample_light(random), self._size * random.uniform(.6, 2.2)
        pitch = rotation(X, random.normal(0, 8) if random.random() < .7 else random.uniform(-30, 35))
        layouts = self._priors.layouts
        known = layouts if random.random() < KNOWN_LAYOUT else None
        for body, view in self._known_views(known, focal, pitch) if known else self._free_views(focal, pitch):
            if (body.vertices @ view.rotation.T + view.translation)[:, 2].min() > .12:
                number = len(placed) + 1
                self._renderer.draw(body, sample_appearance(random, self._prints), light, view, number)
                placed.append(Placed(body, view, number))
        return placed

    def _known_views(self, layouts: Layouts, focal: float, pitch: np.ndarray) -> Iterator[tuple[Body, View]]:
        """People in the places and attitudes of those of a labelled photo."""
        bodies = [self._pool[i] for i in self._random.permutation(len(self._pool))[:CANDIDATES]]
        casting = Casting.of(bodies, BODIES_TO_CAMERA @ pitch)
        casts = (casting.cast(person, focal, self._size) for person in layouts.sample(self._random, self._size))
        return (cast for cast in casts if cast is not None)

    def _free_views(self, focal: float, pitch: np.ndarray) -> Iterator[tuple[Body, View]]:
        random, last = self._random, None
        count = int(random.choice(len(COUNT_SHARE), p=COUNT_SHARE))
        crowd = random.uniform(.25, .95)
        for _ in range(count):
            body = self._pool[random.integers(len(self._pool))]
            last = self._view(body, _height(random, count, crowd), focal, pitch, last if random.random() < .3 else None)
            yield body, last

    def _view(self, body: Body, height: float, focal: float, pitch: np.ndarray, neighbour: View | None) -> View:
        """A view in which the person is about `height` of the picture tall, next to a neighbour if there is one."""
        random = self._random
        turn = rotation(Z, random.normal(0, 40) if random.random() < .6 else random.uniform(-180, 180))
        z = body.keypoints[:, 2]
        extent = max(1.0, np.ptp(z) + .25)
        depth = max(NEAREST_M, focal * extent / (height * self._size))
        shown = focal * extent / depth / self._size
        x, y = random.uniform(.1, .9), random.uniform(.3, .75)
        if shown > .95:  # a close person: the upper body stays in the picture
            x, y = random.uniform(.25, .75), random.uniform(.15, .5) + (shown * .5 - .1) * random.uniform(.2, 1.1)
        if neighbour is not None:
            beside = neighbour.translation[0] / neighbour.translation[2] * focal / self._size
            x = .5 + beside + random.normal(0, .15) * shown
        matrix = BODIES_TO_CAMERA @ pitch @ turn
        centre = np.array([(x - .5) * self._size / focal, (y - .5) * self._size / focal, 1]) * depth
        return View(matrix, centre - matrix @ np.array([0, 0, (z.max() + z.min()) / 2]), focal)

    def _compose(self, placed: Sequence[Placed]) -> tuple[np.ndarray, np.ndarray]:
        random = self._random
        people, owners = self._renderer.read()
        owners = owners.copy()
        behind = background(random, self._photos, self._size)
        people_px = [one.view.project(one.body.keypoints, self._size) for one in placed]
        for keypoints in people_px if random.random() < .5 else ():
            cast_shadow(random, behind, keypoints)
        inside = cv2.GaussianBlur((owners > 0).astype(np.float32), (0, 0), .7)
        alpha = np.clip((inside - .4) / .5, 0, 1) * (owners > 0)  # soft edges, no fringe of the empty frame
        image = (behind + (people.astype(np.float32) - behind) * alpha[..., None]).astype(np.uint8)
        for _ in range(random.integers(1, 4) if random.random() < .35 else 0):
            owners[paint(random, image, self._photos, .35) > 127] = OCCLUDER
        for keypoints in people_px:
            for put, chance in ((put_table, .12), (put_in_hand, .15)):
                if random.random() < chance:
                    owners[put(random, image, self._photos, keypoints) > 127] = OCCLUDER
        return image, owners


def _height(random: np.random.Generator, count: int, crowd: float) -> float:
    """Height of a person as a share of the picture."""
    if count == 1:
        return random.uniform(.3, .95) if random.random() < .6 else random.uniform(.95, 2.6)
    return min(crowd * random.uniform(.6, 1.4), .9 if count >= 4 else 1.8)


def label(person: Placed, owners: np.ndarray) -> np.ndarray:
    """(17, 3) float32 in the order of COCO17: x, y [px], visibility.

    Args:
        owners: (size, size) whose each pixel is, from `Renderer.read`, with occluders painted in.
    """
    size, labels = len(owners), np.zeros((17, 3), np.float32)
    pixels = person.view.project(person.body.keypoints, size)
    for i, (x, y) in enumerate(pixels):
        if not (0 <= x <= size - 1 and 0 <= y <= size - 1):
            continue
        around = owners[max(0, round(y) - 2):round(y) + 3, max(0, round(x) - 2):round(x) + 3]
        visible = bool((around == person.number).any())
        name = COCO17.keypoints[i]
        if name not in FACE or visible and _faces_camera(person, name, person.body.keypoints[i]):
            labels[i] = x, y, 1 + visible
    return labels


def _faces_camera(person: Placed, name: str, point: np.ndarray) -> bool:
    looks = person.view.rotation @ person.body.head[:3, :3] @ np.array(FACE[name], float)
    towards = -(person.view.rotation @ point + person.view.translation)
    return bool(looks @ towards > -.12 * np.linalg.norm(looks) * np.linalg.norm(towards))
