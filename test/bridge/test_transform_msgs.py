"""Transforms in messages."""
from __future__ import annotations

import numpy as np
import pytest
from geometry_msgs.msg import Quaternion, Transform
from std_msgs.msg import Header

from pose_ros.bridge.transform_msgs import matrix_from_msg, matrix_to_msg, unit
from pose_ros.errors import TransformError
from pose_ros.transforms import matrix_of

POSE = matrix_of([1.0, 2.0, 3.0], [0.1, 0.2, 0.3, 0.9])


def test_there_and_back():
    msg = matrix_to_msg(POSE, Header(frame_id='base'), 'camera')
    assert (msg.header.frame_id, msg.child_frame_id) == ('base', 'camera')
    np.testing.assert_allclose(matrix_from_msg(msg.transform), POSE, atol=1e-12)


def test_a_rotation_that_is_none_is_refused():
    with pytest.raises(TransformError, match='quaternion longer than zero'):
        matrix_from_msg(Transform(rotation=Quaternion(w=0.0)))


def test_a_quaternion_of_another_length_turns_alike():
    msg = Transform(rotation=Quaternion(x=0.2, y=0.4, z=0.6, w=1.8))
    turn = unit(msg).rotation
    assert np.linalg.norm([turn.x, turn.y, turn.z, turn.w]) == pytest.approx(1.0)
    np.testing.assert_allclose(matrix_from_msg(unit(msg)), matrix_from_msg(msg), atol=1e-12)
