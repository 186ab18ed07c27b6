"""sensor_msgs/Image <-> RGB arrays.

Only attributes of a message are read, so messages of rclpy and of `rosbags` are both fine.
"""
from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from pose_ros.bridge.encodings import Encoding, encoding_of
from pose_ros.errors import ImageError
from pose_ros.image import MAX_SIDE_PX, check_image

_FROM_RGB = {'rgb8': None, 'bgr8': cv2.COLOR_RGB2BGR, 'mono8': cv2.COLOR_RGB2GRAY}


def _check_size(msg: Any, encoding: Encoding) -> None:
    size = f'{msg.width}x{msg.height}'
    if not all(encoding.least_px <= side <= MAX_SIDE_PX for side in (msg.width, msg.height)):
        raise ImageError(f'an image of {size} px cannot be read; '
                         f'allowed in {msg.encoding}: sides of {encoding.least_px}..{MAX_SIDE_PX} px')
    across, down = encoding.multiple
    if msg.width % across or msg.height % down:
        raise ImageError(f'an image of {size} px cannot be in {msg.encoding}: '
                         f'its sides must be multiples of {across} and {down} px')


def check_data(msg: Any, rows: int, row_bytes: int) -> None:
    """Checks that an image message holds so many rows of so many bytes.

    Raises:
        ImageError: its step or the length of its data says otherwise.
    """
    if msg.step < row_bytes:
        raise ImageError(f'step is {msg.step} bytes, too short for a row of {msg.width} px in {msg.encoding}; '
                         f'allowed: {row_bytes} or more')
    least, most = (rows - 1) * msg.step + row_bytes, rows * msg.step
    if not least <= len(msg.data) <= most:
        raise ImageError(f'data has {len(msg.data)} bytes, but {rows} rows of step {msg.step} are {most} '
                         f'(the last padding may be left out: {least}): truncated, or a wrong step')


def pixels_of(msg: Any) -> np.ndarray:
    """The pixels of a sensor_msgs/Image as they are, without a copy where the byte order is native.

    Returns:
        (rows, W, channels), or (rows, W) for one channel, uint8 or uint16; a read-only view of the message's data.

    Raises:
        ImageError: unknown encoding, size, step or length of data.
    """
    encoding = encoding_of(msg.encoding)
    _check_size(msg, encoding)
    rows = round(msg.height * (1 + encoding.chroma_rows))
    check_data(msg, rows, msg.width * encoding.row_bytes_per_px)
    dtype = np.dtype(f'{">" if msg.is_bigendian else "<"}u{encoding.bits // 8}')
    strides = (msg.step, encoding.row_bytes_per_px, dtype.itemsize)
    pixels = np.ndarray((rows, msg.width, encoding.channels), dtype, memoryview(msg.data), strides=strides)
    pixels.flags.writeable = False
    pixels = pixels[..., 0] if encoding.channels == 1 else pixels
    return pixels if encoding.bits == 8 else np.require(pixels, dtype.newbyteorder('='), 'A')


def image_from_msg(msg: Any) -> np.ndarray:
    """sensor_msgs/Image -> (H, W, 3) uint8 RGB; 16-bit values are scaled to 8 bits as in cv_bridge.

    An rgb8 image is a read-only view of the message's data; any other is a new array.

    Raises:
        ImageError: unknown encoding, size, step or length of data; says what was wrong, got and allowed.
    """
    return encoding_of(msg.encoding).to_rgb(pixels_of(msg))


def image_to_msg(image: np.ndarray, header: Any, encoding: str = 'rgb8') -> Any:
    """(H, W, 3) uint8 RGB -> sensor_msgs/Image in rgb8, bgr8 or mono8, without padding.

    Args:
        image: (H, W, 3) uint8 RGB.
        header: std_msgs/Header, put into the message as it is.
        encoding: of the message.

    Raises:
        ImageError: it is no such image, or the encoding cannot be written.
    """
    from sensor_msgs.msg import Image
    if encoding not in _FROM_RGB:
        raise ImageError(f'encoding {encoding!r} cannot be written; allowed: {", ".join(_FROM_RGB)}')
    code = _FROM_RGB[encoding]
    pixels = check_image(image) if code is None else cv2.cvtColor(check_image(image), code)
    height, width = image.shape[:2]
    msg = Image(header=header, height=height, width=width, encoding=encoding, step=width * pixels[0, 0].size)
    msg.data.frombytes(np.ascontiguousarray(pixels).data)
    return msg
