import numpy as np
import pytest

from pose_ros.benchmarks.demonstrations import free_poses, show
from pose_ros.demonstrations.feasibility import planned, require_free
from pose_ros.demonstrations.performance import perform
from pose_ros.demonstrations.primitives import LearntMotion
from pose_ros.errors import RobotError
from pose_ros.retargeting.collision import CollisionChecker
from pose_ros.retargeting.rehearsal import collisions, violations
from pose_ros.retargeting.trajectory import Trajectory


def straight(start, goal, duration):
    times = np.linspace(0, duration, 50)
    positions = start + (times / duration)[:, None] * (goal - start)
    return Trajectory(times, positions, np.gradient(positions, times, axis=0))


def test_learnt_motions_to_new_goals_keep_every_limit(robot):
    shown = show(robot)
    learnt = LearntMotion.of(shown)
    for goal in free_poses(robot, 8, seed=1):
        motion, report = planned(learnt.rolled_out(shown.positions[0], goal), robot)
        assert violations(robot.limits, motion.positions, motion.times[1])[0] == 0
        assert report.stretch == pytest.approx(motion.duration / shown.duration, rel=0.01)
        if report.free:
            done = perform(robot, motion)
            assert violations(robot.limits, done.positions, done.times[1]) == (0, 0, 0)
            assert collisions(robot, done.positions) == 0
            assert np.degrees(np.abs(done.positions[-1] - goal)).max() < 0.5


def test_what_is_outside_the_limits_is_clipped_and_told(robot):
    goal = robot.home.copy()
    goal[3] = robot.limits.upper[3] + 0.3
    motion, report = planned(straight(robot.home, goal, 5.0), robot)
    assert report.clipped == {robot.joints[3]: pytest.approx(0.3)}
    assert (motion.positions <= robot.limits.upper).all()
    assert f'clipped: {robot.joints[3]} by 17.2 deg' in str(report)


def test_a_hurry_is_stretched_and_told(robot):
    goal = robot.home + 0.5 * (robot.limits.upper - robot.home)
    _, report = planned(straight(robot.home, goal, 0.1), robot)
    assert report.stretch > 3 and f'{report.stretch:.2f} times as long as wanted' in str(report)


def test_the_nearest_collision_is_that_of_the_whole_way(robot):
    checker, random = CollisionChecker(robot), np.random.default_rng(0)
    touching = next(pose for pose in random.uniform(robot.limits.lower, robot.limits.upper, (10000, 7))
                    if checker.clearance(pose) < -0.02)
    motion, report = planned(straight(robot.home, touching, 5.0), robot)
    assert not report.free and 'COLLIDES' in str(report)
    assert report.clearance == min(checker.clearance(pose) for pose in motion.positions)
    with pytest.raises(RobotError, match='would touch itself'):
        require_free(report)


def test_another_number_of_joints_is_refused(robot):
    with pytest.raises(RobotError, match='the motion has 2 joints, arm7 7'):
        planned(straight(np.zeros(2), np.ones(2), 1.0), robot)
