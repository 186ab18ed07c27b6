"""The messages of a recorded demonstration, as `rosbags` makes and gives them."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pose_ros.bridge.stamps import seconds_of
from pose_ros.demonstrations.demonstration import About, JointSamples, Sightings
from pose_ros.errors import DatasetError
from pose_ros.types import PointSource, TrackState

FRAME = 'base'
INFO = 20  # rcl_interfaces/Log.INFO
UNKNOWN6 = np.full(6, np.nan, np.float32)


class MessageMaker:
    """Makes messages of one recording.

    Args:
        types: message classes by name, of a typestore of `rosbags`.
        about: what is recorded.
    """

    def __init__(self, types: Mapping[str, Any], about: About) -> None:
        self._types, self._about = types, about
        skeleton = about.skeleton
        self._limbs = np.array([[skeleton.index(name) for name in limb] for limb in skeleton.limbs], np.uint16).ravel()
        vector, pose = types['geometry_msgs/msg/Vector3'], types['geometry_msgs/msg/Pose']
        self._nowhere = types['geometry_msgs/msg/PoseWithCovariance'](
            pose(self._point(np.full(3, np.nan)), types['geometry_msgs/msg/Quaternion'](0.0, 0.0, 0.0, 1.0)),
            np.full(36, np.nan))
        self._no_velocity = vector(np.nan, np.nan, np.nan)

    def _time(self, stamp_s: float) -> Any:
        return self._types['builtin_interfaces/msg/Time'](*divmod(round(stamp_s * 1e9), 10**9))

    def _header(self, stamp_s: float) -> Any:
        return self._types['std_msgs/msg/Header'](self._time(stamp_s), FRAME)

    def _point(self, position: np.ndarray) -> Any:
        return self._types['geometry_msgs/msg/Point'](*position.tolist())

    def text(self, text: str) -> Any:
        """`std_msgs/String`."""
        return self._types['std_msgs/msg/String'](text)

    def mark(self, stamp_s: float, label: str) -> Any:
        """`rcl_interfaces/Log`: the only standard message of a stamp and a text."""
        return self._types['rcl_interfaces/msg/Log'](self._time(stamp_s), INFO, 'demonstration', label, '', '', 0)

    def image(self, stamp_s: float, jpeg: bytes) -> Any:
        """`sensor_msgs/CompressedImage` of a JPEG file."""
        header = self._types['std_msgs/msg/Header'](self._time(stamp_s), 'camera')
        return self._types['sensor_msgs/msg/CompressedImage'](header, 'rgb8; jpeg compressed bgr8',
                                                              np.frombuffer(jpeg, np.uint8))

    def joints(self, stamp_s: float, positions: np.ndarray, velocities: np.ndarray) -> Any:
        """`sensor_msgs/JointState` of all joints (n,) [rad], [rad/s]."""
        return self._types['sensor_msgs/msg/JointState'](
            self._header(stamp_s), list(self._about.joints), np.asarray(positions, np.float64),
            np.asarray(velocities, np.float64), np.empty(0))

    def persons(self, stamp_s: float, points: np.ndarray, scores: np.ndarray, track_id: int) -> Any:
        """`PersonPoseArray` of one person without image: points (K, 3) [m], scores (K,)."""
        about, skeleton = self._about, self._about.skeleton
        keypoints = [self._keypoint(point, float(score)) for point, score in zip(points, scores)]
        person = self._types['pose_ros/msg/PersonPose'](
            track_id, int(TrackState.TRACKED), 0, float(np.mean(scores)), np.full(4, np.nan, np.float32), keypoints,
            bool(np.isfinite(points).all(1).any()), self._nowhere, False, self._no_velocity, [])
        return self._types['pose_ros/msg/PersonPoseArray'](
            self._header(stamp_s), FRAME, '', 0, 0, skeleton.name, list(skeleton.keypoints), self._limbs, about.model,
            0.0, 0, 0.0, [person])

    def _keypoint(self, point: np.ndarray, score: float) -> Any:
        source = PointSource.LIFTED if np.isfinite(point).all() else PointSource.NONE
        return self._types['pose_ros/msg/Keypoint'](np.nan, np.nan, score, 0, self._point(point), UNKNOWN6, int(source))


def sightings_from_msgs(messages: Sequence[Any], count: int) -> Sightings:
    """The first person of each `PersonPoseArray`, by stamp; the skeleton has `count` keypoints.

    Raises:
        DatasetError: a person has another number of keypoints.
    """
    taken = sorted(((seconds_of(message.header.stamp), message.persons[0]) for message in messages if message.persons),
                   key=lambda item: item[0])
    wrong = {len(person.keypoints) for _, person in taken} - {count}
    if wrong:
        raise DatasetError(f'a person of the recording has {min(wrong)} keypoints, its skeleton has {count}')
    points = [[(k.position.x, k.position.y, k.position.z) for k in person.keypoints] for _, person in taken]
    scores = [[k.score for k in person.keypoints] for _, person in taken]
    return Sightings(np.array([stamp for stamp, _ in taken]), np.array(points).reshape(-1, count, 3),
                     np.array(scores).reshape(-1, count), np.array([person.track_id for _, person in taken], int))


def joints_from_msgs(messages: Sequence[Any], joints: Sequence[str]) -> JointSamples:
    """`JointState` messages by stamp.

    Raises:
        DatasetError: one is of other joints, or has a position that is not finite.
    """
    ordered = sorted(messages, key=lambda message: seconds_of(message.header.stamp))
    if any(tuple(message.name) != tuple(joints) for message in ordered):
        raise DatasetError(f'the recording has joint samples of other joints than {", ".join(joints)}')
    positions, velocities = (np.array([getattr(message, what) for message in ordered]).reshape(-1, len(joints))
                             for what in ('position', 'velocity'))
    if not np.isfinite(positions).all():
        raise DatasetError('the recording has a joint position that is not finite')
    return JointSamples(np.array([seconds_of(message.header.stamp) for message in ordered]), positions, velocities)
