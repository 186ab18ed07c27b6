"""Before anything moves: can the robot do this, how much slower, and what must give way?"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pose_ros.demonstrations.detour import free_way
from pose_ros.demonstrations.timing import resampled, timed
from pose_ros.errors import RobotError
from pose_ros.retargeting.collision import CollisionChecker
from pose_ros.retargeting.robot import Robot
from pose_ros.retargeting.trajectory import Trajectory

# Less than this outside a limit is rounding [rad].
ROUNDING = 1e-6


@dataclass(frozen=True)
class Feasibility:
    """What became of a motion.

    Attributes:
        duration: of what will be performed [s].
        stretch: how many times as long that is as was wanted.
        clipped: joints that were wanted outside their limits, and how far at most [rad].
        clearance: smallest distance of two capsules, less the distance that must be kept [m]; infinite without any.
        nearest: when that is [s].
        free: True if no pose on the way touches.
        detour: how far a joint leaves the motion at most, to lead the robot round itself [rad]; 0 = not at all.
    """

    duration: float
    stretch: float
    clipped: Mapping[str, float]
    clearance: float
    nearest: float
    free: bool
    detour: float

    def __str__(self) -> str:
        clipped = ', '.join(f'{name} by {np.degrees(off):.1f} deg' for name, off in self.clipped.items())
        where = f'nearest to itself {1e3 * self.clearance:.0f} mm at {self.nearest:.1f} s'
        detour = f'goes round itself, by up to {np.degrees(self.detour):.1f} deg; ' if self.detour else ''
        return (f'{self.duration:.2f} s, {self.stretch:.2f} times as long as wanted; '
                f'{f"clipped: {clipped}" if clipped else "nothing clipped"}; {detour}'
                f'{where if np.isfinite(self.clearance) else "no collision model"}{"" if self.free else ": COLLIDES"}')


def planned(wanted: Trajectory, robot: Robot) -> tuple[Trajectory, Feasibility]:
    """Clips a motion to the position limits, leads it round collisions if it can, and gives it a timing.

    Args:
        wanted: n joints, any positions, any speed.
        robot: that shall perform it.

    Returns:
        What can be performed if the report says `free`, and the report.

    Raises:
        RobotError: of another number of joints, or TOPP-RA finds no timing.
    """
    limits = robot.limits
    if wanted.positions.shape[1] != len(robot.joints):
        raise RobotError(f'the motion has {wanted.positions.shape[1]} joints, {robot.config.name} '
                         f'{len(robot.joints)}')
    even = resampled(wanted)
    inside = limits.clip(even.positions)
    off = np.abs(even.positions - inside).max(axis=0)
    clipped = {name: float(much) for name, much in zip(robot.joints, off) if much > ROUNDING}
    checker = CollisionChecker(robot)
    way = free_way(inside, limits, checker)
    motion = timed(Trajectory(even.times, way, np.gradient(way, even.times, axis=0)), limits)
    clearances = [checker.clearance(position) for position in motion.positions]
    nearest = int(np.argmin(clearances))
    return motion, Feasibility(motion.duration, motion.duration / even.duration, clipped, clearances[nearest],
                               float(motion.times[nearest]), clearances[nearest] > 0, float(np.abs(way - inside).max()))


def require_free(report: Feasibility) -> None:
    """Lets a motion pass that touches nothing.

    Raises:
        RobotError: the robot would touch itself on the way.
    """
    if not report.free:
        raise RobotError(f'the robot would touch itself: {report}')
