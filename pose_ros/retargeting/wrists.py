"""Wrist positions drive links where bone directions cannot: arms that are not built like a person's.

A link is to be as far from where it was when the clutch was let go as the wrist is from where it was then.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pose_ros.errors import RobotError
from pose_ros.retargeting.config import RobotConfig
from pose_ros.retargeting.point_filter import PointEstimate
from pose_ros.skeletons import Skeleton

# A position as uncertain as this is half believed [m].
HALF_TRUST_M = 0.05


@dataclass(frozen=True, eq=False)
class WristTargets:
    """Where W links should be.

    Attributes:
        positions: (W, 3) in the base frame [m]; NaN = not known.
        velocities: (W, 3) [m/s].
        trust: (W,) 0..1; 0 = not known.
    """

    positions: np.ndarray
    velocities: np.ndarray
    trust: np.ndarray


class WristReader:
    """Reads the wrists of a robot file from points of one skeleton, and remembers where they began.

    Args:
        config: the robot file.
        skeleton: of the points.
        links_now: where the links are, (W, 3) in the base frame [m].

    Raises:
        RobotError: the skeleton lacks a keypoint.
    """

    def __init__(self, config: RobotConfig, skeleton: Skeleton, links_now: Callable[[], np.ndarray]) -> None:
        for wrist in config.wrists:
            if wrist.keypoint not in skeleton.keypoints:
                raise RobotError(f'{wrist.where}: no keypoint {wrist.keypoint!r}; skeleton {skeleton.name} has '
                                 f'{", ".join(skeleton.keypoints)}')
        self._places = [skeleton.index(wrist.keypoint) for wrist in config.wrists]
        self._scales = np.array([wrist.scale for wrist in config.wrists]).reshape(-1, 1)
        self._links_now = links_now
        self.clutch()

    def clutch(self) -> None:
        """Wrists count from where they and the links are when they are seen next."""
        self._links = self._wrists = np.full((len(self._places), 3), np.nan)

    def read(self, person: PointEstimate) -> WristTargets:
        """Where the links should be.

        Args:
            person: in the axes of the base frame, see `TorsoFrame`.
        """
        wrists = person.points[self._places]
        begin = np.isnan(self._wrists) & np.isfinite(wrists)
        if begin.any():
            self._links = np.where(begin, self._links_now(), self._links)
            self._wrists = np.where(begin, wrists, self._wrists)
        positions = self._links + self._scales * (wrists - self._wrists)
        trust = 1 / (1 + person.variance[self._places] / HALF_TRUST_M ** 2)
        known = np.isfinite(positions).all(1)
        return WristTargets(positions, self._scales * person.velocities[self._places], np.where(known, trust, 0.0))
