"""Laws of the orientations of bodies and limbs."""
import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from pose_ros.lifting.orientations import LimbOrientations, axes_along, body_axes, quaternions
from pose_ros.skeletons import COCO17, OPENPOSE18, SKELETONS
from pose_ros.synthetic.stick_people import DOWN, reaching, stick_person, swing

RNG = np.random.default_rng(0)
TURN = Rotation.from_euler('xyz', (0.4, -1.1, 2.0))
EDGES = OPENPOSE18.edges
BENT_ARMS = np.array([[DOWN, swing(1.2)], [DOWN, swing(1.5)]])
STRAIGHT_ARMS = np.array([[DOWN, DOWN], [DOWN, DOWN]])
BENT_LEGS = np.array([[swing(0.6), swing(-0.4)]] * 2)


def person(arms=BENT_ARMS, legs=BENT_LEGS):
    return stick_person(1.7, arms, legs)[None]


def of(points, track_id=-1, stamp_s=0.0):
    return LimbOrientations(OPENPOSE18).of([track_id], points, stamp_s)[0]


def edge(first, second):
    return EDGES.tolist().index([OPENPOSE18.index(first), OPENPOSE18.index(second)])


def test_the_body_faces_ahead_with_its_left_to_the_left():
    np.testing.assert_allclose(body_axes(person(), OPENPOSE18)[0], np.eye(3), atol=1e-9)
    turned = TURN.apply(person()[0])[None]
    np.testing.assert_allclose(body_axes(turned, OPENPOSE18)[0], TURN.as_matrix(), atol=1e-9)


@pytest.mark.parametrize('skeleton', SKELETONS.values(), ids=SKELETONS.keys())
def test_x_lies_along_every_limb_and_axes_are_rotations(skeleton):
    points = np.array([reaching(1.7, RNG) for _ in range(10)])[:, skeleton.indices_in(OPENPOSE18)]
    turned = LimbOrientations(skeleton).of([-1] * 10, points, 0.0)
    known = np.isfinite(turned).all(axis=2)
    assert known.mean() > 0.7
    np.testing.assert_allclose(np.linalg.norm(turned[known], axis=1), 1)
    assert (turned[known][:, 3] >= 0).all()
    along = points[:, skeleton.edges[:, 1]] - points[:, skeleton.edges[:, 0]]
    along /= np.linalg.norm(along, axis=2, keepdims=True)
    np.testing.assert_allclose(Rotation.from_quat(turned[known]).apply([1, 0, 0]), along[known], atol=1e-9)


@pytest.mark.parametrize(('limb', 'hinge'), [
    (('left_shoulder', 'left_elbow'), [0, -1, 0]), (('right_elbow', 'right_wrist'), [0, -1, 0]),
    (('left_hip', 'left_knee'), [0, 1, 0]), (('right_knee', 'right_ankle'), [0, 1, 0])])
def test_z_is_the_axis_about_which_elbows_and_knees_bend(limb, hinge):
    """Forearms swing forward and up: about the axis to the right; shins swing back: about that to the left."""
    quaternion = of(person())[edge(*limb)]
    np.testing.assert_allclose(Rotation.from_quat(quaternion).apply([0, 0, 1]), hinge, atol=1e-6)


def test_quaternions_are_those_of_scipy():
    turns = Rotation.concatenate([Rotation.random(500, rng=RNG), Rotation.from_rotvec(np.pi * np.eye(3)),
                                  Rotation.identity(1)])
    turned = quaternions(turns.as_matrix())
    assert (turned[:, 3] >= 0).all()
    np.testing.assert_allclose((turns.inv() * Rotation.from_quat(turned)).magnitude(), 0, atol=1e-9)
    assert np.isnan(quaternions(np.full((2, 3, 3), np.nan))).all()


def test_bending_about_the_hinge_bends_the_limb():
    points = person()[0]
    shoulder, elbow, wrist = (points[OPENPOSE18.index(f'left_{name}')] for name in ('shoulder', 'elbow', 'wrist'))
    hinge = Rotation.from_quat(of(person())[edge('left_shoulder', 'left_elbow')]).apply([0, 0, 1])
    more = Rotation.from_rotvec(0.1 * hinge).apply(wrist - elbow)
    assert (wrist - elbow) @ (elbow - shoulder) > more @ (elbow - shoulder)


def test_turning_the_person_turns_every_limb():
    one, other = of(person()), of(TURN.apply(person()[0])[None])
    known = np.isfinite(one).all(axis=1)
    turned = TURN * Rotation.from_quat(one[known])
    assert (turned.inv() * Rotation.from_quat(other[known])).magnitude().max() < 1e-6


def test_a_straight_elbow_keeps_its_last_hinge_which_turns_with_the_trunk_then_forgets():
    limbs, arm = LimbOrientations(OPENPOSE18, memory_s=1.0), edge('left_shoulder', 'left_elbow')
    limbs.of([7], person(), 0.0)
    turned = TURN.apply(person(STRAIGHT_ARMS)[0])[None]
    soon, stranger, late = (limbs.of([track_id], turned, stamp)[0, arm]
                            for track_id, stamp in ((7, 0.5), (8, 0.6), (7, 1.7)))
    np.testing.assert_allclose(Rotation.from_quat(soon).apply([0, 0, 1]), TURN.apply([0, -1, 0]), atol=1e-6)
    assert np.isnan(stranger).all() and np.isnan(late).all()


def test_time_that_goes_back_and_the_untracked_remember_nothing():
    limbs, arm = LimbOrientations(OPENPOSE18), edge('left_shoulder', 'left_elbow')
    limbs.of([7, -1], np.repeat(person(), 2, axis=0), 10.0)
    straight = np.repeat(person(STRAIGHT_ARMS), 2, axis=0)
    assert np.isnan(limbs.of([-1, -1], straight, 10.1)[:, arm]).all()
    assert np.isnan(limbs.of([7, -1], straight, 0.0)[0, arm]).all()


def test_a_missing_point_makes_only_its_limbs_unknown():
    points = person()
    points[0, OPENPOSE18.index('left_wrist')] = np.nan
    known = np.isfinite(of(points)).all(axis=1)
    # Without the wrist the plane of the arm is unknown too.
    assert {tuple(pair) for pair in EDGES[~known].tolist()} == {
        tuple(EDGES[edge('left_shoulder', 'left_elbow')]), tuple(EDGES[edge('left_elbow', 'left_wrist')])}


def test_parallel_axes_and_nothing_are_unknown():
    assert np.isnan(axes_along(np.array([1.0, 0, 0]), np.array([2.0, 0, 0]))).any()
    assert np.isnan(quaternions(np.full((2, 3, 3), np.nan))).all()
    assert LimbOrientations(COCO17).of([], np.empty((0, 17, 3)), 0.0).shape == (0, len(COCO17.edges), 4)
