"""DeepCut's grouping: CPU time of one thread from peaks to persons, the people found, and the gap to the optimum."""
from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import numpy as np

from pose_ros.benchmarks.row import Row
from pose_ros.benchmarks.scenes import STRIDE, make_scene, score
from pose_ros.grouping.deepcut import DeepCut
from pose_ros.grouping.multicut_costs import load_regressions
from pose_ros.grouping.paf import find_pairs
from pose_ros.grouping.settings import GroupingSettings
from pose_ros.skeletons import OPENPOSE18
from pose_ros.weights import find_weights

SIZE = (92, 164)
PEOPLE = (1, 5, 10, 20, 50)
SEEDS = (0, 1, 2)


def rows(repeats: int = 10) -> list[Row]:
    """For every number of people: median time; sums over three scenes of found and wrong; the largest gap.

    Args:
        repeats: timings per scene.
    """
    return [row for people in PEOPLE for row in _rows(people, repeats)]


def _rows(people: int, repeats: int) -> list[Row]:
    deepcut, settings = DeepCut(load_regressions(find_weights('deepcut'), OPENPOSE18)), GroupingSettings()
    times, scores, gaps = [], [], []
    for seed in SEEDS:
        scene = make_scene(people, *SIZE, seed)
        found = find_pairs(scene.heatmaps, scene.pafs, OPENPOSE18, settings)
        group = partial(deepcut.group, *found, OPENPOSE18, settings, STRIDE)
        times += [_ms(group) for _ in range(repeats)]
        scores.append(score(scene, group()))
        gaps.append(deepcut.solution.gap)
    values = {'ms': float(np.median(times)), 'found': sum(one.found for one in scores),
              'wrong': sum(one.wrong for one in scores), 'gap': max(gaps)}
    return [Row(f'deepcut.{people}.{what}', value, 'ms' if what == 'ms' else '') for what, value in values.items()]


def _ms(group: Callable[[], object]) -> float:
    begin = time.thread_time()
    group()
    return 1e3 * (time.thread_time() - begin)
