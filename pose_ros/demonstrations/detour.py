"""A way round, where a motion would touch the robot itself: the smallest of some random bumps in joint space."""
from __future__ import annotations

import numpy as np

from pose_ros.retargeting.collision import CollisionChecker
from pose_ros.retargeting.limits import JointLimits

# How far the joints leave the motion together [rad], and how many directions are tried for each.
SIZES, DIRECTIONS = (0.1, 0.2, 0.4, 0.7, 1.1, 1.6), 40
# A bump is never steeper towards an end than if its top were here.
EARLIEST = 0.15


def free_way(positions: np.ndarray, limits: JointLimits, checker: CollisionChecker) -> np.ndarray:
    """The motion itself if it is free, or the shortest free way with the smallest bump; its ends stay as they are.

    Args:
        positions: (T, n) evenly in time, within the limits [rad].
        limits: of the joints.
        checker: of the robot.

    Returns:
        (T, n) [rad]; the motion itself, too, if no way was found, which does not mean that there is none.
    """
    if checker.is_free(positions) or not checker.is_free(positions[[0, -1]]):
        return positions
    touching = [index for index, pose in enumerate(positions) if checker.clearance(pose) <= 0]
    bump = _bump(len(positions), float(np.mean(touching)) / (len(positions) - 1))[:, None]
    directions = np.random.default_rng(0).normal(size=(DIRECTIONS, positions.shape[1]))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    for size in SIZES:
        ways = [limits.clip(positions + size * bump * direction) for direction in directions]
        free = [way for way in ways if checker.is_free(way)]
        if free:
            return min(free, key=_length)
    return positions


def _bump(count: int, top: float) -> np.ndarray:
    """(count,) from 0 to 1 and back to 0 smoothly, highest at a part `top` of the way."""
    top = min(max(top, EARLIEST), 1 - EARLIEST)
    return np.sin(np.pi * np.interp(np.linspace(0, 1, count), [0, top, 1], [0, 0.5, 1])) ** 2


def _length(way: np.ndarray) -> float:
    return float(np.linalg.norm(np.diff(way, axis=0), axis=1).sum())
