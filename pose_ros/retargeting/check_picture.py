"""The usual poses of a person, and what a robot makes of each."""
from __future__ import annotations

import numpy as np

from pose_ros.drawing import contact_sheet
from pose_ros.retargeting.bone_view import view_bones
from pose_ros.retargeting.check import Reach
from pose_ros.retargeting.picture import PERSON, Scene, View
from pose_ros.retargeting.poses import usual_poses
from pose_ros.retargeting.robot import Robot

CELL, COLUMNS, WIDTH = (360, 300), 4, 1440


def draw_reach(robot: Robot, reach: Reach) -> np.ndarray:
    """(H, W, 3) uint8 RGB: one picture per pose; the person's bones hang where the robot's begin.

    Args:
        robot: the robot.
        reach: of it, for the usual poses.
    """
    chain = np.concatenate([robot.joint_chain(position).reshape(-1, 3) for position in reach.positions])
    view = View.around(chain, CELL)
    bones = usual_poses(robot.config) if robot.config.bones else np.zeros((len(reach.free), 0, 3))
    return contact_sheet([_cell(robot, view, reach, index, bones[index]) for index in range(len(reach.free))],
                         COLUMNS, WIDTH)


def _cell(robot: Robot, view: View, reach: Reach, index: int, directions: np.ndarray) -> np.ndarray:
    scene, position = Scene(view), reach.positions[index]
    scene.robot(robot, position)
    bones = view_bones(robot, position, directions)
    turn, shift = robot.mount[:3, :3], robot.mount[:3, 3]
    for start, end in zip(bones.starts @ turn.T + shift, bones.wanted @ turn.T + shift):
        scene.stroke(start, end, 0.02, PERSON)
    verdict = 'matched' if reach.matched[index] else f'{reach.errors_deg[index]:.0f} deg off'
    return scene.draw(verdict if reach.free[index] else f'{verdict}, collides')
