import numpy as np
import pytest

from pose_ros.demonstrations.performance import perform
from pose_ros.errors import RobotError
from pose_ros.retargeting.rehearsal import violations
from pose_ros.retargeting.trajectory import Trajectory


def test_from_anywhere_it_goes_to_the_start_first(robot):
    goal = robot.home + 0.1
    done = perform(robot, Trajectory.to(goal), robot.home)
    np.testing.assert_allclose(done.positions[0], robot.home, atol=0.01)
    np.testing.assert_allclose(done.positions[-1], goal, atol=1e-3)
    assert violations(robot.limits, done.positions, done.times[1]) == (0, 0, 0)
    np.testing.assert_allclose(done.velocities[-1], 0, atol=1e-3)


def test_a_trajectory_out_of_reach_is_given_up(robot):
    with pytest.raises(RobotError, match='did not get to the end'):
        perform(robot, Trajectory.to(robot.limits.upper + 1.0), robot.home)
