"""retarget_node on a real graph: it follows, stops, answers, and its messages end at rest."""
from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from conftest import wait_until
from nodes.retarget_rig import RetargetRig
from rcl_interfaces.msg import Log
from rclpy.qos import DurabilityPolicy, QoSProfile
from std_msgs.msg import Bool
from std_srvs.srv import SetBool, Trigger

from pose_ros.bridge.qos import result_qos
from pose_ros.bridge.robot import Replay, RetargetStatus, SelectPerson, joint_path_from_msg
from pose_ros.errors import RobotError
from pose_ros.retargeting.rehearsal import violations
from pose_ros.retargeting.sim_controller import commanded
from pose_ros.retargeting.trajectory import Trajectory

TRACKING, DISABLED, FAULT, HOLDING = (RetargetStatus.TRACKING, RetargetStatus.DISABLED, RetargetStatus.FAULT,
                                      RetargetStatus.HOLDING)


@pytest.fixture
def rig(graph) -> RetargetRig:
    return RetargetRig(graph)


def follow(rig, **values):
    rig.start(**values)
    wait_until(lambda: rig.call(SetBool, 'enable', data=True).success, what='enabled')
    rig.wait_for(TRACKING)
    wait_until(rig.moves, what='motion')


def test_it_follows_within_the_limits_and_every_message_ends_at_rest(rig):
    follow(rig)
    wait_until(lambda: len(rig.paths) > 60, what='trajectories')
    rig.showing = False
    rig.comes_to_rest()
    assert all(not np.any(path.points[-1].velocities) for path in rig.paths)
    limits = rig.sim.robot.limits
    for positions in commanded([joint_path_from_msg(path) for path in rig.paths]):
        assert violations(limits, positions, 0.01) == (0, 0, 0)


def test_nothing_moves_before_it_is_enabled(rig):
    rig.start()
    before = len(rig.states)
    wait_until(lambda: len(rig.states) > before + 50, what='joint states')
    assert not rig.paths and rig.statuses[-1].state == DISABLED


@pytest.mark.parametrize('stopped_by', ['service', 'volatile', 'latched'])
def test_a_stop_is_latched_until_it_is_reset(rig, stopped_by):
    follow(rig)
    if stopped_by == 'service':
        assert rig.call(Trigger, 'stop').success
    else:
        kept = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        qos = kept if stopped_by == 'latched' else result_qos()
        button = rig.probe.create_publisher(Bool, '/retarget_node/emergency_stop', qos)
        wait_until(button.get_subscription_count, what='button matched')
        button.publish(Bool(data=True))
    rig.wait_for(FAULT)
    rig.comes_to_rest()
    refused = rig.call(SetBool, 'enable', data=True)
    assert not refused.success and 'reset first' in refused.message
    assert rig.call(Trigger, 'reset').message == 'disabled'
    assert rig.call(SetBool, 'enable', data=True).success


def test_it_goes_home_and_disables_itself(rig):
    follow(rig)
    assert rig.call(Trigger, 'home').success
    rig.wait_for(DISABLED)
    # The way home was sent ahead; the arm is still on its last part.
    rig.comes_to_rest()
    np.testing.assert_allclose(rig.states[-1].position, rig.sim.robot.home, atol=0.03)


def test_who_is_followed_is_never_changed_silently(rig):
    follow(rig)
    rig.track_id = 2
    rig.wait_for(HOLDING)
    assert rig.call(SelectPerson, 'select_person', track_id=2).success
    refused = rig.call(SelectPerson, 'select_person', track_id=9)
    assert not refused.success and 'seen: 2' in refused.message
    wait_until(lambda: rig.call(SetBool, 'enable', data=True).success, what='enabled again')
    assert rig.wait_for(TRACKING).track_id == 2


def test_somebody_near_holds_it(rig):
    follow(rig)
    for distance in np.arange(2.8, -0.1, -0.2):
        rig.away, shown = np.array([distance, 0, 0]), rig.frame
        wait_until(lambda shown=shown: rig.frame > shown + 1, what='another step')
    assert 'm from the robot' in rig.wait_for(HOLDING).reason
    rig.comes_to_rest()


