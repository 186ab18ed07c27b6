"""The video of the robot beside what the camera sees."""
from __future__ import annotations

from bisect import bisect_right
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from pose_ros.video import VideoWriter

if TYPE_CHECKING:
    from pose_ros.demo.robot import RobotShow
    from pose_ros.retargeting.robot import Robot

SIZE, RATE_HZ = (640, 480), 15.0
# The robot is looked at from the front, a little from the side and from above [rad].
YAW, PITCH = 0.35, 0.2


def write_robot_video(path: Path, robot: Robot, show: RobotShow) -> None:
    """Writes an mp4: left the newest image with people drawn on it, right the robot.

    Raises:
        SourceError: it cannot be written.
    """
    times = np.arange(show.pictures[0][0], show.run.times[-1], 1 / RATE_HZ)
    stamps = [stamp for stamp, _ in show.pictures]
    with VideoWriter(path, RATE_HZ) as video:
        for now in times:
            image = show.pictures[max(bisect_right(stamps, now) - 1, 0)][1]
            left = cv2.resize(image, SIZE, interpolation=cv2.INTER_LINEAR)
            video.write(np.concatenate([left, _robot(robot, show, float(now))], 1))


def _robot(robot: Robot, show: RobotShow, now: float) -> np.ndarray:
    from pose_ros.retargeting.picture import Scene, View
    index = int(np.clip(np.searchsorted(show.run.times, now), 0, len(show.run.times) - 1))
    reach = robot.joint_chain(robot.home).reshape(-1, 3)
    around = np.concatenate([reach + shift for shift in ([0, 0, 0.35], [0, 0.35, 0], [0, -0.35, -0.15])])
    found = View.around(around, SIZE, 0.1)
    scene = Scene(View(SIZE, found.centre, found.scale, YAW, PITCH))
    scene.robot(robot, show.run.positions[index])
    return scene.draw(show.caption(now))
