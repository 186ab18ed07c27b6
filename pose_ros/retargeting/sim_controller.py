"""A stand-in for ros2_control's JointTrajectoryController: its checks, its interpolation, how it replaces paths.

After the controller's documentation (ros2_controllers, "Trajectory Representation" and "Trajectory Replacement"):
positions alone are joined by lines, with velocities by cubics, with accelerations by quintics; a new trajectory
replaces the old one; one that begins in the future is approached from where the joints are told to be now.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pose_ros.errors import RobotError
from pose_ros.retargeting.limits import JointLimits

AT_REST = 1e-3


@dataclass(frozen=True, eq=False)
class JointPath:
    """Points that a controller is to go through.

    Attributes:
        joints: m names.
        start: time of `times` = 0 [s]; 0 = when it arrives.
        times: (T,) [s].
        positions, velocities, accelerations: (T, m) [rad], [rad/s], [rad/s^2]; without velocities or accelerations
            (T, 0).
    """

    joints: tuple[str, ...]
    start: float
    times: np.ndarray
    positions: np.ndarray
    velocities: np.ndarray
    accelerations: np.ndarray


class SimController:
    """A controller and ideal joints: they are where they are told to be, unless that breaks a limit.

    Args:
        joints: n names.
        limits: of them; targets beyond are clipped, as ros2_control's limiter does, and counted.
        position: (n,) where they stand [rad].
        start_tolerance: a path whose first point is further away than the joints could move until then, and than this,
            is refused [rad].

    Attributes:
        position, velocity: (n,) at the last `update` [rad], [rad/s].
        clipped: how many updates had to be clipped.
    """

    def __init__(self, joints: Sequence[str], limits: JointLimits, position: np.ndarray,
                 start_tolerance: float = 0.1) -> None:
        self._joints, self._limits, self._tolerance = tuple(joints), limits, start_tolerance
        self.position, self.velocity = np.array(position, float), np.zeros(len(position))
        self.clipped = 0
        self._time: float | None = None
        self._knots = _Knots.at_rest(self.position)

    def accept(self, path: JointPath, now: float) -> None:
        """Replaces what is done by a new path.

        Raises:
            RobotError: why the path is refused; then the old one goes on.
        """
        path = self._checked(path, now)
        begin = path.start or now
        times = begin + path.times
        knots = _Knots(times, path.positions, path.velocities, path.accelerations)
        if times[0] > now:
            knots = knots.approached(now, *self._knots.at(now))
            self._check_start(knots)
        self._knots = knots

    def update(self, now: float) -> None:
        """Moves the joints to where they have to be now [s]."""
        wanted, velocity = self._knots.at(now)
        elapsed = 0.0 if self._time is None else max(now - self._time, 0.0)
        furthest = self._limits.velocity * elapsed * 1.001 + 1e-6
        allowed = self._limits.clip(np.clip(wanted, self.position - furthest, self.position + furthest))
        self.clipped += bool(np.abs(allowed - wanted).max() > 1e-6)
        self.position, self.velocity, self._time = allowed, velocity, now

    def _checked(self, path: JointPath, now: float) -> JointPath:
        """The path with its joints in the controller's order."""
        if not path.joints or set(path.joints) != set(self._joints) or len(path.joints) != len(self._joints):
            raise RobotError(f'joints {list(path.joints)} do not match those of the controller: {list(self._joints)}')
        shapes = (path.positions.shape, path.velocities.shape, path.accelerations.shape)
        full, none = (len(path.times), len(self._joints)), (len(path.times), 0)
        if not len(path.times) or shapes[0] != full or any(shape not in (full, none) for shape in shapes[1:]):
            raise RobotError(f'points need one position per joint, and one velocity or none; got shapes {shapes}')
        if not all(np.isfinite(array).all() for array in (path.positions, path.velocities, path.accelerations)):
            raise RobotError('a number is not finite')
        if path.times[0] < 0 or (np.diff(path.times) <= 0).any():
            raise RobotError('time_from_start is not strictly increasing from 0 on')
        if path.start and path.start + path.times[-1] < now:
            raise RobotError(f'the trajectory ends {now - path.start - path.times[-1]:.3f} s in the past')
        if path.velocities.size and np.abs(path.velocities[-1]).max() > AT_REST:
            raise RobotError('the velocity of the last point is not zero')
        order = [path.joints.index(name) for name in self._joints]
        ordered = [array[:, order] if array.size else array
                   for array in (path.positions, path.velocities, path.accelerations)]
        return JointPath(self._joints, path.start, path.times, *ordered)

    def _check_start(self, knots: _Knots) -> None:
        way = np.abs(knots.positions[1] - knots.positions[0])
        reach = self._limits.velocity * (knots.times[1] - knots.times[0]) + self._tolerance
        if (way > reach).any():
            joint = self._joints[int((way - reach).argmax())]
            raise RobotError(f'{joint} is {way.max():.3f} rad from the first point: too far to get there in time')


