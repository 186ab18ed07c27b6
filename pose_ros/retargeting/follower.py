"""The only place that decides how joints may move: position, velocity and acceleration limits are laws here.

Time runs in ticks of h seconds. Within a tick the acceleration is constant, so positions are exact parabolas: a
controller that interpolates positions and velocities with cubics reproduces them and adds no acceleration of its own. A
motion is always left with enough room to stop before every position limit, by the exact bound of discrete time (the
continuous bound v^2 / 2a overshoots).
"""
from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pose_ros.errors import RobotError
from pose_ros.retargeting.limits import JointLimits
from pose_ros.settings import Settings, setting

# Keeps rounding errors inside the limits.
MARGIN = 1e-9
SIDES = np.array([[1.0], [-1.0]])


@dataclass(frozen=True, eq=False)
class Motion:
    """Where n joints are and how fast they move: position (n,) [rad], velocity (n,) [rad/s]."""

    position: np.ndarray
    velocity: np.ndarray


@dataclass(frozen=True, eq=False)
class Path:
    """Motions at the ends of the next T ticks; the last one is at rest.

    Attributes:
        positions: (T, n) [rad].
        velocities: (T, n) [rad/s].
    """

    positions: np.ndarray
    velocities: np.ndarray

    def __len__(self) -> int:
        return len(self.positions)

    def at(self, tick: int) -> Motion:
        """The motion at the end of a tick; 0 is the next one."""
        index = min(tick, len(self) - 1)
        return Motion(self.positions[index], self.velocities[index])

    def after_motions(self, motions: Sequence[Motion]) -> Path:
        """These motions, and then this path."""
        return Path(np.concatenate([np.array([motion.position for motion in motions]), self.positions]),
                    np.concatenate([np.array([motion.velocity for motion in motions]), self.velocities]))

    def after(self, ticks: int) -> Path:
        """The path that is left after some ticks; a path that has ended stays where it is."""
        done = min(ticks, len(self) - 1)
        return Path(self.positions[done:], self.velocities[done:])


@dataclass(frozen=True)
class FollowerSettings(Settings):
    """How closely joint targets are followed."""

    rate_hz: float = setting(100.0, 'Ticks per second', low=10.0, high=1000.0, read_only=True)
    gain: float = setting(18.0, 'Speed per distance to the target [1/s]; higher follows noise more closely', low=0.1,
                          high=100.0)
    braking: float = setting(0.6, 'Part of the acceleration limit that an approach plans to brake with', low=0.05,
                             high=1.0)
    advance: int = setting(2, 'Ticks from one path to the next', low=1, high=100, read_only=True)
    ahead: int = setting(3, 'Ticks of motion in a path before it brakes to rest; at least advance', low=1, high=100)

    @property
    def tick_s(self) -> float:
        """Time of a tick [s]."""
        return 1 / self.rate_hz


class Follower:
    """Plans motions under the limits.

    Args:
        limits: of n joints.
        settings: see `FollowerSettings`.
    """

    def __init__(self, limits: JointLimits, settings: FollowerSettings | None = None) -> None:
        self._settings = settings or FollowerSettings()
        self._limits = limits
        self.tick_s = self._settings.tick_s
        self._change = limits.acceleration * self.tick_s * (1 - MARGIN)
        self._fastest = limits.velocity * (1 - MARGIN)
        self._approach = 2 * self._settings.braking * limits.acceleration
        self._edges = np.stack([limits.upper, -limits.lower]) - MARGIN
        self._per_room = 1 / (self.tick_s * self._change)

    def start(self, position: np.ndarray) -> Motion:
        """A motion at rest.

        Args:
            position: (n,) measured [rad].

        Raises:
            RobotError: a number is missing, or a joint stands outside its limits by more than 0.02 rad.
        """
        position = np.array(position, float)
        if position.shape != self._limits.lower.shape or not np.isfinite(position).all():
            raise RobotError(f'need {len(self._limits.lower)} finite joint positions, got {position}')
        off = np.abs(position - self._limits.clip(position)).max()
        if off > 0.02:
            raise RobotError(f'a joint stands {off:.3f} rad outside its limits; at most 0.02 is allowed')
        return Motion(position, np.zeros_like(position))

    def toward(self, motion: Motion, target: np.ndarray, target_velocity: np.ndarray, scale: float = 1.0) -> Motion:
        """One tick toward a moving target.

        Args:
            motion: now.
            target: (n,) where the joints should be after this tick [rad]; anything finite.
            target_velocity: (n,) [rad/s].
            scale: 0..1, part of the velocity limits that may be used.
        """
        error = target - motion.position - (motion.velocity + target_velocity) * (self.tick_s / 2)
        distance = np.abs(error)
        approach = np.minimum(self._settings.gain * distance, np.sqrt(self._approach * distance))
        return self._tick(motion, target_velocity + np.copysign(approach, error), self._fastest * scale)

    def brake(self, motion: Motion) -> Path:
        """The fastest way to rest: every joint at its own largest deceleration."""
        speeds = np.abs(motion.velocity)
        ticks = max(math.ceil((speeds / self._change).max()), 1)
        left = np.maximum(speeds - np.arange(ticks + 1)[:, None] * self._change, 0)
        velocities = np.copysign(left, motion.velocity)
        moved = np.add.accumulate((velocities[1:] + velocities[:-1]) * (self.tick_s / 2))
        return Path(motion.position + moved, velocities[1:])

    def plan(self, motion: Motion, targets: np.ndarray, target_velocity: np.ndarray, scale: float = 1.0) -> Path:
        """Some ticks toward a moving target, and then to rest.

        Args:
            motion: now.
            targets: (A, n) where the joints should be after each of the next A ticks [rad].
            target_velocity: (A, n) [rad/s].
            scale: 0..1, part of the velocity limits that may be used.
        """
        motions = []
        for target, velocity in zip(targets, target_velocity):
            motion = self.toward(motion, target, velocity, scale)
            motions.append(motion)
        tail = self.brake(motion)
        return Path(np.concatenate([[m.position for m in motions], tail.positions]),
                    np.concatenate([[m.velocity for m in motions], tail.velocities]))

    def _tick(self, motion: Motion, wanted: np.ndarray, fastest: np.ndarray) -> Motion:
        up, down = np.minimum(self._stoppable(motion), fastest)
        velocity = np.maximum(np.minimum(wanted, up), -down)
        low, high = motion.velocity - self._change, motion.velocity + self._change
        velocity = np.maximum(np.minimum(velocity, high), low)
        return Motion(motion.position + (motion.velocity + velocity) * (self.tick_s / 2), velocity)

    def _stoppable(self, motion: Motion) -> np.ndarray:
        """(2, n) the largest next speeds up and down from which the joints still stop before their limits [rad/s].

        In units of the largest change of velocity per tick, stopping from u = k + f (0 <= f < 1) covers
        (k + 1/2) u - k (k + 1) / 2 ticks, and this tick covers (velocity + u) / 2; solved for u.
        """
        room = self._edges - SIDES * (motion.position + motion.velocity * (self.tick_s / 2))
        units = np.maximum(room, 0) * self._per_room
        whole = np.floor(np.sqrt(2 * units + 0.25) - 0.5)
        return np.asarray((units / (whole + 1) + whole / 2) * self._change)
