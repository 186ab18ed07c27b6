"""A short RGB-D film of people who walk past each other, rendered once: the second clip of the demo.

Two people cross in front of and behind a third who waves. Made by `python -m pose_ros.synthetic.depth_film`, and
shipped; `synthetic.depth_clip` plays it, without OpenGL.
"""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from pose_ros.skeletons import OPENPOSE18
from pose_ros.sources.rgbd import DepthClip, write_depth
from pose_ros.synthetic.appearance import sample_appearance
from pose_ros.synthetic.backgrounds import texture
from pose_ros.synthetic.bodies import BodyModel, sample_shape
from pose_ros.synthetic.clip import (
    FLOOR_M,
    FOCAL,
    LIGHT,
    Actor,
    ClipSettings,
    compose,
    painted_room,
    place,
    walking,
    waving,
    with_shadows,
)
from pose_ros.synthetic.depth_clip import FILES, DepthShot, clip_camera
from pose_ros.synthetic.points import openpose18
from pose_ros.synthetic.renderer import Renderer
from pose_ros.synthetic.scene import Placed, openpose_from_coco
from pose_ros.types import Person, Points, PointSource
from pose_ros.video import VideoWriter

_FARTHEST_M = 60.0
WALL_M = 4.7  # where the painted floor ends
SETTINGS = ClipSettings(seconds=8.0, rate_hz=15.0, width_px=320, seed=11)
# Barycentric places at which every triangle is projected; together they leave no gaps between pixels.
_PLACES = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [.5, .5, 0], [0, .5, .5], [.5, 0, .5], [1 / 3, 1 / 3, 1 / 3]])


def depth_film(settings: ClipSettings = SETTINGS) -> Iterator[DepthShot]:
    """One shot per frame, with the true depth.

    Raises:
        DatasetError: the `train` extra or OpenGL is missing.
    """
    size, random = settings.width_px, np.random.default_rng(settings.seed)
    model = BodyModel()
    renderer = Renderer(size, model, [texture(random, 128) for _ in range(8)])
    room, actors = painted_room(random, size), _cast(random)
    empty = _room_depth(size)
    for t in np.arange(0, settings.seconds, 1 / settings.rate_hz):
        renderer.begin()
        placed = [place(model, actor, t, number, size) for number, actor in enumerate(actors, 1)]
        for one, actor in zip(placed, actors):
            renderer.draw(one.body, actor.look, LIGHT, one.view, one.number)
        owners = renderer.read()[1][size // 8:][:len(empty)]
        image, labels, _ = compose(renderer, with_shadows(room, placed), placed)
        yield DepthShot(float(t), image, _depth(placed, model.faces, owners, empty),
                        [_person(one, seen) for one, seen in zip(placed, openpose_from_coco(labels))])


def _cast(random: np.random.Generator) -> list[Actor]:
    shape = [sample_shape(random) | {'age': .7} for _ in range(3)]
    look = [replace(sample_appearance(random, 8), skirt=0.0) for _ in range(3)]
    return [Actor(walking, lambda t: (-2.3 + .62 * t, 2.9, 90), shape[0], look[0]),
            Actor(walking, lambda t: (2.6 - .68 * t, 4.1, -90), shape[1], look[1]),
            Actor(waving, lambda t: (.35, 3.5, 0), shape[2], look[2])]


def _room_depth(size: int) -> np.ndarray:
    """(H, W) float64 [m] of the floor and the wall."""
    camera = clip_camera(size)
    rows = np.arange(camera.height) - camera.matrix[1, 2]
    floor = np.where(rows > 0, FLOOR_M * FOCAL * size / np.maximum(rows, 1e-6), np.inf)
    return np.repeat(np.minimum(floor, WALL_M)[:, None], camera.width, axis=1)


def _depth(placed: list[Placed], faces: np.ndarray, owners: np.ndarray, empty: np.ndarray) -> np.ndarray:
    """(H, W) uint16 [mm]: of every person's pixels that of their nearest surface."""
    depth, camera = empty.copy(), clip_camera(owners.shape[1])
    for one in placed:
        corners = (one.body.vertices @ one.view.rotation.T + one.view.translation)[faces]
        points = np.einsum('pi,fic->fpc', _PLACES, corners).reshape(-1, 3)
        columns, rows = np.rint(camera.project(points)).astype(int).T
        inside = (columns >= 0) & (columns < camera.width) & (rows >= 0) & (rows < camera.height)
        nearest = np.full(depth.shape, np.inf)
        np.minimum.at(nearest, (rows[inside], columns[inside]), points[inside, 2])
        mine = owners == one.number
        depth[mine] = np.minimum(nearest, cv2.erode(nearest, np.ones((3, 3))) + 0.02)[mine]
    return np.rint(1000 * np.where(depth < _FARTHEST_M, depth, 0)).astype(np.uint16)


def _person(one: Placed, seen: np.ndarray) -> Person:
    points = openpose18(one.body.keypoints @ one.view.rotation.T + one.view.translation)
    inside = seen[:, 2] > 0
    return Person(OPENPOSE18, np.where(inside[:, None], seen[:, :2], np.nan), seen[:, 2] == 2, 1.0, one.number - 1,
                  Points(points, np.zeros((18, 3, 3)), np.full(18, PointSource.SENSOR)))


def main(folder: Path = Path('pose_ros/demo_data'), settings: ClipSettings = SETTINGS) -> None:
    """Write the film and its truth into `folder`."""
    shots = []
    with VideoWriter(folder / FILES.colour, settings.rate_hz) as video:
        for shot in depth_film(settings):
            video.write(shot.image)
            shots.append(shot)
    camera = clip_camera(settings.width_px)
    write_depth(
        folder / FILES.colour, DepthClip(np.array([shot.depth_mm for shot in shots]), camera, camera, np.eye(4)),
        stamps_s=np.array([shot.stamp_s for shot in shots]),
        keypoints=np.array([[one.keypoints for one in shot.persons] for shot in shots], np.float32),
        visible=np.array([[one.scores for one in shot.persons] for shot in shots], bool),
        points=np.array([[one.points.positions for one in shot.persons if one.points] for shot in shots], np.float32))


if __name__ == '__main__':
    main()
