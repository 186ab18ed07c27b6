"""The CameraInfo beside an image topic."""
from __future__ import annotations

from typing import Any

from rclpy.node import Node
from sensor_msgs.msg import CameraInfo

from pose_ros.bridge.cameras import camera_from_msg
from pose_ros.bridge.qos import image_qos
from pose_ros.bridge.receiver import Receiver
from pose_ros.camera import Camera
from pose_ros.errors import CameraError
from pose_ros.nodes.throttled_log import ThrottledLog


def info_topic_of(node: Node, topic: str) -> str:
    """The full name of the CameraInfo topic beside an image topic, or what it is remapped to."""
    beside = '/'.join([*topic.split('/')[:-1], 'camera_info'])
    remapped = node.resolve_topic_name(beside)
    if remapped != node.resolve_topic_name(beside, only_expand=True):
        return remapped
    return f'{node.resolve_topic_name(topic).rpartition("/")[0]}/camera_info'


class CameraInfoInput:
    """Subscribes to the calibration of one image topic.

    Subscribes:
        camera_info beside <topic> (sensor_msgs/CameraInfo), by the convention of image_transport, or its remapping.

    Attributes:
        topic: its full name.
        camera: the newest calibration that can be used; None before.
    """

    def __init__(self, receiver: Receiver, image_topic: str, log: ThrottledLog) -> None:
        self.topic = info_topic_of(receiver.node, image_topic)
        self.camera: Camera | None = None
        self._log, self._fault = log, 'has sent nothing'
        self._newest: tuple[Any, ...] | None = None
        receiver.subscribe(CameraInfo, self.topic, self._take, image_qos('best_effort'))

    def fitting(self, width: int, height: int) -> Camera:
        """The calibration for images of this size [px].

        Raises:
            CameraError: there is none, or for another size.
        """
        camera = self.camera
        if camera and (camera.width, camera.height) == (width, height):
            return camera
        fault = self._fault if camera is None else f'is for {camera.width}x{camera.height} px'
        raise CameraError(f'{self.topic} {fault}, images are {width}x{height} px')

    def _take(self, msg: CameraInfo) -> None:
        # It comes with every image, and hardly ever changes.
        content = _content(msg)
        if content == self._newest:
            return
        self._newest = content
        try:
            self.camera = camera_from_msg(msg) or self.camera
            self._fault = 'is not calibrated (K is zero)'
        except CameraError as error:
            self._newest, self._fault = None, 'is not valid'
            self._log.warning(('calibration', self.topic), f'{self.topic}: {error}')


def _content(msg: CameraInfo) -> tuple[Any, ...]:
    """All but the header, the stereo fields, and the name of the region's owner."""
    roi = msg.roi
    return (msg.width, msg.height, msg.distortion_model, msg.k.tobytes(), msg.d.tobytes(), msg.binning_x, msg.binning_y,
            roi.x_offset, roi.y_offset, roi.width, roi.height)
