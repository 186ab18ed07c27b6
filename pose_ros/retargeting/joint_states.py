"""Where a robot's joints are, from messages about any joints in any order."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np


class JointStates:
    """The newest states of n joints.

    Args:
        joints: their names.

    Attributes:
        positions: (n,) [rad]; NaN before the first message.
        velocities: (n,) [rad/s]; NaN where the robot does not tell.
    """

    def __init__(self, joints: Sequence[str]) -> None:
        self._joints = tuple(joints)
        self.positions = self.velocities = np.full(len(self._joints), np.nan)

    @property
    def known(self) -> bool:
        """Whether there was a message."""
        return bool(np.isfinite(self.positions).all())

    def take(self, names: Sequence[str], positions: Sequence[float], velocities: Sequence[float]) -> bool:
        """Takes a message; False, and nothing is taken, unless it has every joint with a finite position.

        Args:
            names: of the joints in the message.
            positions: of them [rad].
            velocities: of them [rad/s]; may be empty.
        """
        place = {name: index for index, name in enumerate(names)}
        if len(positions) != len(names) or not place.keys() >= set(self._joints):
            return False
        order = [place[name] for name in self._joints]
        found = np.asarray(positions, float)[order]
        if not np.isfinite(found).all():
            return False
        told = len(velocities) == len(names)
        self.positions = found
        self.velocities = np.asarray(velocities, float)[order] if told else np.full(len(order), np.nan)
        return True
