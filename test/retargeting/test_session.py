"""A session against a simulated controller, with a clock of its own: it follows, stops, and never moves on doubt."""
from __future__ import annotations

import numpy as np
import pytest

from pose_ros.benchmarks.motions import ARMS, add_noise, move, spoil
from pose_ros.errors import RobotError
from pose_ros.retargeting.rehearsal import violations
from pose_ros.retargeting.robot import load_robot
from pose_ros.retargeting.safety import State
from pose_ros.retargeting.safety_settings import SafetySettings
from pose_ros.retargeting.session import Session
from pose_ros.retargeting.session_settings import SessionParts, SessionSettings
from pose_ros.retargeting.sim_controller import JointPath, SimController
from pose_ros.retargeting.trajectory import Trajectory
from pose_ros.types import Person, Points, PointSource

TRUTH = move(600)
FAR = np.eye(4)
FAR[0, 3] = 3.0


def person(points, track_id=1, source=PointSource.SENSOR):
    """A person of the skeleton ARMS with these points [m]."""
    known = np.isfinite(points).all(1)
    return Person(ARMS, np.zeros((len(ARMS), 2)), known * 0.9, 0.9, track_id,
                  Points(points, np.full((len(ARMS), 3, 3), np.nan), np.where(known, source, PointSource.NONE)))


class Rig:
    """A session, a controller, and time that runs in steps of 2 ms."""

    def __init__(self, name='arm7', **settings):
        self.now = 1000.0
        self.robot = load_robot(name)
        safety = SafetySettings(ramp_s=0.0, **settings)
        self.session = Session(self.robot, lambda: self.now, SessionParts(SessionSettings(), safety))
        self.controller = SimController(self.robot.joints, self.robot.limits, self.robot.home)
        self.positions, self.states, self.refused, self.frame, self.deaf = [], [], [], 0, False
        self.held_up = lambda: 0.0

    def run(self, seconds, people=lambda points: [person(points)], robot=True, motion=TRUTH, node=True, transform=FAR):
        """The robot at 500 Hz, the session at 50 Hz, the camera at 30 Hz."""
        end = self.now + seconds
        while self.now < end - 1e-9:
            self.now += 0.002
            self.controller.update(self.now)
            self.positions.append(self.controller.position)
            count = len(self.positions)
            if count % 5 == 0 and robot:
                self.session.see_robot(self.robot.joints, self.controller.position, (), self.now)
            if count % 16 == 0 and people:
                self.session.see_persons(people(motion.points[self.frame % len(motion.points)]), self.now, self.now,
                                         transform)
                self.frame += 1
            if count % 10 == 0 and node:
                self.take(self.session.step(self.now))
        return self

    def idle(self, seconds):
        """The node is held up; the robot goes on."""
        for _ in range(round(seconds / 0.002)):
            self.now += 0.002
            self.controller.update(self.now)
            self.positions.append(self.controller.position)

    def take(self, step):
        if step is None:
            return
        self.states.append(self.session.verdict.state)
        self.idle(self.held_up())
        if step.moves and self.now > step.due:
            self.session.withdraw()
        elif step.moves and not self.deaf:
            path = JointPath(self.robot.joints, step.begins, np.arange(len(step.path)) * 0.01, step.path.positions,
                             step.path.velocities, np.zeros((len(step.path), 0)))
            try:
                self.controller.accept(path, self.now)
            except RobotError as error:
                self.refused.append(str(error))

    def follow(self, seconds=2.0):
        self.run(0.2)
        self.session.enable()
        self.run(seconds)
        assert self.states[-1] is State.TRACKING
        return self

    @property
    def speed(self):
        """The fastest joint over the last 10 ms [rad/s]."""
        return np.abs(np.diff(self.positions[-6:], axis=0)).max() / 0.002

    def laws(self):
        assert not self.refused and not self.controller.clipped
        assert violations(self.robot.limits, np.array(self.positions)[4::5], 0.01) == (0, 0, 0)


@pytest.mark.parametrize('name', ['arm7', 'torso17'])
def test_it_follows_within_the_limits_and_at_the_controller_too(name):
    rig = Rig(name).follow(4.0)
    rig.laws()
    assert np.ptp(rig.positions, axis=0).max() > 0.5
    assert rig.session.solution.error_deg < 20


def test_it_waits_until_it_is_enabled():
    rig = Rig().run(1.0)
    assert not np.ptp(rig.positions, axis=0).any() and not rig.states


@pytest.mark.parametrize('lost', [
    {'people': None}, {'people': lambda points: []}, {'people': lambda points: [person(points * np.nan)]},
    {'people': lambda points: [person(points, track_id=2)]},
    {'people': lambda points: [person(points, source=PointSource.PREDICTED)]}])
def test_a_lost_person_stops_it(lost):
    rig = Rig().follow()
    rig.run(0.45, **lost)
    assert rig.speed < 0.02
    rig.run(0.5, **lost)
    assert rig.states[-1] is State.HOLDING
    rig.laws()


