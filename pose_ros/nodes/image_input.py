"""One image topic and the CameraInfo beside it."""
from __future__ import annotations

from collections.abc import Callable

from rclpy.event_handler import QoSMessageLostInfo
from rclpy.node import Node
from rclpy.validate_topic_name import validate_topic_name
from sensor_msgs.msg import CompressedImage, Image

from pose_ros.bridge.qos import image_qos, publishers_of, warning_callbacks
from pose_ros.bridge.receiver import Receiver
from pose_ros.bridge.stamps import seconds_of
from pose_ros.bridge.transport import PROFILE
from pose_ros.camera import Camera
from pose_ros.errors import CameraError
from pose_ros.nodes.camera_info_input import CameraInfoInput
from pose_ros.nodes.settings import InputSettings
from pose_ros.nodes.throttled_log import ThrottledLog


def full_name(node: Node, topic: str) -> str:
    """The name of a topic in the graph: expanded and remapped.

    Raises:
        InvalidTopicNameException: no name that ROS allows.
    """
    validate_topic_name(topic)
    return node.resolve_topic_name(topic)


class ImageInput:
    """Subscribes to the images and the CameraInfo of one camera.

    Subscribes:
        <topic> (sensor_msgs/Image), or <topic>/compressed (sensor_msgs/CompressedImage).
        camera_info beside <topic>: see CameraInfoInput.

    Attributes:
        topic: its full name; also the name of the camera.
        info: its calibration.
    """

    def __init__(self, receiver: Receiver, topic: str, settings: InputSettings, log: ThrottledLog,
                 on_image: Callable[[str, Image | CompressedImage], None]) -> None:
        node = receiver.node
        self.topic = node.resolve_topic_name(topic)
        self._node, self._log, self._on_image = node, log, on_image
        self._unfit = ''
        self._stamp_s = 0.0
        compressed = settings.image_transport == 'compressed'
        self._image_topic = f'{self.topic}/compressed' if compressed else self.topic
        self.info = CameraInfoInput(receiver, topic, log)
        qos = image_qos(settings.reliability, publishers_of(node, self._image_topic))
        self._asked = qos.reliability.name.lower()
        warnings = warning_callbacks(self._image_topic, self._note_unfit)
        warnings.message_lost = self._warn_lost
        receiver.subscribe(CompressedImage if compressed else Image, self._image_topic, self._take_image, qos,
                           warnings)

    def camera(self, width: int, height: int, field_of_view_deg: float) -> Camera:
        """The calibration for images of this size; an assumed one, with a warning, where there is none that fits."""
        try:
            return self.info.fitting(width, height)
        except CameraError as error:
            self._log.warning(('info', self.topic), f'{error}: assuming a field of view of {field_of_view_deg:g} deg',
                              period_s=60.0)
            return Camera.from_field_of_view(width, height, field_of_view_deg)

    def check_publishers(self) -> None:
        """Warns of publishers from whom nothing comes, and of several, who would be taken for one camera."""
        publishers = publishers_of(self._node, self._image_topic)
        # Discovery knows of a publisher a moment before it knows whose it is.
        if not all(publisher.is_named for publisher in publishers):
            return
        if len(publishers) > 1:
            names = ', '.join(sorted(publisher.node for publisher in publishers))
            self._log.warning(('publishers', self.topic), f'{self._image_topic} has {len(publishers)} publishers: '
                                                          f'{names}; allowed: one camera per topic')
        if self._unfit:
            offers = ', '.join(f'{publisher.node} offers {publisher.reliability}' for publisher in publishers)
            self._log.warning(('unfit', self.topic), f'{self._unfit} (this node asks for {self._asked}; {offers})')
            self._unfit = ''

    def _note_unfit(self, text: str) -> None:
        self._unfit = text

    def _warn_lost(self, event: QoSMessageLostInfo) -> None:
        self._log.warning(('lost', self.topic), f'{self._image_topic}: {event.total_count} images are lost on the way; '
                          'allowed: reliability reliable on both sides, or for the camera driver '
                          f'FASTRTPS_DEFAULT_PROFILES_FILE={PROFILE}')

    def _take_image(self, msg: Image | CompressedImage) -> None:
        stamp_s = seconds_of(msg.header.stamp)
        if stamp_s < self._stamp_s:
            self._log.warning(('stamp', self.topic), f'{self._image_topic}: the stamp went back by '
                              f'{self._stamp_s - stamp_s:.3f} s; going on (a bag that starts again?)')
        self._stamp_s = stamp_s
        self._on_image(self.topic, msg)