def test_a_controller_that_refuses_is_a_fault(rig):
    rig.start(sim={'refuse': True}, **{'session.follow_error_rad': 0.2})
    wait_until(lambda: rig.call(SetBool, 'enable', data=True).success, what='enabled')
    assert 'does the controller refuse' in rig.wait_for(FAULT).reason
    assert not np.ptp([state.position for state in rig.states], axis=0).any()


def test_a_replay_goes_through_the_same_limits(rig):
    def plan(path, robot, segment, stretch):
        if segment > 0:
            raise RobotError(f'no segment {segment}')
        target = robot.limits.clip(robot.home + 0.3)
        times = np.array([0.0, 1.0])
        return Trajectory(times, np.array([robot.home, target]), np.zeros((2, len(target)))), f'stretch {stretch:g}'

    rig.start(injected={'plan': plan})
    refused = rig.call(Replay, 'replay', path='x.mcap', segment=3)
    assert not refused.success and refused.message == 'no segment 3'
    answer = rig.call(Replay, 'replay', path='x.mcap', segment=-1)
    assert answer.success and answer.message.startswith('1.0 s') and 'stretch 1' in answer.message
    rig.wait_for(TRACKING)
    rig.wait_for(DISABLED)
    np.testing.assert_allclose(rig.states[-1].position, rig.sim.robot.limits.clip(rig.sim.robot.home + 0.3), atol=0.01)
    for positions in commanded([joint_path_from_msg(path) for path in rig.paths]):
        assert violations(rig.sim.robot.limits, positions, 0.01) == (0, 0, 0)


class Tape:
    """A recorder in memory, which may break."""

    def __init__(self):
        self.error, self.closed, self.kinds = '', False, set()

    def __getattr__(self, name):
        return lambda *_: self.kinds.add(name)

    def close(self):
        self.closed = True


def test_it_records_while_it_is_told_to_and_a_full_disk_stops_the_robot(rig, tmp_path):
    tapes = []

    def record(path, session):
        assert path.parent == tmp_path and path.name.endswith('_arm7')
        tapes.append(Tape())
        return tapes[-1]

    follow(rig, injected={'record': record}, record_folder=str(tmp_path))
    assert rig.call(SetBool, 'record', data=True).success
    everything = {'add_person', 'add_command', 'add_measured'}
    wait_until(lambda: tapes[0].kinds >= everything, what='all kinds recorded')
    assert rig.call(SetBool, 'record', data=False).success and tapes[0].closed
    rig.call(SetBool, 'record', data=True)
    tapes[1].error = 'no space left on device'
    assert 'no space left on device' in rig.wait_for(FAULT).reason
    rig.comes_to_rest()


def test_deactivated_it_forgets_what_it_did(rig):
    follow(rig)
    assert rig.node.trigger_deactivate().name == 'SUCCESS'
    refused = rig.call(Trigger, 'home')
    assert not refused.success and 'not active' in refused.message
    rig.comes_to_rest()
    assert rig.node.trigger_activate().name == 'SUCCESS'
    assert rig.wait_for(DISABLED).reason == 'deactivated'


def test_a_robot_that_cannot_be_read_is_said_and_waits(rig, tmp_path):
    wrong = tmp_path / 'wrong.yaml'
    wrong.write_text('robot: {urdf: gone.urdf}\ntasks:\n  - {bone: [a, b]}\n')
    logs = []
    rig.probe.create_subscription(Log, '/rosout', logs.append,
                                  QoSProfile(depth=100, durability=DurabilityPolicy.TRANSIENT_LOCAL))
    with pytest.raises(AssertionError, match='status'):
        rig.start(robot=str(wrong), deadline_s=3.0)
    wait_until(lambda: any('wrong.yaml:3: a task needs bone' in log.msg for log in logs), what='the log names the line')


def test_torch_is_not_imported():
    code = 'import sys, pose_ros.nodes.retarget_node, pose_ros.nodes.sim_robot_node; sys.exit("torch" in sys.modules)'
    assert subprocess.run([sys.executable, '-c', code], check=False).returncode == 0
