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
# Left-right and up of the torso from left shoulder, right shoulder, left hip, right hip.
TORSO_AXES = np.array([[1.0, -1.0, 1.0, -1.0], [1.0, 1.0, -1.0, -1.0]])
MIRRORED = np.array([1.0, -1.0, 1.0])
# a x b = a[NEXT] * b[AFTER] - a[AFTER] * b[NEXT]; numpy's cross is ten times slower on single vectors.
NEXT, AFTER = np.array([1, 2, 0]), np.array([2, 0, 1])


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


def torso_rotation(points: np.ndarray) -> np.ndarray:
    """Rotation (3, 3) from the points' frame to the torso's axes: x forward, y left, z up.

    Args:
        points: (4, 3) left shoulder, right shoulder, left hip, right hip [m].
    """
    across, up = TORSO_AXES @ points
    forward = across[NEXT] * up[AFTER] - across[AFTER] * up[NEXT]
    left = up[NEXT] * forward[AFTER] - up[AFTER] * forward[NEXT]
    axes = np.array([forward, left, up])
    return np.asarray(axes / np.sqrt((axes * axes).sum(1, keepdims=True)))


class BoneReader:
    """Reads the bones of a robot file from points of one skeleton.

    Args:
        config: the robot file.
        skeleton: of the points.

    Raises:
        RobotError: the skeleton lacks a keypoint of the torso or of a bone that is not optional.
    """

    def __init__(self, config: RobotConfig, skeleton: Skeleton) -> None:
        _check_keypoints(config, skeleton)
        place = {name: index for index, name in enumerate(skeleton.keypoints)}
        ends = np.array([[place.get(name, -1) for name in bone.keypoints] for bone in config.bones])
        self._start, self._end = ends.T
        self._present = (ends >= 0).all(1)
        self._optional = np.array([bone.optional for bone in config.bones])
        self._torso = [place[name] for name in config.torso]
        self._mirror = skeleton.mirror if config.mirror else None

    def read(self, person: PointEstimate) -> BoneDirections:
        """The bones of one person."""
        vectors, moves, variance = self._vectors(person)
        lengths = np.sqrt((vectors * vectors).sum(1))
        known = (lengths > SHORTEST) & self._present
        safe = np.where(known, lengths, 1.0)
        directions = np.where(known[:, None], vectors / safe[:, None], np.nan)
        moves = moves / safe[:, None]
        rates = moves - directions * (directions * moves).sum(1, keepdims=True)
        trust = np.where(known, 1 / (1 + variance / (safe * HALF_TRUST) ** 2), 0.0)
        return BoneDirections(directions, rates, trust, bool((known | self._optional).all()))

    def _vectors(self, person: PointEstimate) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(B, 3) bones in the base frame [m], their velocities without the torso's turning [m/s], (B,) variances."""
        points, velocities, variance = person.points, person.velocities, person.variance
        turn = torso_rotation(points[self._torso]) if self._torso else np.eye(3)
        if self._mirror is not None:
            points, velocities, variance = points[self._mirror], velocities[self._mirror], variance[self._mirror]
            turn = MIRRORED[:, None] * turn
        vectors = (points[self._end] - points[self._start]) @ turn.T
        moves = (velocities[self._end] - velocities[self._start]) @ turn.T
        return vectors, moves, variance[self._end] + variance[self._start]


def _check_keypoints(config: RobotConfig, skeleton: Skeleton) -> None:
    known = f'skeleton {skeleton.name} has {", ".join(skeleton.keypoints)}'
    for bone in config.bones:
        for name in bone.keypoints:
            if name not in skeleton.keypoints and not bone.optional:
                raise RobotError(f'{bone.where}: no keypoint {name!r}; {known}')
    for name in config.torso:
        if name not in skeleton.keypoints:
            raise RobotError(f'{config.name}: torso: no keypoint {name!r}; {known}')
