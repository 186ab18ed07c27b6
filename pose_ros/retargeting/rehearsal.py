"""A whole motion of a person, retargeted offline, and what came of it: errors, violated limits, collisions, time."""
from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import pinocchio as pin

from pose_ros.retargeting.collision import CollisionChecker
from pose_ros.retargeting.config import Bone
from pose_ros.retargeting.limits import JointLimits
from pose_ros.retargeting.retargeter import Retargeter
from pose_ros.retargeting.robot import Robot

# Rounding that finite differences of commanded positions may show, relative.
TOLERANCE = 1e-3


@dataclass(frozen=True, eq=False)
class Rehearsal:
    """Commanded motions at T ticks.

    Attributes:
        times: (T,) ends of the ticks [s].
        positions, velocities: (T, n) [rad], [rad/s].
        frame_ms: (N,) CPU time of this thread per frame, steps included.
        solved: (N,) bool, if the shadow found a pose.
    """

    times: np.ndarray
    positions: np.ndarray
    velocities: np.ndarray
    frame_ms: np.ndarray
    solved: np.ndarray


def rehearse(retargeter: Retargeter, stamps: np.ndarray, points: np.ndarray, follow: bool = True) -> Rehearsal:
    """Sends N frames through a retargeter; a frame is used from the first step after its stamp.

    Args:
        retargeter: just started.
        stamps: (N,) from 0 on [s]; may go back, as those of a bad source do.
        points: (N, K, 3) [m].
        follow: False = only brake.
    """
    motions, frame_ms, solved, now = [], [], [], 0.0
    scores = np.ones(points.shape[1])
    for stamp, frame in zip(stamps, points):
        begin = time.thread_time()
        while now < stamp:
            path = retargeter.step(now, follow)
            motions += [path.at(tick) for tick in range(round(retargeter.step_s / retargeter.tick_s))]
            now = len(motions) * retargeter.tick_s
        solution = retargeter.observe(frame, scores, stamp, now)
        frame_ms.append(1e3 * (time.thread_time() - begin))
        solved.append(solution is not None and solution.solved)
    positions, velocities = (np.array([getattr(m, name) for m in motions]) for name in ('position', 'velocity'))
    times = retargeter.tick_s * np.arange(1, len(motions) + 1)
    return Rehearsal(times, positions, velocities, np.array(frame_ms), np.array(solved))


def violations(limits: JointLimits, positions: np.ndarray, tick_s: float) -> tuple[int, int, int]:
    """How many of T poses break position, velocity and acceleration limits, from the positions (T, n) alone."""
    velocity = np.diff(positions, axis=0) / tick_s
    acceleration = np.diff(velocity, axis=0) / tick_s
    outside = (positions < limits.lower - 1e-6) | (positions > limits.upper + 1e-6)
    too_fast = np.abs(velocity) > limits.velocity * (1 + TOLERANCE)
    too_sudden = np.abs(acceleration) > limits.acceleration * (1 + TOLERANCE)
    return tuple(int(broken.any(1).sum()) for broken in (outside, too_fast, too_sudden))  # type: ignore[return-value]


def collisions(robot: Robot, positions: np.ndarray) -> int:
    """In how many of T poses (T, n) capsules touch or come nearer than allowed."""
    checker = CollisionChecker(robot)
    return sum(checker.clearance(position) <= 0 for position in positions)


def arms(robot: Robot) -> list[tuple[Bone, Bone]]:
    """Pairs of bones where one begins at the link where the other ends: upper arm and forearm."""
    needed = [bone for bone in robot.config.bones if not bone.optional]
    return [(upper, fore) for upper in needed for fore in needed if upper.links[1] == fore.links[0]]


def bone_vectors(robot: Robot, arm: tuple[Bone, Bone], positions: np.ndarray) -> np.ndarray:
    """(T, 2, 3) upper arm and forearm of the robot in the base frame [m].

    Args:
        robot: the robot.
        arm: its upper arm and forearm.
        positions: (T, n) [rad].
    """
    model, data = robot.model, robot.model.createData()
    frames = [model.getFrameId(link) for link in (*arm[0].links, arm[1].links[1])]
    places = np.empty((len(positions), 3, 3))
    for place, position in zip(places, positions):
        pin.framesForwardKinematics(model, data, position)
        place[:] = [data.oMf[frame].translation for frame in frames]
    return np.asarray(np.diff(places, axis=1))


def wrist_errors(vectors: np.ndarray, directions: np.ndarray) -> np.ndarray:
    """(T,) distances [m] between the robot's wrist and where it would be if its bones pointed like the person's.

    Args:
        vectors: (T, 2, 3) upper arm and forearm of the robot [m].
        directions: (T, 2, 3) unit vectors of the person's, in the same frame.
    """
    lengths = np.linalg.norm(vectors, axis=2)[..., None]
    return np.asarray(np.linalg.norm((vectors - lengths * directions).sum(1), axis=1))
