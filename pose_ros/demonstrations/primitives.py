"""Motions learnt from demonstrations, for new starts, goals and durations: DMP from one, ProMP from several.

Ijspeert et al., "Dynamical Movement Primitives", Neural Computation 2013; Paraschos et al., "Probabilistic Movement
Primitives", NIPS 2013; both as in the library movement_primitives.
"""
from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass

import numpy as np
from movement_primitives.dmp import DMP
from movement_primitives.promp import ProMP

from pose_ros.errors import DatasetError
from pose_ros.retargeting.trajectory import Trajectory

DMP_WEIGHTS, PROMP_WEIGHTS = 30, 10
# A ProMP is learnt from so many poses of each demonstration.
PHASES = 60
# How exactly a ProMP is conditioned [rad^2].
EXACT = 1e-6
FEWEST_DEMONSTRATIONS = 5


@dataclass(frozen=True, eq=False)
class LearntMotion:
    """A DMP: the shape of one motion."""

    _dmp: DMP
    duration: float

    @classmethod
    def of(cls, motion: Trajectory) -> LearntMotion:
        """Learns one motion.

        Raises:
            DatasetError: it has no duration or too few poses.
        """
        _require_motion(motion)
        even = np.linspace(0, motion.duration, len(motion.times))
        dmp = DMP(motion.positions.shape[1], motion.duration, float(even[1]), DMP_WEIGHTS, smooth_scaling=True)
        dmp.imitate(even, motion.at(even)[0])
        return cls(dmp, motion.duration)

    def rolled_out(self, start: np.ndarray, goal: np.ndarray, duration: float | None = None) -> Trajectory:
        """The motion from another start to another goal, both (n,) [rad]; limits are not looked at.

        Args:
            start: first pose.
            goal: last pose.
            duration: [s]; None = as learnt.

        Raises:
            DatasetError: a pose of other joints, a number that is not finite, or no duration.
        """
        dmp = deepcopy(self._dmp)
        duration = self.duration if duration is None else duration
        _require_ends(dmp.n_dims, start, goal, duration)
        dmp.dt_ *= duration / self.duration
        dmp.execution_time_ = duration
        dmp.configure(start_y=np.array(start, float), goal_y=np.array(goal, float))
        times, positions = dmp.open_loop()
        return _exact(times * (duration / times[-1]), positions, start, goal)


@dataclass(frozen=True, eq=False)
class LearntVariety:
    """A ProMP: the mean of several motions, and how they vary."""

    _promp: ProMP
    duration: float

    @classmethod
    def of(cls, motions: Sequence[Trajectory]) -> LearntVariety:
        """Learns at least FEWEST_DEMONSTRATIONS motions, each brought to the same length.

        Raises:
            DatasetError: too few, of different joints, or one without a duration.
        """
        if len(motions) < FEWEST_DEMONSTRATIONS:
            raise DatasetError(f'a ProMP needs {FEWEST_DEMONSTRATIONS} demonstrations, got {len(motions)}')
        for motion in motions:
            _require_motion(motion)
        widths = {motion.positions.shape[1] for motion in motions}
        if len(widths) > 1:
            raise DatasetError(f'demonstrations of {sorted(widths)} joints cannot be learnt together')
        phases = np.linspace(0, 1, PHASES)
        poses = np.stack([motion.at(phases * motion.duration)[0] for motion in motions])
        promp = ProMP(widths.pop(), PROMP_WEIGHTS)
        promp.imitate(np.tile(phases, (len(motions), 1)), poses)
        return cls(promp, float(np.mean([motion.duration for motion in motions])))

    def rolled_out(self, start: np.ndarray | None = None, goal: np.ndarray | None = None,
                   duration: float | None = None) -> Trajectory:
        """The likeliest motion from a start to a goal, both (n,) [rad]; None = as it was shown.

        Raises:
            DatasetError: a pose of other joints, a number that is not finite, or no duration.
        """
        promp, phases = self._promp, np.linspace(0, 1, PHASES)
        mean = promp.mean_trajectory(phases)
        ends = mean[0] if start is None else start, mean[-1] if goal is None else goal
        duration = self.duration if duration is None else duration
        _require_ends(promp.n_dims, *ends, duration)
        for phase, pose in zip((0.0, 1.0), (start, goal)):
            if pose is not None:
                promp = promp.condition_position(np.array(pose, float), EXACT * np.eye(promp.n_dims), phase)
        return _exact(phases * duration, promp.mean_trajectory(phases), *ends)

    def spread(self) -> np.ndarray:
        """(PHASES, n) standard deviation of the motions shown [rad]."""
        return np.sqrt(self._promp.var_trajectory(np.linspace(0, 1, PHASES)))


def _require_motion(motion: Trajectory) -> None:
    if len(motion.times) < DMP_WEIGHTS or not motion.duration > 0:
        raise DatasetError(f'a motion of {len(motion.times)} poses in {motion.duration:.3f} s cannot be learnt; '
                           f'at least {DMP_WEIGHTS} poses are needed')


def _require_ends(joints: int, start: np.ndarray, goal: np.ndarray, duration: float) -> None:
    for name, pose in (('start', start), ('goal', goal)):
        if np.shape(pose) != (joints,) or not np.isfinite(pose).all():
            raise DatasetError(f'{name} must be {joints} finite joint positions, got {pose}')
    if not 0 < duration < np.inf:
        raise DatasetError(f'duration must be above 0 s, got {duration}')


def _exact(times: np.ndarray, positions: np.ndarray, start: np.ndarray, goal: np.ndarray) -> Trajectory:
    """Takes out what is left between the ends of a rollout and where they should be, smoothly over the motion."""
    phase = (times / times[-1])[:, None]
    blend = phase ** 3 * (10 - 15 * phase + 6 * phase ** 2)
    positions = positions + (1 - blend) * (start - positions[0]) + blend * (goal - positions[-1])
    return Trajectory(times, positions, np.gradient(positions, times, axis=0))
