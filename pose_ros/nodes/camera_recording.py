"""The images of a camera, for as long as something is recorded."""
from __future__ import annotations

from functools import partial

from rclpy.exceptions import InvalidTopicNameException
from rclpy.node import Node
from rclpy.serialization import deserialize_message
from sensor_msgs.msg import CompressedImage, Image

from pose_ros.bridge.camera_jpeg import jpeg_from_msg
from pose_ros.bridge.qos import image_qos
from pose_ros.bridge.stamps import seconds_of
from pose_ros.errors import ImageError, SettingError
from pose_ros.nodes.image_input import full_name
from pose_ros.nodes.throttled_log import ThrottledLog
from pose_ros.retargeting.recording import Recorder


def images_topic(node: Node, topic: str) -> str:
    """The full name of a topic; '' stays ''.

    Raises:
        SettingError: no name that ROS allows.
    """
    try:
        return full_name(node, topic) if topic else ''
    except InvalidTopicNameException as error:
        raise SettingError(f'record_images = {topic!r} is not allowed: {error}') from error


class CameraRecording:
    """Hands images to a recorder as they came: they are decoded where nobody waits for it.

    Subscribes:
        <topic> (sensor_msgs/Image, or sensor_msgs/CompressedImage if it ends in /compressed).

    Args:
        node: that listens.
        topic: of the images, its full name.
        width: wider images are made so wide [px].
        recorder: gets them.

    Attributes:
        topic: its full name.
        count: of images that came.
    """

    def __init__(self, node: Node, topic: str, width: int, recorder: Recorder) -> None:
        self._node, self._width, self._recorder = node, width, recorder
        self._log = ThrottledLog(node.get_logger())
        self._kind = CompressedImage if topic.endswith('/compressed') else Image
        self.topic, self.count = topic, 0
        self._subscription = node.create_subscription(self._kind, topic, self._take, image_qos('best_effort'), raw=True)

    def close(self) -> None:
        """Listens no more."""
        self._node.destroy_subscription(self._subscription)

    def _take(self, data: bytes) -> None:
        self.count += 1
        self._recorder.add_image(seconds_of(self._node.get_clock().now().to_msg()), partial(self._read, data))

    def _read(self, data: bytes) -> tuple[float, bytes] | None:
        msg = deserialize_message(data, self._kind)
        try:
            return seconds_of(msg.header.stamp), jpeg_from_msg(msg, self._width)
        except ImageError as error:
            self._log.warning('image', f'{self.topic}: an image is not recorded: {error}')
            return None
