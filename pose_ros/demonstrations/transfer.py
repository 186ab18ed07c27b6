"""An old recording for another robot: the person moved once, every robot may learn it."""
from __future__ import annotations

from dataclasses import replace

import numpy as np

from pose_ros.demonstrations.demonstration import About, Demonstration, JointSamples
from pose_ros.errors import DatasetError
from pose_ros.retargeting.follower import Motion
from pose_ros.retargeting.retargeter import Retargeter
from pose_ros.retargeting.robot import Robot


def transferred(demonstration: Demonstration, robot: Robot) -> Demonstration:
    """The same person and marks, commanded to another robot, which starts in its preferred pose.

    Nothing is measured: no robot was there.

    Raises:
        DatasetError: no person was recorded.
        RobotError: the skeleton lacks a keypoint that the robot follows.
    """
    persons = demonstration.persons
    if not len(persons.stamps):
        raise DatasetError('the recording holds no person to follow')
    about = demonstration.about
    retargeter = Retargeter(robot, about.skeleton, robot.home)
    begin, count = float(persons.stamps[0]), len(robot.joints)
    stamps: list[float] = []
    motions: list[Motion] = []
    for stamp, points, scores in zip(persons.stamps - begin, persons.points, persons.scores):
        while len(stamps) * retargeter.step_s < stamp:
            now = len(stamps) * retargeter.step_s
            stamps.append(begin + now)
            motions.append(retargeter.motion)
            retargeter.step(now)
        retargeter.observe(points, scores, stamp, len(stamps) * retargeter.step_s)
    nothing = JointSamples(np.empty(0), np.empty((0, count)), np.empty((0, count)))
    positions, velocities = (np.array([getattr(motion, what) for motion in motions]).reshape(-1, count)
                             for what in ('position', 'velocity'))
    commands = JointSamples(np.array(stamps), positions, velocities)
    about = About.of(robot, about.skeleton, about.model)
    return replace(demonstration, about=about, commands=commands, measured=nothing)