@pytest.mark.parametrize('what', [{'robot': False}, {'transform': np.diag([1.0, 1, 1, 1])}, {'transform': None}])
def test_a_silent_robot_a_near_person_and_an_unknown_camera_stop_it(what):
    rig = Rig().follow()
    rig.run(1.5, **what)
    assert rig.speed == 0 and rig.states[-1] is State.HOLDING
    rig.laws()


def test_a_session_that_dies_leaves_the_robot_at_rest():
    rig = Rig().follow()
    assert rig.speed > 0.02
    rig.run(0.35, node=False)
    assert rig.speed == 0
    rig.laws()


def test_a_late_timer_breaks_no_limit():
    rig = Rig().follow()
    for pause in (0.03, 0.05, 0.11, 0.3, 1.2):
        rig.run(pause, node=False).run(0.5)
    assert rig.states[-1] is State.TRACKING
    rig.laws()


@pytest.mark.parametrize('longest', [0.03, 0.1, 0.4])
def test_a_starved_node_breaks_no_limit(longest):
    """One path in ten is held up between the time it is planned for and the time it is sent."""
    rig, random = Rig().follow(), np.random.default_rng(0)
    rig.held_up = lambda: random.uniform(0, longest) if random.random() < 0.1 else 0.0
    rig.run(3.0)
    rig.held_up = lambda: 0.0
    assert rig.run(1.0).states[-1] is State.TRACKING and rig.speed > 0
    rig.laws()


def test_a_controller_that_refuses_is_a_fault_that_says_so():
    rig = Rig().follow(1.0)
    rig.deaf = True
    rig.run(3.0)
    assert rig.states[-1] is State.FAULT and rig.speed == 0
    assert 'does the controller refuse' in rig.session.safety.update().reason


def test_spoilt_input_breaks_no_limit():
    rig = Rig(require_heartbeat=False).follow(1.0)
    rig.run(4.0, motion=spoil(add_noise(TRUTH)))
    rig.laws()


def test_nobody_in_space_is_refused_and_why():
    rig = Rig().run(0.2, people=lambda points: [person(points * np.nan)])
    with pytest.raises(RobotError, match='depth camera'):
        rig.session.enable()
    rig.run(0.2)
    with pytest.raises(RobotError, match='track_id 7.*seen: 1'):
        rig.session.select(7)


def test_without_joint_states_nothing_starts():
    rig = Rig().run(0.2, robot=False)
    with pytest.raises(RobotError, match='no joint states yet with all of joint1'):
        rig.session.enable()
    rig.session.see_robot(rig.robot.joints[:3], rig.robot.home[:3], (), rig.now)
    rig.session.see_robot(rig.robot.joints, rig.robot.home * np.nan, (), rig.now)
    with pytest.raises(RobotError, match='no joint states'):
        rig.session.perform(Trajectory.to(rig.robot.home))


def test_the_nearest_person_is_followed_and_only_selecting_changes_that():
    both = [lambda points: [person(points, 1), person(points - [1.0, 0, 0], 2)]]
    rig = Rig().run(0.2, people=both[0])
    assert 'person 2' in rig.session.enable()
    rig.run(1.0, people=both[0])
    assert 'person 1' in rig.session.select(1)
    assert rig.run(1.0, people=both[0]).states[-1] is State.DISABLED and rig.speed == 0
    assert 'person 1' in rig.session.enable()


def test_it_goes_home_and_stops_there():
    rig = Rig().follow()
    rig.session.perform(Trajectory.to(rig.robot.home))
    rig.run(4.0)
    assert rig.states[-1] is State.DISABLED and np.abs(rig.positions[-1] - rig.robot.home).max() < 0.03
    rig.laws()


def test_a_person_who_jumps_may_be_another_and_is_followed_no_more():
    rig = Rig().follow()
    rig.run(0.5, people=lambda points: [person(points + [1.5, 0, 0])])
    assert rig.states[-1] is State.DISABLED and rig.speed == 0
    assert 'jumped by 1.5 m' in rig.session.safety.update().reason
    rig.laws()


def test_the_clutch_holds_and_lets_go():
    rig = Rig().follow()
    rig.session.hold(True)
    rig.run(1.0)
    assert rig.speed == 0 and rig.states[-1] is State.TRACKING
    rig.session.hold(False)
    rig.run(0.5)
    assert rig.speed > 0
    rig.laws()


class FullDisk:
    """A recorder whose disk is full after some messages."""

    def __init__(self):
        self.room, self.error = 50, ''

    def add(self, *_):
        self.room -= 1
        self.error = 'disk full' if self.room <= 0 else ''

    add_person = add_command = add_measured = add_mark = add

    def close(self):
        pass


def test_a_full_disk_brings_the_robot_to_rest():
    rig = Rig().follow()
    rig.session.recorder = FullDisk()
    rig.run(1.5)
    assert rig.states[-1] is State.FAULT and rig.speed == 0
    assert 'disk full' in rig.session.safety.update().reason


def test_a_clock_that_is_set_back_stops_it():
    rig = Rig().follow()
    rig.session.step(rig.now - 3600)
    assert rig.session.safety.update().state is State.FAULT
