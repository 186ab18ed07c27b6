"""Pose NMS alone: CPU time of one thread for crowds in which everybody was found three times."""
from __future__ import annotations

import time

import numpy as np

from pose_ros.benchmarks.row import Row
from pose_ros.grouping.pose_nms import merge, pose_nms
from pose_ros.grouping.settings import PoseNmsSettings

POSES = (3, 15, 60, 150)
COPIES = 3


def rows(repeats: int = 15) -> list[Row]:
    """For every number of poses: the median time, and how many people are left."""
    return [row for poses in POSES for row in _rows(poses, repeats)]


def _rows(poses: int, repeats: int) -> list[Row]:
    keypoints, scores = _crowd(poses // COPIES)
    times, left = [], 0
    for _ in range(repeats):
        begin = time.thread_time()
        kept, stands_for = pose_nms(keypoints, scores, scores.mean(1), PoseNmsSettings())
        left = len(merge(keypoints, scores, kept, stands_for))
        times.append(1e3 * (time.thread_time() - begin))
    return [Row(f'pose_nms.{poses}.ms', float(np.median(times)), 'ms'), Row(f'pose_nms.{poses}.left', left, '')]


def _crowd(people: int) -> tuple[np.ndarray, np.ndarray]:
    """(P, 18, 2) poses of people side by side, three of each and hardly different, and (P, 18) scores."""
    random = np.random.default_rng(people)
    poses = random.random((people, 18, 2)) * (40, 160) + np.arange(people)[:, None, None] * (60, 0)
    keypoints = np.repeat(poses, COPIES, 0) + random.normal(0, 1.5, (people * COPIES, 18, 2))
    return keypoints, random.uniform(.3, 1, keypoints.shape[:2])
