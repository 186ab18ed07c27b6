"""A recorded motion as a trajectory that the robot can perform, with a report of what that takes."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pose_ros.demonstrations.demonstration import MARK_BEGIN, Demonstration, JointSamples
from pose_ros.demonstrations.feasibility import Feasibility, planned, require_free
from pose_ros.demonstrations.segment import Segment, segment
from pose_ros.demonstrations.settings import SegmentSettings
from pose_ros.errors import DatasetError
from pose_ros.retargeting.robot import Robot
from pose_ros.retargeting.trajectory import Trajectory

# The robot is behind the person: so long after a motion's end it is still on its way [s].
SETTLE_S = 0.4
# Commands that are slower are rest [rad/s].
AT_REST = 0.01


def plan_replay(demonstration: Demonstration, robot: Robot, segment_number: int = -1, stretch: float = 1.0
                ) -> tuple[Trajectory, Feasibility]:
    """What a robot does to repeat a recording of its own.

    Args:
        demonstration: recorded with this robot, or transferred to it.
        robot: that performs.
        segment_number: which segment, from 0; -1 = the whole recording.
        stretch: duration relative to the recording; 0 = 1.

    Raises:
        DatasetError: other joints, no such segment, nothing commanded.
        RobotError: the robot would touch itself, or no timing keeps the limits.
    """
    demonstration.require_joints(robot.joints)
    if not 0 <= stretch <= 100:
        raise DatasetError(f'stretch must be 0 .. 100, got {stretch}')
    whole = [Segment(*demonstration.span)]
    found = whole if segment_number < 0 else segments_of(demonstration)
    if segment_number >= len(found):
        raise DatasetError(f'the recording has {len(found)} segments, got number {segment_number}; they count from 0')
    motion = commanded(demonstration.commands, found[max(segment_number, 0)])
    factor = stretch or 1.0
    motion, report = planned(Trajectory(motion.times * factor, motion.positions, motion.velocities / factor), robot)
    require_free(report)
    return motion, report


def segments_of(demonstration: Demonstration) -> list[Segment]:
    """By marks where the recording has any, by speed otherwise.

    Raises:
        DatasetError: the person was not recorded as this needs, or marks do not fit together.
    """
    marked = any(mark.label == MARK_BEGIN for mark in demonstration.marks)
    return segment(demonstration, SegmentSettings(by='marks' if marked else 'speed'))


def commanded(commands: JointSamples, part: Segment) -> Trajectory:
    """The commands of a segment, from when the robot begins to move until it rests.

    Raises:
        DatasetError: there are none.
    """
    stamps, first = np.unique(commands.stamps, return_index=True)
    inside = first[(part.begin <= stamps) & (stamps <= part.end + SETTLE_S)]
    positions, velocities = commands.positions[inside], np.nan_to_num(commands.velocities[inside])
    moving = np.flatnonzero((np.abs(velocities) > AT_REST).any(axis=1))
    if not len(moving):
        raise DatasetError(f'the robot was not commanded to move between {part.begin:.3f} and {part.end:.3f} s')
    kept = slice(max(moving[0] - 1, 0), moving[-1] + 2)
    times = commands.stamps[inside][kept]
    return Trajectory(times - times[0], positions[kept], velocities[kept])


def motions(demonstration: Demonstration, parts: Sequence[Segment]) -> list[Trajectory]:
    """The commands of several segments, for learning.

    Raises:
        DatasetError: a segment without any.
    """
    return [commanded(demonstration.commands, part) for part in parts]
