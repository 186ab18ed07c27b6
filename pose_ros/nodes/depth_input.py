"""One depth topic and the CameraInfo beside it: the depth of an image by its stamp."""
from __future__ import annotations

from typing import Any

import numpy as np
from sensor_msgs.msg import Image

from pose_ros.bridge.depth import depth_from_msg
from pose_ros.bridge.qos import image_qos, publishers_of, warning_callbacks
from pose_ros.bridge.receiver import Receiver
from pose_ros.bridge.stamped import StampedBuffer
from pose_ros.bridge.stamps import seconds_of
from pose_ros.bridge.transforms import Transforms
from pose_ros.errors import StampError
from pose_ros.nodes.camera_info_input import CameraInfoInput
from pose_ros.nodes.settings import DepthSettings
from pose_ros.nodes.throttled_log import ThrottledLog
from pose_ros.space.depth_frame import DepthFrame


class DepthInput:
    """Subscribes to the depth images of one camera.

    Subscribes:
        <topic> (sensor_msgs/Image): 16UC1 [mm] or 32FC1 [m].
        camera_info beside <topic>: see CameraInfoInput.

    Args:
        receiver: that subscribes.
        topic: of the depth images.
        settings: how they are matched.
        reliability: asked of the publishers.
        transforms: where the depth camera stands.
        log: for what is wrong with the topics.

    Attributes:
        topic: its full name.
        info: calibration of the depth camera.
    """

    def __init__(self, receiver: Receiver, topic: str, settings: DepthSettings, reliability: str,
                 transforms: Transforms, log: ThrottledLog) -> None:
        self.topic = receiver.node.resolve_topic_name(topic)
        self._settings, self._transforms = settings, transforms
        self._buffer: StampedBuffer[Image] = StampedBuffer()
        self.info = CameraInfoInput(receiver, topic, log)
        qos = image_qos(reliability, publishers_of(receiver.node, self.topic))
        warnings = warning_callbacks(self.topic, lambda text: log.warning(('unfit', self.topic), text))
        receiver.subscribe(Image, self.topic, self._take_depth, qos, warnings)

    def frame(self, header: Any, size: tuple[int, int], timeout_s: float) -> DepthFrame:
        """The depth of the same moment as an image.

        Args:
            header: of the image.
            size: (width, height) of the image [px].
            timeout_s: for tf [s].

        Raises:
            StampError: none has come, or none near enough in time.
            ImageError: it cannot be read.
            CameraError: there is no calibration that fits.
            TransformError: it is not known where the depth camera stands.
        """
        msg = self._matched(seconds_of(header.stamp))
        depth = depth_from_msg(msg)
        if self._is_aligned(msg, header):
            if (msg.width, msg.height) == size:
                return DepthFrame(depth)
            return DepthFrame(depth, self.info.fitting(msg.width, msg.height), np.eye(4))
        transform = self._transforms.lookup(header.frame_id, msg.header.frame_id, header.stamp, timeout_s)
        return DepthFrame(depth, self.info.fitting(msg.width, msg.height), transform)

    def _matched(self, stamp_s: float) -> Image:
        settings = self._settings
        if found := self._buffer.nearest(stamp_s, settings.depth_slop_s, settings.depth_wait_s):
            return found[1]
        gap_s = self._buffer.distance_s(stamp_s)
        if gap_s is None:
            raise StampError(f'{self.topic} has sent no depth image')
        raise StampError(f'{self.topic}: the nearest depth image is {abs(gap_s) * 1e3:.0f} ms '
                         f'{"later" if gap_s > 0 else "earlier"} than the image; allowed: depth_slop_s = '
                         f'{settings.depth_slop_s * 1e3:.0f} ms')

    def _is_aligned(self, msg: Image, header: Any) -> bool:
        kind = self._settings.depth_alignment
        return kind == 'aligned' or (kind == 'auto' and msg.header.frame_id == header.frame_id)

    def _take_depth(self, msg: Image) -> None:
        self._buffer.put(seconds_of(msg.header.stamp), msg)
