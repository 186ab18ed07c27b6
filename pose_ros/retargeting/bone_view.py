"""The bones of robot and person side by side, to be looked at."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pose_ros.retargeting.robot import Robot


@dataclass(frozen=True, eq=False)
class BoneView:
    """B bones in the frame of the robot's root link.

    Attributes:
        starts, ends: (B, 3) of the robot's bones [m].
        wanted: (B, 3) where they would end if they pointed like the person's [m]; NaN = unknown.
        angles_deg: (B,) between the two [deg]; 0 = unknown.
    """

    starts: np.ndarray
    ends: np.ndarray
    wanted: np.ndarray
    angles_deg: np.ndarray


def view_bones(robot: Robot, position: np.ndarray, directions: np.ndarray | None) -> BoneView:
    """The bones of a robot, and the person's in their place.

    Args:
        robot: the robot.
        position: (n,) [rad].
        directions: (B, 3) unit vectors of the person's bones in the base frame; NaN = unknown, None = all.
    """
    turn, shift = robot.mount[:3, :3], robot.mount[:3, 3]
    bones = robot.config.bones
    links = [link for bone in bones for link in bone.links]
    places = (robot.link_positions(position, links) - shift) @ turn
    starts, ends = places[::2], places[1::2]
    lengths = np.linalg.norm(ends - starts, axis=1, keepdims=True)
    wanted = starts + lengths * (starts * np.nan if directions is None else directions @ turn)
    cosines = ((ends - starts) * (wanted - starts)).sum(1) / lengths[:, 0] ** 2
    angles = np.degrees(np.arccos(np.clip(cosines, -1, 1)))
    return BoneView(starts, ends, wanted, np.nan_to_num(angles))
