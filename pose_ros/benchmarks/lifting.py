"""Points in metres: how far off they are and what they cost, from depth, from three cameras, and the whole chain.

Synthetic people reach anywhere in front of a wall; depth has noise of 5 mm, 1 % or 3 %, depth shadows, flying pixels
and holes; keypoints are 2 px off.
"""
from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from pose_ros.benchmarks.row import Row
from pose_ros.camera import Camera
from pose_ros.lifting.depth_image import DepthImage
from pose_ros.lifting.fusion import fuse
from pose_ros.lifting.lifter import Lifter
from pose_ros.lifting.triangulation import View
from pose_ros.skeletons import OPENPOSE18
from pose_ros.space.depth_frame import DepthFrame
from pose_ros.space.people import People
from pose_ros.synthetic.depth_scenes import CAMERA, depth_scene
from pose_ros.synthetic.stick_people import placed, reaching
from pose_ros.types import Person

NOISES = {'5mm': (0.005, 0.0), '1pct': (0.0, 0.01), '3pct': (0.0, 0.03)}
SCENES, FRAMES = 12, 40
ON_WALL_M = 0.1
WIDE = Camera(640, 480, np.array([[260.0, 0, 319.5], [0, 260.0, 239.5], [0, 0, 1]]))
DEPTH_CAMERA = Camera(640, 480, WIDE.matrix, np.array([0.05, -0.02, 0.001, 0.0, 0.0]))
APART = np.array([[1, 0, 0, 0.05], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1.0]])


def rows() -> list[Row]:
    """Errors of depth and of three cameras, and CPU time of the chain with 1, 5 and 20 people."""
    return [*(row for name in NOISES for row in _depth_rows(name)), *_camera_rows(),
            *(row for people in (1, 5, 20) for row in _chain_rows(people))]


def _depth_rows(noise: str) -> list[Row]:
    errors, visible, on_wall = [], 0, 0
    for seed in range(SCENES):
        scene = depth_scene(np.random.default_rng(seed), *NOISES[noise])
        points = Lifter(OPENPOSE18).lift(scene.persons, DepthImage(scene.depth), CAMERA, 0.0)[0].points
        assert points is not None
        good = points.known & scene.visible[0]
        errors += np.linalg.norm(points.positions - scene.points[0], axis=1)[good].tolist()
        visible += int(scene.visible[0].sum())
        on_wall += int((points.positions[points.known, 2] > scene.wall_m - ON_WALL_M).sum())
    name = f'lifting.depth.{noise}'
    return [Row(f'{name}.median_mm', 1e3 * float(np.median(errors)), 'mm'),
            Row(f'{name}.p95_mm', 1e3 * float(np.percentile(errors, 95)), 'mm'),
            Row(f'{name}.found', len(errors) / visible, ''), Row(f'{name}.on_background', on_wall, '')]


def three_views(far_m: float = 3.5, height_m: float = 1.6) -> list[View]:
    """Three cameras around the middle of a room, looking at 1 m above it."""
    camera = Camera(1280, 720, np.array([[915.0, 0, 639.5], [0, 915.0, 359.5], [0, 0, 1]]))
    views = []
    for angle in np.deg2rad([0, 75, 160]):
        place = np.array([far_m * np.cos(angle), far_m * np.sin(angle), height_m])
        ahead = np.array([0, 0, 1.0]) - place
        ahead /= np.linalg.norm(ahead)
        right = np.cross(ahead, [0, 0, 1.0])
        right /= np.linalg.norm(right)
        transform = np.eye(4)
        transform[:3] = np.column_stack([right, np.cross(ahead, right), ahead, place])
        views.append(View(camera, transform))
    return views


def _camera_rows(people: int = 5) -> list[Row]:
    views, rng, errors, times = three_views(), np.random.default_rng(0), [], []
    for _ in range(SCENES):
        around = 2 * np.pi * np.arange(people) / people
        truth = [placed(reaching(rng.uniform(1.55, 1.9), rng), 0.9 * np.array([np.cos(a), np.sin(a)]),
                        rng.uniform(0, 6)) for a in around]
        seen = [[_seen(view, points, rng) for points in truth] for view in views]
        start = time.thread_time()
        fused = fuse(views, seen)
        times.append(1e3 * (time.thread_time() - start))
        # Everyone has the same place in every list, which fusing does not know.
        errors += [float(error) for one in fused if one.points
                   for error in np.linalg.norm(one.points.positions - truth[one.members[0][1]], axis=1)]
    return [Row('lifting.three_cameras.5.median_mm', 1e3 * float(np.nanmedian(errors)), 'mm'),
            Row('lifting.three_cameras.5.p95_mm', 1e3 * float(np.nanpercentile(errors, 95)), 'mm'),
            Row('lifting.three_cameras.5.cpu_p50_ms', float(np.median(times)), 'ms')]


def _seen(view: View, points: np.ndarray, rng: np.random.Generator, noise_px: float = 2.0) -> Person:
    back = np.linalg.inv(view.transform_camera_to_world)
    pixels = view.camera.project(points @ back[:3, :3].T + back[:3, 3]) + rng.normal(0, noise_px, (len(points), 2))
    return Person(OPENPOSE18, pixels, np.ones(len(pixels)), 1.0)


def _chain_rows(people: int) -> list[Row]:
    scene = depth_scene(np.random.default_rng(0), 0.0, 0.01, people=min(people, 5), camera=WIDE)
    persons = [scene.persons[i % len(scene.persons)] for i in range(people)]
    image = DepthImage(np.rint(1000 * np.nan_to_num(scene.depth)).astype(np.uint16))
    frames = {'image': None, 'aligned': DepthFrame(image), 'unaligned': DepthFrame(image, DEPTH_CAMERA, APART)}
    return [Row(f'lifting.chain.{name}.{people}.cpu_p50_ms', _cost_ms(persons, frame), 'ms')
            for name, frame in frames.items()]


def _cost_ms(persons: Sequence[Person], depth: DepthFrame | None) -> float:
    """CPU time of tracking, lifting and smoothing one frame, the middle of many."""
    chain, times = People(OPENPOSE18), []
    for frame in range(FRAMES):
        start = time.thread_time()
        chain.update(persons, frame / 30, WIDE, depth=depth, publish_s=frame / 30 + 0.05)
        times.append(1e3 * (time.thread_time() - start))
    return float(np.median(times))
