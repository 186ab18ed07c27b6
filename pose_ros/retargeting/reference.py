"""Where the joints should be between two frames of the camera."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pose_ros.errors import RobotError


@dataclass(frozen=True, eq=False)
class Reference:
    """Where the joints should be: a straight line in time through the last frame's answer, until it is too old.

    Attributes:
        position: (n,) at `time` [rad].
        velocity: (n,) [rad/s].
        time, until: [s]; the joints should stand after `until`.

    Raises:
        RobotError: a number is not finite.
    """

    position: np.ndarray
    velocity: np.ndarray
    time: float
    until: float

    def __post_init__(self) -> None:
        if not (np.isfinite(self.position).all() and np.isfinite(self.velocity).all()):
            raise RobotError(f'a reference must be finite, got {self.position} and {self.velocity}')

    def at(self, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Positions and velocities (A, n) at times (A,) [s]."""
        ages = np.minimum(times, self.until) - self.time
        return self.position + ages[:, None] * self.velocity, (times < self.until)[:, None] * self.velocity
