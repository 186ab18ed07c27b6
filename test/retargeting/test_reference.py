import numpy as np
import pytest

from pose_ros.errors import RobotError
from pose_ros.retargeting.reference import Reference
from pose_ros.retargeting.rehearsal import violations
from pose_ros.retargeting.retargeter import Retargeter
from pose_ros.skeletons import COCO17


def test_it_moves_on_and_stands_when_it_is_too_old():
    reference = Reference(np.zeros(2), np.array([1.0, -1.0]), 1.0, 1.5)
    positions, velocities = reference.at(np.array([1.0, 1.2, 3.0]))
    np.testing.assert_allclose(positions, [[0, 0], [0.2, -0.2], [0.5, -0.5]])
    np.testing.assert_allclose(velocities, [[1, -1], [1, -1], [0, 0]])


def test_nothing_aims_at_what_is_no_number():
    for position, velocity in ((np.array([np.nan]), np.zeros(1)), (np.zeros(1), np.array([np.inf]))):
        with pytest.raises(RobotError, match='must be finite'):
            Reference(position, velocity, 0.0, 1.0)


def test_a_robot_goes_where_it_is_aimed_within_its_limits_and_stands_without_a_newer_aim(robot):
    retargeter, goal = Retargeter(robot, COCO17, robot.home), robot.home + 0.05 * (robot.limits.upper - robot.home)
    motions = []
    for step in range(200):
        now = step * retargeter.step_s
        if step < 2 or 60 <= step < 150:
            retargeter.aim(Reference(goal, np.zeros_like(goal), now + 0.02, now + 0.05))
        path = retargeter.step(now)
        motions += [path.at(tick) for tick in range(retargeter.advance)]
    positions = np.array([motion.position for motion in motions])
    assert violations(robot.limits, positions, retargeter.tick_s) == (0, 0, 0)
    assert not motions[100].velocity.any() and np.abs(positions[100] - goal).max() > 0.01
    np.testing.assert_allclose(positions[-1], goal, atol=1e-3)
