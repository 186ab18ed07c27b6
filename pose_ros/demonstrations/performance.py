"""A trajectory sent through the follower that guards a real robot, without one."""
from __future__ import annotations

import numpy as np

from pose_ros.errors import RobotError
from pose_ros.retargeting.retargeter import Retargeter
from pose_ros.retargeting.robot import Robot
from pose_ros.retargeting.trajectory import Trajectory
from pose_ros.skeletons import COCO17

# A performance may take so many times its duration, and so much longer, before it counts as stuck [s].
PATIENCE, EXTRA_S = 3.0, 10.0
# The robot stands still afterwards for so long [s].
SETTLE_S = 0.5


def perform(robot: Robot, trajectory: Trajectory, start: np.ndarray | None = None) -> Trajectory:
    """What the robot is commanded, tick by tick.

    Args:
        robot: that performs.
        trajectory: what it performs.
        start: (n,) where it stands [rad]; None = at the first pose.

    Raises:
        RobotError: it cannot start there, or does not get to the end.
    """
    retargeter = Retargeter(robot, COCO17, trajectory.positions[0] if start is None else start)
    retargeter.perform(trajectory)
    ticks = round(retargeter.step_s / retargeter.tick_s)
    positions: list[np.ndarray] = []
    velocities: list[np.ndarray] = []
    ended = np.inf
    while len(positions) * retargeter.tick_s < min(ended + SETTLE_S, PATIENCE * trajectory.duration + EXTRA_S):
        path = retargeter.step(len(positions) * retargeter.tick_s)
        motions = [path.at(tick) for tick in range(ticks)]
        positions += [motion.position for motion in motions]
        velocities += [motion.velocity for motion in motions]
        if retargeter.has_performed:
            ended = min(ended, len(positions) * retargeter.tick_s)
    if not retargeter.has_performed:
        raise RobotError(f'the robot did not get to the end of {trajectory.duration:.1f} s of motion')
    return Trajectory(retargeter.tick_s * np.arange(len(positions)), np.array(positions), np.array(velocities))
