"""Grouping alone: CPU time of one thread, and the people found, on synthetic scenes."""
from __future__ import annotations

import time
from collections.abc import Callable

import cv2
import numpy as np

from pose_ros.benchmarks.row import Row
from pose_ros.benchmarks.scenes import STRIDE, Scene, make_scene, score
from pose_ros.grouping.paf import group_maps
from pose_ros.grouping.settings import PafSettings
from pose_ros.skeletons import OPENPOSE18
from pose_ros.types import Person

SIZES = ((46, 82), (92, 164))
PEOPLE = (1, 5, 20, 50)
SEEDS = (0, 1, 2)
COUNTS = ('found', 'wrong', 'false')
UNITS = {'ms': 'ms', 'error_px': 'px'}


def rows(repeats: int = 15, group: Callable[[Scene], list[Person]] | None = None) -> list[Row]:
    """For every map size and number of people: median time, and sums over three scenes of found, wrong and false.

    Args:
        repeats: timings per scene.
        group: another decoder to measure, from a scene to persons.
    """
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        return [row for size in SIZES for people in PEOPLE for row in _rows(people, *size, repeats, group or _group)]
    finally:
        cv2.setNumThreads(threads)


def _group(scene: Scene) -> list[Person]:
    return group_maps(scene.heatmaps, scene.pafs, OPENPOSE18, PafSettings(), STRIDE)


def _rows(people: int, height: int, width: int, repeats: int, group: Callable[[Scene], list[Person]]) -> list[Row]:
    scenes = [make_scene(people, height, width, seed) for seed in SEEDS]
    scores = [score(scene, group(scene)) for scene in scenes]
    times = [_ms(group, scene) for scene in scenes for _ in range(repeats)]
    values = {'ms': float(np.median(times)), **{what: sum(getattr(one, what) for one in scores) for what in COUNTS},
              'error_px': float(np.mean([one.error_px for one in scores]))}
    name = f'grouping.{height}x{width}.{people}'
    return [Row(f'{name}.{what}', value, UNITS.get(what, '')) for what, value in values.items()]


def _ms(group: Callable[[Scene], list[Person]], scene: Scene) -> float:
    begin = time.thread_time()
    group(scene)
    return 1e3 * (time.thread_time() - begin)
