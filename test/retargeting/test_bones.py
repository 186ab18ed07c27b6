import numpy as np
import pinocchio as pin
import pytest
from pink import Configuration
from scipy.spatial.transform import Rotation

from pose_ros.benchmarks.motions import ARMS, move
from pose_ros.errors import RobotError
from pose_ros.retargeting.bone_task import BoneTask
from pose_ros.retargeting.bones import BoneReader
from pose_ros.retargeting.point_filter import PointEstimate
from pose_ros.retargeting.robot import load_robot
from pose_ros.retargeting.torso_frame import TorsoFrame, torso_rotation
from pose_ros.skeletons import COCO17, OPENPOSE18

POINTS = move(40).points[20]
TORSO = [ARMS.index(name) for name in ('left_shoulder', 'right_shoulder', 'left_hip', 'right_hip')]


def person(points, velocities=None, variance=0.0):
    return PointEstimate(points, np.zeros_like(points) if velocities is None else velocities,
                         np.full(len(points), variance))


def read(points, name='torso14', **changes):
    from dataclasses import replace
    config = replace(load_robot(name).config, **changes)
    return BoneReader(config, ARMS).read(TorsoFrame(config, ARMS).view(person(points)))


def test_directions_are_of_unit_length_and_of_the_named_bones():
    bones = read(POINTS)
    upper = POINTS[ARMS.index('left_elbow')] - POINTS[ARMS.index('left_shoulder')]
    np.testing.assert_allclose(np.linalg.norm(bones.directions, axis=1), 1)
    np.testing.assert_allclose(bones.directions[0], upper / np.linalg.norm(upper))
    assert bones.complete and (bones.trust == 1).all()


@pytest.mark.parametrize('seed', range(5))
def test_where_the_person_stands_and_how_tall_it_is_does_not_matter(seed):
    random = np.random.default_rng(seed)
    turn = Rotation.random(random_state=seed).as_matrix()
    moved = 1.7 * POINTS @ turn.T + random.normal(0, 3, 3)
    np.testing.assert_allclose(read(moved).directions, read(POINTS).directions, atol=1e-12)


def test_the_torso_of_a_person_in_the_base_frame_is_the_base_frame():
    np.testing.assert_allclose(torso_rotation(POINTS[TORSO]), np.eye(3), atol=1e-12)


def test_mirrored_twice_is_the_same():
    mirrored = (POINTS * [1, -1, 1])[ARMS.mirror]
    np.testing.assert_allclose(read(mirrored, mirror=True).directions, read(POINTS).directions, atol=1e-12)


def test_unknown_bones_have_no_trust_and_only_optional_ones_may_be_missing():
    points = POINTS.copy()
    points[ARMS.index('left_hand')] = np.nan
    bones = read(points)
    assert bones.complete and bones.trust[2] == 0
    points[ARMS.index('left_wrist')] = np.nan
    assert not read(points).complete


def test_uncertain_bones_are_believed_less():
    config = load_robot('arm7').config
    trust = [BoneReader(config, ARMS).read(person(POINTS, variance=v)).trust for v in (1e-6, 1e-3, 1e-1)]
    assert (np.diff(trust, axis=0) < 0).all() and (np.array(trust) > 0).all()


def test_rates_are_the_derivative_of_directions():
    random = np.random.default_rng(0)
    velocities = random.normal(0, 1, POINTS.shape)
    velocities[TORSO] = 0
    reader, dt = BoneReader(load_robot('torso14').config, ARMS), 1e-6
    later = reader.read(person(POINTS + dt * velocities)).directions
    bones = reader.read(person(POINTS, velocities))
    np.testing.assert_allclose((later - bones.directions) / dt, bones.rates, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize('skeleton', [COCO17, OPENPOSE18], ids=lambda s: s.name)
def test_skeletons_without_hands_will_do(skeleton):
    BoneReader(load_robot('torso14').config, skeleton)


def test_a_skeleton_without_the_bone_is_refused():
    from dataclasses import replace
    bare = replace(COCO17, keypoints=tuple(k for k in COCO17.keypoints if k != 'right_wrist'), limbs=())
    with pytest.raises(RobotError, match=r"arm7.yaml:\d+: no keypoint 'right_wrist'; skeleton coco17 has nose"):
        BoneReader(load_robot('arm7').config, bare)


def test_the_jacobian_is_the_derivative_of_the_error(robot):
    random = np.random.default_rng(1)
    task = BoneTask(robot.model, robot.config.bones)
    count, step = len(robot.config.bones), 1e-7
    task.set_target(random.normal(size=(count, 3)), np.ones(count))
    q = random.uniform(robot.limits.lower, robot.limits.upper)
    here = Configuration(robot.model, robot.model.createData(), q)
    there = Configuration(robot.model, robot.model.createData(), q)
    error, jacobian = task.compute_error(here), task.compute_jacobian(here)
    for joint in range(len(q)):
        there.update(pin.integrate(robot.model, q, step * np.eye(len(q))[joint]))
        np.testing.assert_allclose((task.compute_error(there) - error) / step, jacobian[:, joint], atol=1e-5)


def test_the_linearised_form_is_the_task_of_pink(robot):
    task = BoneTask(robot.model, robot.config.bones)
    task.set_target(np.tile([0.6, 0, 0.8], (len(robot.config.bones), 1)), np.ones(len(robot.config.bones)))
    configuration = Configuration(robot.model, robot.model.createData(), robot.home)
    jacobian, error = task.linearised(configuration)
    hessian, gradient = task.compute_qp_objective(configuration)
    np.testing.assert_allclose(jacobian.T @ jacobian, hessian, atol=1e-12)
    np.testing.assert_allclose(error @ jacobian, gradient, atol=1e-12)
