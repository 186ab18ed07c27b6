"""From motions that were shown to one that was not."""
from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from pose_ros.demonstrations.demonstration import About, Demonstration, JointSamples, Mark, Sightings
from pose_ros.demonstrations.primitives import LearntMotion, LearntVariety
from pose_ros.errors import DatasetError
from pose_ros.retargeting.trajectory import Trajectory


def learnt(shown: Sequence[Trajectory], start: np.ndarray | None = None, goal: np.ndarray | None = None,
           duration: float | None = None) -> Trajectory:
    """A rollout of a DMP of one motion, or of a ProMP of several.

    Args:
        shown: one motion, or at least five.
        start, goal: (n,) [rad]; None = as shown.
        duration: [s]; None = as shown.

    Raises:
        DatasetError: none or too few motions, of different joints, or ends that do not fit.
    """
    if not shown:
        raise DatasetError('no motion was shown')
    if len(shown) > 1:
        return LearntVariety.of(shown).rolled_out(start, goal, duration)
    only = shown[0].positions
    return LearntMotion.of(shown[0]).rolled_out(only[0] if start is None else start, only[-1] if goal is None else goal,
                                                duration)


def recorded(motion: Trajectory, about: About) -> Demonstration:
    """A motion as a recording of commands that begins now and can be replayed."""
    count, joints, begin = len(about.skeleton), len(about.joints), time.time()
    nobody = Sightings(np.empty(0), np.empty((0, count, 3)), np.empty((0, count)), np.empty(0, int))
    nothing = JointSamples(np.empty(0), np.empty((0, joints)), np.empty((0, joints)))
    commands = JointSamples(begin + motion.times, motion.positions, motion.velocities)
    return Demonstration(about, nobody, commands, nothing, (Mark(begin, 'learnt'),))
