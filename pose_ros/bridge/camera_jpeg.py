"""Camera images as small JPEG files: what a recording keeps of them."""
from __future__ import annotations

from typing import Any

import cv2

from pose_ros.bridge.compressed import compressed_from_msg, compressed_to_msg
from pose_ros.bridge.images import image_from_msg


def jpeg_from_msg(msg: Any, most_px: int) -> bytes:
    """sensor_msgs/Image or CompressedImage -> an RGB JPEG.

    Args:
        msg: the message.
        most_px: wider images are made so wide.

    Raises:
        ImageError: the image cannot be read.
    """
    image = compressed_from_msg(msg) if hasattr(msg, 'format') else image_from_msg(msg)
    height, width = image.shape[:2]
    if width > most_px:
        image = cv2.resize(image, (most_px, max(1, round(height * most_px / width))), interpolation=cv2.INTER_AREA)
    return bytes(compressed_to_msg(image, msg.header).data)