@dataclass(frozen=True, eq=False)
class _Knots:
    """Points at absolute times; (T, 0) velocities or accelerations where there are none."""

    times: np.ndarray
    positions: np.ndarray
    velocities: np.ndarray
    accelerations: np.ndarray

    @classmethod
    def at_rest(cls, position: np.ndarray) -> _Knots:
        return cls(np.zeros(1), position[None], np.zeros((1, len(position))), np.zeros((1, 0)))

    def approached(self, now: float, position: np.ndarray, velocity: np.ndarray) -> _Knots:
        """The same, from a state that the joints have now."""
        first = velocity[None] if self.velocities.size else self.velocities[:1]
        none = np.zeros_like(self.accelerations[:1])
        return _Knots(np.concatenate([[now], self.times]), np.concatenate([position[None], self.positions]),
                      np.concatenate([first, self.velocities]), np.concatenate([none, self.accelerations]))

    def at(self, now: float) -> tuple[np.ndarray, np.ndarray]:
        """Position and velocity (n,); it stands before the first and after the last point."""
        if now < self.times[0] or now >= self.times[-1]:
            return self.positions[0 if now < self.times[0] else -1], np.zeros(self.positions.shape[1])
        index = int(np.searchsorted(self.times, now, 'right')) - 1
        span = self.times[index + 1] - self.times[index]
        ends = [self.positions[index:index + 2]]
        ends += [array[index:index + 2] * span ** (order + 1)
                 for order, array in enumerate((self.velocities, self.accelerations)) if array.size]
        return _polynomial(np.stack(ends), (now - self.times[index]) / span, span)


def _polynomial(ends: np.ndarray, s: float, span: float) -> tuple[np.ndarray, np.ndarray]:
    """Value and rate at 0 <= s <= 1 of the polynomial of lowest degree with given derivatives at both ends.

    Args:
        ends: (D, 2, n) derivatives 0 .. D - 1 with respect to s, at s = 0 and 1.
        s: place.
        span: what s = 1 is worth [s].
    """
    count = 2 * len(ends)
    powers = np.arange(count)
    rows = []
    for order in range(len(ends)):
        factors = np.array([np.prod(np.arange(p - order + 1, p + 1)) if p >= order else 0.0 for p in powers])
        rows += [np.where(powers == order, factors, 0.0), factors]
    coefficients = np.linalg.solve(np.array(rows), ends.reshape(count, -1))
    slopes = powers[1:, None] * coefficients[1:]
    return s ** powers @ coefficients, s ** powers[:-1] @ slopes / span


def commanded(paths: Sequence[JointPath]) -> list[np.ndarray]:
    """What stamped paths that replace each other make the joints do.

    Returns:
        One (T, n) array of positions tick by tick [rad] per movement from rest to rest.
    """
    movements: list[dict[int, np.ndarray]] = []
    for path in paths:
        tick_s = path.times[1] - path.times[0]
        ticks = np.round((path.start + path.times) / tick_s).astype(int).tolist()
        known = movements[-1] if movements else {}
        if ticks[0] not in known:
            known = {}
            movements.append(known)
        for stale in [tick for tick in known if tick >= ticks[0]]:
            del known[stale]
        known.update(zip(ticks, path.positions))
    return [np.array([movement[tick] for tick in sorted(movement)]) for movement in movements]
