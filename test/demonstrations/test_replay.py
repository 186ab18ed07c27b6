from dataclasses import replace

import numpy as np
import pytest

from pose_ros.demonstrations.demonstration import MARK_BEGIN, MARK_END, JointSamples, Mark
from pose_ros.demonstrations.performance import perform
from pose_ros.demonstrations.primitives import LearntVariety
from pose_ros.demonstrations.replay import commanded, motions, plan_replay, segments_of
from pose_ros.demonstrations.segment import Segment
from pose_ros.errors import DatasetError, RobotError
from pose_ros.retargeting.collision import CollisionChecker
from pose_ros.retargeting.rehearsal import violations


def test_a_replay_is_what_was_commanded(robot, shown):
    motion, report = plan_replay(shown, robot)
    assert report.stretch == pytest.approx(1.0, abs=0.01) and not report.clipped and report.free
    moving = commanded(shown.commands, Segment(*shown.span))
    np.testing.assert_allclose(motion.at(moving.times)[0], moving.positions, atol=2e-3)


def test_every_segment_can_be_performed(robot, shown):
    parts = segments_of(shown)
    assert len(parts) == 6
    for number in (0, 5):
        motion, _ = plan_replay(shown, robot, number)
        assert parts[number].end - parts[number].begin <= motion.duration + 0.2
        done = perform(robot, motion, robot.home)
        assert violations(robot.limits, done.positions, done.times[1]) == (0, 0, 0)
        np.testing.assert_allclose(done.positions[-1], motion.positions[-1], atol=1e-3)


def test_a_stretched_replay_takes_longer(robot, shown):
    plain, slow, zero = (plan_replay(shown, robot, 1, stretch)[0] for stretch in (1.0, 2.0, 0.0))
    assert slow.duration == pytest.approx(2 * plain.duration, rel=0.01) and zero.duration == plain.duration


def test_marks_go_before_speed(shown):
    begin = shown.span[0]
    marked = replace(shown, marks=(Mark(begin + 1, MARK_BEGIN), Mark(begin + 2, MARK_END)))
    assert segments_of(marked) == [Segment(begin + 1, begin + 2)]


def test_several_motions_are_learnt_together(robot, shown):
    learnt = LearntVariety.of(motions(shown, segments_of(shown)))
    assert learnt.rolled_out(robot.home, robot.home + 0.1).positions.shape[1] == 7


def test_what_cannot_be_replayed_is_named(robot, shown):
    with pytest.raises(DatasetError, match='has 6 segments, got number 6'):
        plan_replay(shown, robot, 6)
    with pytest.raises(DatasetError, match='stretch must be'):
        plan_replay(shown, robot, 0, -1.0)
    with pytest.raises(DatasetError, match='not commanded to move'):
        plan_replay(replace(shown, commands=JointSamples(np.empty(0), np.empty((0, 7)), np.empty((0, 7)))), robot)
    other = replace(shown, about=replace(shown.about, joints=('a', 'b'), robot='another'))
    with pytest.raises(DatasetError, match=r'the recording is of another \(a, b\)'):
        plan_replay(other, robot)
    checker, random = CollisionChecker(robot), np.random.default_rng(0)
    touching = next(pose for pose in random.uniform(robot.limits.lower, robot.limits.upper, (10000, 7))
                    if checker.clearance(pose) < -0.02)
    way = np.linspace(robot.home, touching, len(shown.commands))
    into_itself = JointSamples(shown.commands.stamps, way, np.ones_like(way))
    with pytest.raises(RobotError, match='would touch itself'):
        plan_replay(replace(shown, commands=into_itself), robot)
