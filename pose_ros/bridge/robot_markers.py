"""A person's bones on a robot's, as RViz markers: green where they agree, red where they do not."""
from __future__ import annotations

from typing import Any

import numpy as np
from geometry_msgs.msg import Point, Vector3
from std_msgs.msg import ColorRGBA
from visualization_msgs.msg import Marker, MarkerArray

from pose_ros.retargeting.bone_view import BoneView

_WIDTH_M = 0.02
_WORST_DEG = 30.0
_ROBOT_COLOUR = ColorRGBA(r=0.7, g=0.7, b=0.7, a=0.8)


def bones_to_msg(view: BoneView, header: Any) -> MarkerArray:
    """Robot bones in grey; the person's, as long as the robot's and hung where they begin, in the colour of the error.

    Args:
        view: bones in the frame of the header.
        header: of the markers.
    """
    robot = _lines(header, 'robot', np.stack([view.starts, view.ends], 1), [_ROBOT_COLOUR] * len(view.starts))
    known = np.isfinite(view.wanted).all(1)
    person = _lines(header, 'person', np.stack([view.starts, view.wanted], 1)[known],
                    [_colour(angle) for angle in view.angles_deg[known]])
    return MarkerArray(markers=[robot, person])


def _colour(angle_deg: float) -> ColorRGBA:
    wrong = min(angle_deg / _WORST_DEG, 1.0)
    return ColorRGBA(r=wrong, g=1.0 - wrong, b=0.1, a=1.0)


def _lines(header: Any, name: str, ends: np.ndarray, colours: list[ColorRGBA]) -> Marker:
    points = [Point(x=x, y=y, z=z) for x, y, z in ends.reshape(-1, 3).tolist()]
    marker = Marker(header=header, ns=name, id=0, type=Marker.LINE_LIST, scale=Vector3(x=_WIDTH_M), points=points,
                    colors=[colour for colour in colours for _ in range(2)])
    marker.action = Marker.ADD if points else Marker.DELETE
    marker.pose.orientation.w = 1.0
    return marker
