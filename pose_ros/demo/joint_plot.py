"""Joints against their limits over time, drawn with OpenCV."""
from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from pose_ros.nodes.robot_watch import RobotRun
    from pose_ros.retargeting.robot import Robot

CELL, COLUMNS, MARGIN = (480, 150), 2, 24
PAPER, INK, LIMIT = (255, 255, 255), (70, 70, 80), (200, 80, 60)
POSITION, SPEED = (40, 100, 190), (0, 158, 115)


def plot_joints(robot: Robot, run: RobotRun) -> np.ndarray:
    """(H, W, 3) uint8 RGB: per joint its position between its limits (blue) and its speed between +- its limit (green).

    Args:
        robot: whose limits they are.
        run: joints in the order of the robot's.
    """
    limits = robot.limits
    middle, half = (limits.upper + limits.lower) / 2, (limits.upper - limits.lower) / 2
    cells = [_cell(f'{name}  {low:.2f} .. {high:.2f} rad, {fastest:.2f} rad/s',
                   [((run.positions[:, index] - middle[index]) / half[index], POSITION),
                    (run.velocities[:, index] / fastest, SPEED)])
             for index, (name, low, high, fastest) in enumerate(
                 zip(robot.joints, limits.lower, limits.upper, limits.velocity))]
    blank = [np.full_like(cells[0], 255)] * (-len(cells) % COLUMNS)
    rows = [np.concatenate((cells + blank)[first:first + COLUMNS], 1) for first in range(0, len(cells), COLUMNS)]
    return np.concatenate(rows)


def _cell(title: str, curves: list[tuple[np.ndarray, tuple[int, int, int]]]) -> np.ndarray:
    """One joint; the values of the curves are parts of its limits, -1 .. 1."""
    width, height = CELL
    cell = np.full((height, width, 3), PAPER, np.uint8)
    cv2.putText(cell, title, (MARGIN, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.42, INK, 1, cv2.LINE_AA)
    for level, colour in ((-1.0, LIMIT), (0.0, (225, 225, 230)), (1.0, LIMIT)):
        y = int(_row(np.array([level]))[0])
        cv2.line(cell, (MARGIN, y), (width - MARGIN, y), colour, 1)
    for values, colour in curves:
        columns = np.linspace(MARGIN, width - MARGIN, len(values))
        points = np.stack([columns, _row(values)], 1).round().astype(np.int32)
        cv2.polylines(cell, [points], False, colour, 1, cv2.LINE_AA)
    return cell


def _row(values: np.ndarray) -> np.ndarray:
    """Parts of the limits -> y [px]."""
    top, bottom = MARGIN + 4, CELL[1] - 12
    return np.asarray((top + bottom) / 2 - values * (bottom - top) / 2)
