"""sensor_msgs/Image with depths <-> DepthImage: 16UC1 [mm] and 32FC1 [m], told apart by the encoding (REP-118)."""
from __future__ import annotations

from typing import Any

import numpy as np

from pose_ros.bridge.images import check_data
from pose_ros.errors import ImageError
from pose_ros.image import MAX_SIDE_PX
from pose_ros.lifting.depth_image import DepthImage

_TYPES = {'16UC1': 'u2', 'mono16': 'u2', '32FC1': 'f4'}


def depth_from_msg(msg: Any) -> DepthImage:
    """A depth image as it is, without a copy where the byte order is native.

    Raises:
        ImageError: another encoding, an impossible size, step or length of data, or floats that are no metres.
    """
    if msg.encoding not in _TYPES:
        raise ImageError(f'encoding {msg.encoding!r} is no depth; allowed: 16UC1 [mm] or 32FC1 [m]')
    if not all(1 <= side <= MAX_SIDE_PX for side in (msg.width, msg.height)):
        raise ImageError(f'a depth image of {msg.width}x{msg.height} px cannot be read; allowed: sides of '
                         f'1..{MAX_SIDE_PX} px')
    dtype = np.dtype(_TYPES[msg.encoding]).newbyteorder('>' if msg.is_bigendian else '<')
    check_data(msg, msg.height, msg.width * dtype.itemsize)
    values: np.ndarray = np.ndarray((msg.height, msg.width), dtype, memoryview(msg.data),
                                    strides=(msg.step, dtype.itemsize))
    return DepthImage(np.require(values, dtype.newbyteorder('='), 'A'), msg.encoding)


def depth_to_msg(depth: DepthImage, header: Any) -> Any:
    """DepthImage -> sensor_msgs/Image in its encoding, without padding.

    Args:
        depth: to publish.
        header: std_msgs/Header, put into the message as it is.
    """
    from sensor_msgs.msg import Image
    height, width = depth.values.shape
    msg = Image(header=header, height=height, width=width, encoding=depth.encoding,
                step=width * depth.values.itemsize)
    msg.data.frombytes(np.ascontiguousarray(depth.values).data.cast('B'))
    return msg
