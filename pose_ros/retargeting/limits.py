"""How far, how fast and how suddenly each joint may move."""
from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

# So near to a limit a joint is at it [rad].
AT_LIMIT = 1e-3
# From the last image of a person until the robot brakes because the next one does not come, at 30 per second [s].
REACTION_S = 0.075


@dataclass(frozen=True, eq=False)
class JointLimits:
    """Limits of n joints; all arrays (n,), read-only.

    Attributes:
        lower, upper: positions [rad].
        velocity: largest speed [rad/s].
        acceleration: largest acceleration and deceleration [rad/s^2].
    """

    lower: np.ndarray
    upper: np.ndarray
    velocity: np.ndarray
    acceleration: np.ndarray

    def __post_init__(self) -> None:
        for name in ('lower', 'upper', 'velocity', 'acceleration'):
            array = np.array(getattr(self, name), float)
            array.flags.writeable = False
            object.__setattr__(self, name, array)

    def clip(self, position: np.ndarray) -> np.ndarray:
        """The nearest position (n,) within the limits [rad]."""
        return np.asarray(np.minimum(np.maximum(position, self.lower), self.upper))

    def touched(self, position: np.ndarray) -> np.ndarray:
        """(n,) bool: which joints of a position (n,) [rad] stand at a limit."""
        return np.asarray((position <= self.lower + AT_LIMIT) | (position >= self.upper - AT_LIMIT))


def resting_within(limits: JointLimits, angle: float) -> JointLimits:
    """The same limits, but so slow that every joint is at rest within an angle [rad] after the person was seen last.

    Until the robot brakes a joint goes v REACTION_S further, and then v^2 / 2a; solved for v.
    """
    acceleration = limits.acceleration
    slow = acceleration * (np.sqrt(REACTION_S ** 2 + 2 * angle / acceleration) - REACTION_S)
    return replace(limits, velocity=np.minimum(limits.velocity, slow))
