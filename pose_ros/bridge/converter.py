"""Who converts images on this machine: cv_bridge where a working one is installed, else this project itself."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from std_msgs.msg import Header

from pose_ros.bridge.encodings import ENCODINGS
from pose_ros.bridge.images import image_from_msg, image_to_msg, pixels_of

Converter = Callable[[Any], np.ndarray]

# What cv_bridge converts to rgb8; the rest it calls no colour (8UC3), or does not know (uyvy, nv12).
_KNOWN = frozenset(name for name in ENCODINGS
                   if name.startswith(('rgb', 'bgr', 'mono', 'bayer_', 'yuv422')))


def _works(bridge: Any) -> bool:
    """Whether this is ROS 2's cv_bridge; that of ROS 1 wants `bytes`, and one for another numpy fails too."""
    image = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    try:
        converted = bridge.imgmsg_to_cv2(image_to_msg(image[..., ::-1], Header(), 'bgr8'), 'bgr8')
    except (ImportError, AttributeError, TypeError, ValueError, RuntimeError):
        return False
    return np.array_equal(converted, image)


def _suits(msg: Any) -> bool:
    """Whether cv_bridge reads this message right: it takes rows of whole pixels, and native byte order only."""
    encoding = ENCODINGS[msg.encoding]
    native = encoding.bits == 8 or not msg.is_bigendian
    whole = msg.step % encoding.row_bytes_per_px == 0 and len(msg.data) == msg.height * msg.step
    return msg.encoding in _KNOWN and native and whole


def _with(bridge: Any) -> Converter:
    def image_from_msg_with_cv_bridge(msg: Any) -> np.ndarray:
        pixels_of(msg)
        return bridge.imgmsg_to_cv2(msg, 'rgb8') if _suits(msg) else image_from_msg(msg)

    return image_from_msg_with_cv_bridge


def converter() -> Converter:
    """The conversion of sensor_msgs/Image to (H, W, 3) uint8 RGB on this machine; its `__name__` tells which.

    A node asks once and calls what it got for every image. Either way the pixels, the checks and the errors are those
    of `image_from_msg`.
    """
    try:
        from cv_bridge import CvBridge
        bridge = CvBridge()
    except (ImportError, AttributeError, RuntimeError):
        return image_from_msg
    return _with(bridge) if _works(bridge) else image_from_msg
