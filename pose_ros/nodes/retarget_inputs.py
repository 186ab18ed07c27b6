"""What retarget_node hears, handed to its session."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rclpy.node import Node
from rclpy.qos import QoSProfile, qos_profile_sensor_data
from std_msgs.msg import Bool

from pose_ros.bridge.convert import PersonPoseArray, persons_from_msg
from pose_ros.bridge.qos import result_qos
from pose_ros.bridge.robot import JointState, description_qos
from pose_ros.bridge.stamps import seconds_of
from pose_ros.errors import SkeletonError
from pose_ros.nodes.camera_place import CameraPlace
from pose_ros.nodes.throttled_log import ThrottledLog
from pose_ros.retargeting.session import Session


class RetargetInputs:
    """The subscriptions; see RetargetNode.

    Args:
        node: that listens.
        session: gets everything.
        place: tells where the camera is.
        counts: messages by kind are added up there.
    """

    def __init__(self, node: Node, session: Session, place: CameraPlace, counts: dict[str, int]) -> None:
        self._node, self._session, self._place, self._counts = node, session, place, counts
        self._log = ThrottledLog(node.get_logger())
        # A stop button that speaks once and is kept is heard by the second, one that keeps nothing by the first.
        self._subscriptions = [self._listen(Bool, '~/emergency_stop', self._take_stop, qos)
                               for qos in (result_qos(), description_qos())]
        self._subscriptions += [self._listen(JointState, 'joint_states', self._take_joints, qos_profile_sensor_data),
                                self._listen(PersonPoseArray, 'persons', self._take_persons, result_qos())]

    def close(self) -> None:
        """Listens no more."""
        for subscription in self._subscriptions:
            self._node.destroy_subscription(subscription)

    def _listen(self, kind: type, topic: str, take: Callable[[Any], None], qos: QoSProfile) -> Any:
        return self._node.create_subscription(kind, topic, take, qos)

    def _take_stop(self, msg: Bool) -> None:
        self._session.safety.see_emergency_stop(msg.data)

    def _take_joints(self, msg: JointState) -> None:
        self._counts['joint_states'] += 1
        if not self._session.see_robot(msg.name, msg.position, msg.velocity, seconds_of(msg.header.stamp)):
            self._log.warning('joints', f'joint_states without a finite position of every joint are ignored; got '
                              f'{", ".join(msg.name)}')

    def _take_persons(self, msg: PersonPoseArray) -> None:
        self._counts['persons'] += 1
        try:
            persons = persons_from_msg(msg)
        except SkeletonError as error:
            self._log.error('persons', f'people that cannot be read are ignored: {error}')
            return
        self._session.model = msg.model
        now = seconds_of(self._node.get_clock().now().to_msg())
        transform = self._place.transform_to_base(msg.header)
        self._session.see_persons(persons, seconds_of(msg.header.stamp), now, transform)
