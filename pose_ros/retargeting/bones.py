"""A person's points become directions of bones in the robot's base frame, their rates and their trust."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pose_ros.errors import RobotError
from pose_ros.retargeting.config import RobotConfig
from pose_ros.retargeting.point_filter import PointEstimate
from pose_ros.skeletons import Skeleton

# A direction as uncertain as this is half believed [rad].
HALF_TRUST = 0.25
# Shorter vectors have no direction [m].
SHORTEST = 1e-3


@dataclass(frozen=True, eq=False)
class BoneDirections:
    """Where B bones point.

    Attributes:
        directions: (B, 3) unit vectors in the base frame (x forward, y left, z up); NaN = not known.
        rates: (B, 3) how they change [1/s].
        trust: (B,) 0..1; 0 = not known.
        complete: True if every bone that is not optional is known.
    """

    directions: np.ndarray
    rates: np.ndarray
    trust: np.ndarray
    complete: bool


class BoneReader:
    """Reads the bones of a robot file from points of one skeleton.

    Args:
        config: the robot file.
        skeleton: of the points.

    Raises:
        RobotError: the skeleton lacks a keypoint of a bone that is not optional.
    """

    def __init__(self, config: RobotConfig, skeleton: Skeleton) -> None:
        _check_keypoints(config, skeleton)
        place = {name: index for index, name in enumerate(skeleton.keypoints)}
        ends = np.array([[place.get(name, -1) for name in bone.keypoints] for bone in config.bones], int).reshape(-1, 2)
        self._start, self._end = ends.T
        self._present = (ends >= 0).all(1)
        self._optional = np.array([bone.optional for bone in config.bones], bool)

    def read(self, person: PointEstimate) -> BoneDirections:
        """The bones of one person, whose points have the axes of the base frame (see `TorsoFrame`)."""
        vectors = person.points[self._end] - person.points[self._start]
        moves = person.velocities[self._end] - person.velocities[self._start]
        variance = person.variance[self._end] + person.variance[self._start]
        lengths = np.sqrt((vectors * vectors).sum(1))
        known = (lengths > SHORTEST) & self._present
        safe = np.where(known, lengths, 1.0)
        directions = np.where(known[:, None], vectors / safe[:, None], np.nan)
        moves = moves / safe[:, None]
        rates = moves - directions * (directions * moves).sum(1, keepdims=True)
        trust = np.where(known, 1 / (1 + variance / (safe * HALF_TRUST) ** 2), 0.0)
        return BoneDirections(directions, rates, trust, bool((known | self._optional).all()))


def _check_keypoints(config: RobotConfig, skeleton: Skeleton) -> None:
    known = f'skeleton {skeleton.name} has {", ".join(skeleton.keypoints)}'
    for bone in config.bones:
        for name in bone.keypoints:
            if name not in skeleton.keypoints and not bone.optional:
                raise RobotError(f'{bone.where}: no keypoint {name!r}; {known}')
