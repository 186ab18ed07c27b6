"""Motions that are known in advance: a recorded demonstration, a learnt one, the way home."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pose_ros.errors import RobotError

# Nearer than this to the first pose the performance begins; further off than this from a later one it waits [rad].
ARRIVED, BEHIND = 0.02, 0.15


@dataclass(frozen=True, eq=False)
class Trajectory:
    """Positions and velocities of n joints at T times; all arrays read-only.

    Attributes:
        times: (T,) from 0 on, increasing [s].
        positions: (T, n) in the order of `Robot.joints` [rad].
        velocities: (T, n) [rad/s].

    Raises:
        RobotError: shapes that do not fit, numbers that are not finite, times that do not increase from 0.
    """

    times: np.ndarray
    positions: np.ndarray
    velocities: np.ndarray

    def __post_init__(self) -> None:
        for name in ('times', 'positions', 'velocities'):
            array = np.array(getattr(self, name), float)
            array.flags.writeable = False
            object.__setattr__(self, name, array)
        shapes = self.times.shape, self.positions.shape, self.velocities.shape
        count = len(self.times) if self.times.ndim else 0
        if not count or shapes[1][:1] != (count,) or shapes[1] != shapes[2] or self.positions.ndim != 2:
            raise RobotError(f'a trajectory needs times (T,), positions (T, n) and velocities (T, n), got {shapes}')
        if not all(np.isfinite(array).all() for array in (self.times, self.positions, self.velocities)):
            raise RobotError('a trajectory has a number that is not finite')
        if self.times[0] != 0 or (np.diff(self.times) <= 0).any():
            raise RobotError('the times of a trajectory must begin at 0 and increase')

    @classmethod
    def to(cls, position: np.ndarray) -> Trajectory:
        """Only a pose (n,) to go to [rad]."""
        return cls(np.zeros(1), position[None], np.zeros((1, len(position))))

    @property
    def duration(self) -> float:
        """Of the whole motion [s]."""
        return float(self.times[-1])

    def at(self, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Positions and velocities (A, n) at times (A,), cubic between; it stands before and after."""
        inside = np.clip(times, 0, self.duration)
        if len(self.times) == 1:
            return np.repeat(self.positions, len(times), 0), np.zeros((len(times), self.positions.shape[1]))
        index = np.clip(np.searchsorted(self.times, inside, 'right') - 1, 0, len(self.times) - 2)
        positions, velocities = hermite(self, index, inside)
        return positions, velocities * (inside == times)[:, None]


def hermite(knots: Trajectory, index: np.ndarray, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cubics through positions and velocities: (A, n) each, at times (A,) [s] between the knots index and index + 1."""
    span = (knots.times[index + 1] - knots.times[index])[:, None]
    s = (times[:, None] - knots.times[index][:, None]) / span
    p, q = knots.positions[index], knots.positions[index + 1]
    u, w = span * knots.velocities[index], span * knots.velocities[index + 1]
    a, b = 2 * (p - q) + u + w, 3 * (q - p) - 2 * u - w
    return ((a * s + b) * s + u) * s + p, ((3 * a * s + 2 * b) * s + u) / span


class Performance:
    """Goes to the first pose of a trajectory and then through it, as fast as it is allowed to.

    It keeps a time of its own, which runs slower where the robot must be slower, and waits where the robot is behind.
    """

    def __init__(self, trajectory: Trajectory) -> None:
        self._trajectory = trajectory
        self._time, self._begun, self._waits = 0.0, False, True

    @property
    def done(self) -> bool:
        """The robot has got to the end."""
        return self._begun and self._time >= self._trajectory.duration

    def ahead(self, offsets: np.ndarray, scale: float) -> tuple[np.ndarray, np.ndarray]:
        """Where the joints should be so much later: positions and velocities (A, n).

        Args:
            offsets: (A,) [s].
            scale: 0..1, how fast its time runs.
        """
        pace = 0.0 if self._waits else scale
        positions, velocities = self._trajectory.at(self._time + pace * offsets)
        return positions, pace * velocities

    def advance(self, position: np.ndarray, elapsed: float) -> None:
        """Lets time pass [s], unless the robot, which is at `position` (n,) [rad], is behind."""
        wanted = self._trajectory.at(np.array([self._time]))[0][0]
        off = np.abs(position - wanted).max()
        self._waits = bool(off > (BEHIND if self._begun else ARRIVED))
        if self._begun and not self._waits:
            self._time += elapsed
        self._begun = self._begun or not self._waits
