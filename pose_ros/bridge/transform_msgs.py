"""Rigid transforms <-> geometry_msgs."""
from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from geometry_msgs.msg import Quaternion, Transform, TransformStamped

from pose_ros.transforms import check_transform, matrix_of, quaternion_of


def matrix_from_msg(msg: Any) -> np.ndarray:
    """geometry_msgs/Transform -> (4, 4).

    Raises:
        TransformError: not finite, or a quaternion of length zero.
    """
    shift, turn = msg.translation, msg.rotation
    return matrix_of([shift.x, shift.y, shift.z], [turn.x, turn.y, turn.z, turn.w])


def unit(msg: Any) -> Transform:
    """A geometry_msgs/Transform with a quaternion of length one.

    Raises:
        TransformError: not finite, or a quaternion of length zero.
    """
    shift, turn = msg.translation, msg.rotation
    check_transform([shift.x, shift.y, shift.z], [turn.x, turn.y, turn.z, turn.w])
    length = math.hypot(turn.x, turn.y, turn.z, turn.w)
    rotation = Quaternion(x=turn.x / length, y=turn.y / length, z=turn.z / length, w=turn.w / length)
    return Transform(translation=shift, rotation=rotation)


def matrix_to_msg(matrix: np.ndarray, header: Any, child: str) -> TransformStamped:
    """(4, 4) pose of the frame `child` in the frame of the header -> geometry_msgs/TransformStamped."""
    msg = TransformStamped(header=header, child_frame_id=child)
    _fill(msg.transform.translation, dict(zip('xyz', matrix[:3, 3].tolist())))
    _fill(msg.transform.rotation, dict(zip('xyzw', quaternion_of(matrix).tolist())))
    return msg


def _fill(msg: Any, values: Mapping[str, float]) -> None:
    for name, value in values.items():
        setattr(msg, name, value)
