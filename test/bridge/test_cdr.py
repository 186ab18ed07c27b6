"""The places of numbers are those that the middleware's own serialisation gives them."""
from __future__ import annotations

import numpy as np
import pytest
from geometry_msgs.msg import Point32, PoseWithCovariance
from rclpy.serialization import serialize_message
from sensor_msgs.msg import RegionOfInterest

from pose_ros.bridge.cdr import CdrLayout
from pose_ros.msg import Keypoint, PersonPoseArray

_HEAD = 4  # of a serialised message, before its own bytes


def test_mixed_sizes_are_aligned():
    msg = RegionOfInterest(x_offset=1, y_offset=2, height=3, width=4, do_rectify=True)
    values = {name: np.array(getattr(msg, name)) for name in msg.get_fields_and_field_types()}
    # Some middlewares fill the end of a message up to four bytes.
    assert serialize_message(msg)[_HEAD:].startswith(CdrLayout(RegionOfInterest, 1, {}, 0).written(values))


def test_nested_fields_and_arrays():
    msg = PoseWithCovariance(covariance=np.arange(36.0))
    msg.pose.position.y, msg.pose.orientation.w = 5.0, 0.5
    values = {'pose.position.y': np.array(5), 'pose.orientation.w': np.array(0.5), 'covariance': np.arange(36)}
    values |= {name: np.array(0) for name in ('pose.position.x', 'pose.position.z')}
    assert CdrLayout(PoseWithCovariance, 1, {}, 0).written(values) == serialize_message(msg)[_HEAD:]


@pytest.mark.parametrize('start', range(0, 16, 4))
def test_only_the_alignment_of_the_start_matters(start):
    layout, same = (CdrLayout(Keypoint, 2, {}, begin) for begin in (start, start + 24))
    values = {'position.x': np.array([1.5, 2.5]), 'depth_source': np.array([1, 2])}
    assert layout.written(values) == same.written(values)


def test_messages_of_floats_lie_side_by_side():
    points = np.arange(12, dtype=np.float32).reshape(4, 3)
    values = {axis: points[:, place] for place, axis in enumerate('xyz')}
    assert CdrLayout(Point32, 4, {}, 4).written(values) == points.tobytes()


def test_strings_have_no_place():
    with pytest.raises(KeyError):
        CdrLayout(PersonPoseArray, 1, {}, 0)


def test_too_few_values_are_refused():
    with pytest.raises(ValueError, match='shape mismatch|could not be broadcast|cannot assign'):
        CdrLayout(Point32, 4, {}, 0).written({'x': np.zeros(3)})


def test_a_field_that_is_not_there_is_refused():
    with pytest.raises(KeyError, match='height'):
        CdrLayout(Point32, 1, {}, 0).written({'height': np.zeros(1)})
