"""The person's torso laid onto the robot's base frame: where the person stands and turns does not matter then."""
from __future__ import annotations

import numpy as np

from pose_ros.errors import RobotError
from pose_ros.retargeting.config import RobotConfig
from pose_ros.retargeting.point_filter import PointEstimate
from pose_ros.skeletons import Skeleton

# Left-right and up of the torso from left shoulder, right shoulder, left hip, right hip.
TORSO_AXES = np.array([[1.0, -1.0, 1.0, -1.0], [1.0, 1.0, -1.0, -1.0]])
MIRRORED = np.array([1.0, -1.0, 1.0])
# a x b = a[NEXT] * b[AFTER] - a[AFTER] * b[NEXT]; numpy's cross is ten times slower on single vectors.
NEXT, AFTER = np.array([1, 2, 0]), np.array([2, 0, 1])


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


class TorsoFrame:
    """Turns a person's points as a robot file says.

    Args:
        config: the robot file; without a torso in it the points have the base frame's axes already.
        skeleton: of the points.

    Raises:
        RobotError: the skeleton lacks a keypoint of the torso.
    """

    def __init__(self, config: RobotConfig, skeleton: Skeleton) -> None:
        for name in config.torso:
            if name not in skeleton.keypoints:
                raise RobotError(f'{config.name}: torso: no keypoint {name!r}; skeleton {skeleton.name} has '
                                 f'{", ".join(skeleton.keypoints)}')
        self._torso = [skeleton.index(name) for name in config.torso]
        self._mirror = skeleton.mirror if config.mirror else None

    def view(self, person: PointEstimate) -> PointEstimate:
        """The person in the axes of the base frame, mirrored if the robot is to be.

        If the file names a torso, positions and velocities are those against the middle of the shoulders, without the
        torso's turning.
        """
        points, velocities, variance = person.points, person.velocities, person.variance
        turn = np.eye(3)
        if self._torso:
            turn, shoulders = torso_rotation(points[self._torso]), self._torso[:2]
            points, velocities = points - points[shoulders].mean(0), velocities - velocities[shoulders].mean(0)
        if self._mirror is not None:
            points, velocities, variance = points[self._mirror], velocities[self._mirror], variance[self._mirror]
            turn = MIRRORED[:, None] * turn
        return PointEstimate(points @ turn.T, velocities @ turn.T, variance)
