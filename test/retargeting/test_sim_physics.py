"""A robot with masses does what its controller tells, as far as gravity and torques let it."""
import sys
from dataclasses import replace

import numpy as np
import pinocchio as pin
import pytest

from pose_ros.errors import RobotError
from pose_ros.retargeting.config_file import robots_folder
from pose_ros.retargeting.follower import Follower, Path
from pose_ros.retargeting.robot import load_robot
from pose_ros.retargeting.sim_controller import JointPath, SimController
from pose_ros.retargeting.sim_physics import SimPhysics

pytest.importorskip('mujoco', reason="needs the extra `mujoco`: pip install 'pose_ros[mujoco]'")

BEGIN, TICK_S = 1.7e9, 0.01
# How far the joints may be from where they are told to be [rad], at which part of the acceleration that they may have:
# the waist of torso17 is too weak for all of it, with both arms swinging.
ERROR, EFFORT = 0.015, {'arm7': 1.0, 'torso14': 1.0, 'torso17': 0.5}


def simulate(robot):
    controller = SimController(robot.joints, robot.limits, robot.home)
    physics = SimPhysics(robot, controller)
    physics.update(BEGIN)
    return controller, physics


def wait(physics, begin, end):
    for now in np.arange(begin, end, TICK_S):
        physics.update(now)


def motion(robot, ticks=300, seed=1):
    """A path between poses at random, as fast as the limits and EFFORT allow, that ends at rest."""
    limits = robot.limits
    limits = replace(limits, acceleration=EFFORT[robot.config.name] * limits.acceleration)
    random, follower = np.random.default_rng(seed), Follower(limits)
    now, motions = follower.start(robot.home), []
    for tick in range(ticks):
        if tick % 75 == 0:
            target = random.uniform(limits.lower, limits.upper)
        now = follower.toward(now, target, np.zeros_like(target))
        motions.append(now)
    tail = follower.brake(now)
    return Path(tail.positions, tail.velocities).after_motions(motions)


def path(robot, moving):
    times = TICK_S * np.arange(1, len(moving) + 1)
    return JointPath(robot.joints, BEGIN, times, moving.positions, moving.velocities, np.zeros((len(moving), 0)))


def test_it_weighs_what_pinocchio_says(robot):
    controller, physics = simulate(robot)
    controller.accept(path(robot, motion(robot)), BEGIN)
    wait(physics, BEGIN, BEGIN + 5)
    wanted = pin.computeGeneralizedGravity(robot.model, robot.model.createData(), physics.position)
    np.testing.assert_allclose(physics.torque, wanted, atol=1e-3)
    assert np.abs(wanted).max() > 1


def test_it_goes_where_it_is_told_at_all_its_speed(robot):
    controller, physics = simulate(robot)
    moving = motion(robot)
    controller.accept(path(robot, moving), BEGIN)
    errors = []
    for tick in range(1, len(moving) + 1):
        physics.update(BEGIN + tick * TICK_S)
        errors.append(np.abs(physics.position - controller.position).max())
    assert np.ptp(moving.positions, axis=0).max() > 1 and 1e-4 < max(errors) < ERROR
    assert not controller.clipped


def test_it_rests_when_nobody_commands_any_more(robot):
    controller, physics = simulate(robot)
    moving = motion(robot)
    controller.accept(path(robot, moving), BEGIN)
    end = BEGIN + len(moving) * TICK_S
    wait(physics, BEGIN, end + 0.3)
    assert np.abs(physics.velocity).max() < 1e-3
    wait(physics, end + 0.3, end + 2)
    np.testing.assert_allclose(physics.position, moving.positions[-1], atol=1e-4)


def test_an_arm_that_is_too_weak_sinks(tmp_path):
    text = (robots_folder() / 'arm7.urdf').read_text()
    weak = load_robot('arm7', text.replace('effort="87"', 'effort="20"'))
    _, physics = simulate(weak)
    wait(physics, BEGIN, BEGIN + 0.9)
    assert np.abs(physics.torque).max() <= 20 + 1e-9
    assert np.abs(physics.position - weak.home).max() > 0.5


def test_joints_that_are_not_commanded_are_locked(tmp_path):
    (tmp_path / 'torso17.urdf').write_text((robots_folder() / 'torso17.urdf').read_text())
    arm = ['left_shoulder_pitch', 'left_shoulder_roll', 'left_elbow']
    (tmp_path / 'arm.yaml').write_text(
        f'robot: {{urdf: torso17.urdf, joints: [{", ".join(arm)}], mount: {{rpy: [0.5, 1.0, 0]}}}}\n'
        'limits: {acceleration: {default: 10}}\n'
        'tasks:\n  - {bone: [left_shoulder, left_elbow], links: [left_upper_arm, left_forearm]}\n')
    robot = load_robot(tmp_path / 'arm.yaml')
    _, physics = simulate(robot)
    physics.update(BEGIN + 0.5)
    np.testing.assert_allclose(physics.position, robot.home, atol=1e-6)
    np.testing.assert_allclose(
        physics.torque, pin.computeGeneralizedGravity(robot.model, robot.model.createData(), robot.home), atol=1e-6)


def test_a_gripper_whose_finger_mimics_is_locked():
    finger = """<link name="finger"><inertial><mass value="0.1"/>
                <inertia ixx="1e-4" ixy="0" ixz="0" iyy="1e-4" iyz="0" izz="1e-4"/></inertial>
                <visual><geometry><mesh filename="package://gone/finger.stl"/></geometry></visual></link>
                <joint name="gripper" type="prismatic"><parent link="link7"/><child link="finger"/><axis xyz="1 0 0"/>
                <limit lower="0" upper="0.04" velocity="0.1" effort="10"/><mimic joint="joint7"/></joint></robot>"""
    robot = load_robot('arm7', (robots_folder() / 'arm7.urdf').read_text().replace('</robot>', finger))
    _, physics = simulate(robot)
    physics.update(BEGIN + 0.5)
    np.testing.assert_allclose(physics.position, robot.home, atol=1e-6)
    np.testing.assert_allclose(
        physics.torque, pin.computeGeneralizedGravity(robot.model, robot.model.createData(), robot.home), atol=1e-6)


@pytest.mark.parametrize('leap_s', [-10.0, 1e6])
def test_a_clock_that_leaps_is_followed_at_once(leap_s):
    robot = load_robot('arm7')
    controller, physics = simulate(robot)
    physics.update(BEGIN + leap_s)
    late = JointPath(robot.joints, 0.0, np.array([0.5]), robot.home[None] + 0.1, np.zeros((1, 7)), np.zeros((1, 0)))
    controller.accept(late, BEGIN + leap_s)
    wait(physics, BEGIN + leap_s, BEGIN + leap_s + 1)
    np.testing.assert_allclose(physics.position, robot.home + 0.1, atol=1e-3)


def test_links_without_masses_are_told():
    text = (robots_folder() / 'arm7.urdf').read_text()
    first, last = text.index('<inertial>', text.index('link7')), text.index('</inertial>', text.index('link7'))
    robot = load_robot('arm7', text[:first] + text[last + len('</inertial>'):])
    with pytest.raises(RobotError, match='arm7: MuJoCo cannot use the URDF: .*mass'):
        simulate(robot)


def test_missing_mujoco_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, 'mujoco', None)
    with pytest.raises(RobotError, match=r"pip install 'pose_ros\[mujoco\]'"):
        simulate(load_robot('arm7'))
