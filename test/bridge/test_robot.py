"""Robots in messages: what a session decides arrives as it was decided."""
import numpy as np
import pytest
from std_msgs.msg import Header
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint

from pose_ros.bridge.robot import (
    RetargetStatus,
    joint_path_from_msg,
    joint_state_to_msg,
    retarget_diagnostics,
    status_to_msg,
    step_to_msg,
)
from pose_ros.bridge.robot_markers import bones_to_msg
from pose_ros.bridge.stamps import seconds_of, time_of
from pose_ros.retargeting.bone_view import view_bones
from pose_ros.retargeting.drive import Step
from pose_ros.retargeting.follower import Path
from pose_ros.retargeting.poses import usual_poses
from pose_ros.retargeting.robot import load_robot
from pose_ros.retargeting.safety import State
from pose_ros.retargeting.session import Session

JOINTS, TICK = ('a', 'b'), 0.01
RANDOM = np.random.default_rng(0)
STEP = Step(Path(RANDOM.normal(size=(7, 2)), RANDOM.normal(size=(7, 2))), 3, 1234.5678, True, 1234.5878)


@pytest.fixture(scope='module')
def robot():
    return load_robot('arm7')


def test_times_go_there_and_back():
    for seconds in (0.0, 1.5, 1.7e9 + 0.123456789):
        assert seconds_of(time_of(seconds)) == pytest.approx(seconds, abs=1e-6)


def test_a_stamped_path_has_what_was_decided_and_says_when_it_begins():
    path = joint_path_from_msg(step_to_msg(STEP, JOINTS, TICK, stamped=True))
    assert path.joints == JOINTS and path.start == pytest.approx(STEP.begins, abs=1e-6)
    np.testing.assert_allclose(path.times, np.arange(7) * TICK)
    np.testing.assert_array_equal(path.positions, STEP.path.positions)
    np.testing.assert_array_equal(path.velocities, STEP.path.velocities)
    assert path.accelerations.shape == (7, 0)


def test_one_that_begins_on_arrival_has_only_what_is_to_come():
    path = joint_path_from_msg(step_to_msg(STEP, JOINTS, TICK, stamped=False))
    assert path.start == 0
    np.testing.assert_allclose(path.times, np.arange(1, 5) * TICK)
    np.testing.assert_array_equal(path.positions, STEP.path.positions[3:])


@pytest.mark.parametrize('points', [[], [[1.0, 2.0], [1.0]], [[], []]])
def test_ragged_points_give_arrays_that_do_not_fit(points):
    msg = JointTrajectory(joint_names=['a', 'b'], points=[JointTrajectoryPoint(positions=row) for row in points])
    assert joint_path_from_msg(msg).positions.shape != (max(len(points), 1), 2)


def test_joint_states():
    msg = joint_state_to_msg(JOINTS, np.array([1.0, 2.0]), np.array([3.0, 4.0]), time_of(5.0))
    assert (list(msg.name), list(msg.position), list(msg.velocity), msg.header.stamp.sec) == (
        ['a', 'b'], [1, 2], [3, 4], 5)


def test_the_status_names_the_state_and_the_joints_at_a_limit(robot):
    session = Session(robot, lambda: 0.0)
    session.see_robot(robot.joints, np.where(np.arange(7) == 2, robot.limits.upper, robot.home), (), 0.0)
    status = status_to_msg(session, time_of(1.0))
    assert status.state == RetargetStatus.DISABLED and status.reason == 'not enabled' and status.track_id == -1
    assert list(status.clipped_joints) == ['joint3'] and np.isnan(status.error_deg) and status.robot == 'arm7'


def test_every_state_has_a_number_and_a_level():
    for state in State:
        status = RetargetStatus(state=getattr(RetargetStatus, state.name), reason='because', robot='r')
        found = retarget_diagnostics('node', status, {'persons': 3})
        assert found.message == f'{state.value}: because' and found.name == 'node: r'
        assert found.level[0] == {State.HOLDING: 1, State.FAULT: 2}.get(state, 0)
        assert {value.key: value.value for value in found.values}['persons'] == '3'


def test_markers_are_coloured_by_the_error(robot):
    header = Header(frame_id=robot.root)
    robot_bones, person = bones_to_msg(view_bones(robot, robot.home, usual_poses(robot.config)[0]), header).markers
    assert len(robot_bones.points) == len(person.points) == 2 * len(robot.config.bones)
    assert robot_bones.header == person.header == header
    assert all(colour.r > 0.5 for colour in person.colors[:2])
    nobody = bones_to_msg(view_bones(robot, robot.home, None), header).markers[1]
    assert nobody.action == nobody.DELETE and not nobody.points
