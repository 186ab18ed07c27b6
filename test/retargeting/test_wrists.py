"""Wrist positions: the link moves as the wrist has moved since the clutch was let go, and only that."""
from dataclasses import replace

import numpy as np
import pytest
from pink import Configuration

from pose_ros.benchmarks.motions import ARMS, move
from pose_ros.errors import RobotError
from pose_ros.retargeting.collision import CollisionChecker
from pose_ros.retargeting.config import Wrist, Zone
from pose_ros.retargeting.point_filter import PointEstimate
from pose_ros.retargeting.rehearsal import rehearse, violations
from pose_ros.retargeting.retargeter import Retargeter
from pose_ros.retargeting.robot import load_robot
from pose_ros.retargeting.torso_frame import TorsoFrame
from pose_ros.retargeting.wrist_task import WristTask
from pose_ros.retargeting.wrists import WristReader, WristTargets

MOTION = move(300)
WRIST = Wrist('right_wrist', 'flange', 0.5, 5.0, 'test:1')
WALL = Zone('wall', (), (-1.0, 0.0, 0.0), (0.8, 0.0, 0.0), (0.0, 0.0, 0.0), 'test:2')


def arm(**changes):
    """arm7, driven by the wrist alone."""
    robot = load_robot('arm7')
    return replace(robot, config=replace(robot.config, bones=(), wrists=(WRIST,), **changes))


def reader(robot, places):
    return WristReader(robot.config, ARMS, lambda: places)


def person(points):
    return PointEstimate(points, np.zeros_like(points), np.zeros(len(points)))


def test_the_link_goes_as_far_as_the_wrist_times_the_scale():
    robot, begin = arm(), np.array([[0.3, 0.2, 0.1]])
    wrists = reader(robot, begin)
    first = wrists.read(person(MOTION.points[0]))
    later = wrists.read(person(MOTION.points[40]))
    index = ARMS.index('right_wrist')
    np.testing.assert_allclose(first.positions, begin)
    np.testing.assert_allclose(later.positions - begin, 0.5 * (MOTION.points[40] - MOTION.points[0])[None, index])
    wrists.clutch()
    np.testing.assert_allclose(wrists.read(person(MOTION.points[40])).positions, begin)


def test_a_wrist_that_is_not_seen_has_no_trust():
    points = MOTION.points[0].copy()
    points[ARMS.index('right_wrist')] = np.nan
    assert reader(arm(), np.zeros((1, 3))).read(person(points)).trust == 0


def test_walking_and_turning_do_not_move_the_link():
    robot = arm()
    frame, wrists = TorsoFrame(robot.config, ARMS), reader(robot, np.zeros((1, 3)))
    wrists.read(frame.view(person(MOTION.points[0])))
    walked = MOTION.points[0] @ np.array([[0.0, 1, 0], [-1, 0, 0], [0, 0, 1]]) + [2.0, 1.0, 0.1]
    np.testing.assert_allclose(wrists.read(frame.view(person(walked))).positions, 0, atol=1e-12)


def test_a_skeleton_without_the_keypoint_is_refused():
    bare = replace(ARMS, keypoints=tuple(name for name in ARMS.keypoints if name != 'right_wrist'))
    with pytest.raises(RobotError, match="test:1: no keypoint 'right_wrist'"):
        WristReader(arm().config, bare, lambda: np.zeros((1, 3)))


def test_the_jacobian_is_the_derivative_of_the_error():
    robot = arm()
    task = WristTask(robot.model, robot.config.wrists)
    task.set_target(WristTargets(np.ones((1, 3)), np.zeros((1, 3)), np.ones(1)))

    def error(position):
        return task.compute_error(Configuration(robot.model, robot.model.createData(), position))

    step = 1e-6 * np.eye(7)
    numeric = np.stack([(error(robot.home + d) - error(robot.home - d)) / 2e-6 for d in step], 1)
    configuration = Configuration(robot.model, robot.model.createData(), robot.home)
    np.testing.assert_allclose(task.compute_jacobian(configuration), numeric, atol=1e-6)


def run(robot):
    return rehearse(Retargeter(robot, ARMS, robot.home), MOTION.stamps, MOTION.points)


def test_the_robot_follows_a_wrist_within_its_limits():
    robot = arm()
    done = run(robot)
    assert violations(robot.limits, done.positions, done.times[0]) == (0, 0, 0)
    moved = np.array([robot.link_positions(q, ['flange'])[0] for q in done.positions])
    index = ARMS.index('right_wrist')
    wanted = 0.5 * (MOTION.at(done.times).points - MOTION.points[0])[:, index] + moved[0]
    late = done.times > 0.5
    assert np.median(np.linalg.norm(moved - wanted, axis=1)[late]) < 0.03 < np.ptp(wanted, axis=0).max()


def test_no_capsule_enters_a_zone():
    free = run(arm())
    kept_out = arm(zones=(WALL,))
    checker = CollisionChecker(kept_out)
    assert min(map(checker.clearance, free.positions)) < 0, 'the zone would be entered'
    done = run(kept_out)
    assert min(map(checker.clearance, done.positions)) > 0
    assert violations(kept_out.limits, done.positions, done.times[0]) == (0, 0, 0)


def test_a_robot_that_stands_in_a_zone_is_refused_by_name():
    box = Zone('table', (4.0, 4.0, 4.0), (), (0.0, 0.0, 0.0), (0.0, 0.0, 0.0), 'test:3')
    with pytest.raises(RobotError, match=r'preferred pose .* and table \(test:3\) are .* too near'):
        CollisionChecker(arm(zones=(box,)))
