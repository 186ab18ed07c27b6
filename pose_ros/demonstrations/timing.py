"""How fast a path may be gone: its own timing where the limits allow it, otherwise that of TOPP-RA.

Pham & Pham, "A New Approach to Time-Optimal Path Parameterization based on Reachability Analysis", T-RO 2018.
"""
from __future__ import annotations

import logging

import numpy as np
import toppra
from scipy.interpolate import CubicSpline
from toppra.algorithm import TOPPRA
from toppra.constraint import JointAccelerationConstraint, JointVelocityConstraint

from pose_ros.errors import RobotError
from pose_ros.retargeting.limits import JointLimits
from pose_ros.retargeting.rehearsal import violations
from pose_ros.retargeting.trajectory import Trajectory

TICK_S = 0.01
# Parts of the limits that are planned with; the rest is for the follower to catch up.
VELOCITY_SHARE, ACCELERATION_SHARE = 0.95, 0.85
# A path is a spline through so many poses, evenly far apart.
KNOTS = 50
# A path shorter than this is no motion [rad].
SHORTEST = 1e-4


def timed(path: Trajectory, limits: JointLimits) -> Trajectory:
    """The path in the time it has, or in the shortest that the limits allow if that is longer.

    Args:
        path: where to go, and when if it may; within the position limits.
        limits: of the joints.

    Raises:
        RobotError: TOPP-RA finds no timing.
    """
    even = resampled(path)
    if _fits(even, limits):
        return even
    fastest = _fastest(path, limits)
    return resampled(_slower(fastest, max(path.duration, fastest.duration)))


def resampled(path: Trajectory) -> Trajectory:
    """The same motion at every tick, its velocities those of a spline through it, at rest at both ends."""
    count = max(round(path.duration / TICK_S), 2)
    times = np.linspace(0, path.duration, count + 1) if path.duration else np.arange(count + 1) * TICK_S
    positions, _ = path.at(times)
    return Trajectory(times, positions, CubicSpline(times, positions, bc_type='clamped')(times, 1))


def _fits(path: Trajectory, limits: JointLimits) -> bool:
    return not any(violations(limits, path.positions, float(path.times[1])))


def _slower(path: Trajectory, duration: float) -> Trajectory:
    stretch = duration / path.duration
    return Trajectory(path.times * stretch, path.positions, path.velocities / stretch)


def _fastest(path: Trajectory, limits: JointLimits) -> Trajectory:
    way = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(path.positions, axis=0), axis=1))])
    if way[-1] < SHORTEST:
        return Trajectory(np.array([0, TICK_S]), path.positions[[0, -1]], np.zeros((2, path.positions.shape[1])))
    kept = np.concatenate([[True], np.diff(way) > 0])
    knots = np.linspace(0, way[-1], KNOTS)
    poses = np.stack([np.interp(knots, way[kept], joint[kept]) for joint in path.positions.T], axis=1)
    velocity, acceleration = VELOCITY_SHARE * limits.velocity, ACCELERATION_SHARE * limits.acceleration
    # It tells through this logger what it then raises or returns.
    logging.getLogger('toppra').setLevel(logging.CRITICAL)
    timing = TOPPRA([JointVelocityConstraint(np.stack([-velocity, velocity], axis=1)),
                     JointAccelerationConstraint(np.stack([-acceleration, acceleration], axis=1))],
                    toppra.SplineInterpolator(knots, poses), parametrizer='ParametrizeConstAccel').compute_trajectory()
    if timing is None:
        raise RobotError('TOPP-RA finds no timing of the path within the limits')
    times = np.linspace(0, timing.duration, max(round(timing.duration / TICK_S), 2) + 1)
    return Trajectory(times, limits.clip(timing(times)), timing(times, 1))
