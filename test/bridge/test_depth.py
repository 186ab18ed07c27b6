"""Depth images: there and back in both units, any row step and byte order; anything else is explained."""
from __future__ import annotations

import numpy as np
import pytest
from sensor_msgs.msg import Image
from std_msgs.msg import Header

from pose_ros.bridge.depth import depth_from_msg, depth_to_msg
from pose_ros.errors import ImageError
from pose_ros.lifting.depth_image import DepthImage

VALUES = {'16UC1': np.arange(12, dtype=np.uint16).reshape(3, 4) * 300,
          '32FC1': np.linspace(0, 5, 12, dtype=np.float32).reshape(3, 4)}


@pytest.mark.parametrize('encoding', VALUES)
def test_there_and_back(encoding):
    depth = DepthImage(VALUES[encoding])
    msg = depth_to_msg(depth, Header(frame_id='camera'))
    again = depth_from_msg(msg)
    assert (msg.encoding, msg.header.frame_id, again.encoding) == (encoding, 'camera', encoding)
    np.testing.assert_array_equal(again.values, depth.values)
    np.testing.assert_allclose(again.metres(), depth.metres())


@pytest.mark.parametrize('encoding', VALUES)
@pytest.mark.parametrize('big', [False, True])
def test_padded_rows_and_both_byte_orders(encoding, big):
    values = VALUES[encoding]
    swapped = values.astype(values.dtype.newbyteorder('>' if big else '<'))
    rows = b''.join(row.tobytes() + b'pad!' for row in swapped)
    msg = Image(width=4, height=3, encoding=encoding, step=4 * values.itemsize + 4, is_bigendian=big)
    msg.data.frombytes(rows)
    np.testing.assert_array_equal(depth_from_msg(msg).values, values)


def test_metres_and_millimetres_are_the_same_distance():
    metres = depth_from_msg(depth_to_msg(DepthImage(np.full((2, 2), 1.5, np.float32)), Header()))
    millimetres = depth_from_msg(depth_to_msg(DepthImage(np.full((2, 2), 1500, np.uint16)), Header()))
    np.testing.assert_allclose(metres.metres(), millimetres.metres())


@pytest.mark.parametrize(('changes', 'parts'), [
    ({'encoding': 'rgb8'}, ("'rgb8' is no depth", '16UC1', '32FC1')),
    ({'encoding': ''}, ("'' is no depth", 'allowed')),
    ({'step': 4}, ('step is 4', 'allowed: 8')),
    ({'height': 9}, ('data has 24 bytes', 'truncated')),
    ({'width': 0, 'step': 0}, ('0x3', '1..16384')),
])
def test_what_cannot_be_read_is_explained(changes, parts):
    msg = depth_to_msg(DepthImage(VALUES['16UC1']), Header())
    for name, value in changes.items():
        setattr(msg, name, value)
    with pytest.raises(ImageError) as error:
        depth_from_msg(msg)
    assert all(part in str(error.value) for part in parts)
