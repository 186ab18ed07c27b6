"""Poses are rotations, and stay within what a body can do."""
import numpy as np
import pytest

from pose_ros.synthetic.poses import ARCHETYPES, GESTURES, ArmRest, sample_pose
from pose_ros.synthetic.rotations import X, Y, Z, bend, rotation, turn_onto

ARMS = {'L': ArmRest(np.array([.7, 0, -.7]), np.array([.7, -.2, -.7])),
        'R': ArmRest(np.array([-.7, 0, -.7]), np.array([-.7, -.2, -.7]))}


def is_rotation(matrix: np.ndarray) -> bool:
    return bool(np.allclose(matrix @ matrix.T, np.eye(3), atol=1e-6) and np.linalg.det(matrix) > 0)


def test_a_quarter_turn_about_z_brings_x_to_y():
    np.testing.assert_allclose(rotation(3 * Z, 90) @ X, Y, atol=1e-9)


def test_bending_forward_moves_the_top_to_the_front():
    assert (bend(30) @ Z)[1] < 0


@pytest.mark.parametrize('seed', range(5))
def test_turn_onto_brings_one_direction_onto_the_other(seed):
    start, end = np.random.default_rng(seed).normal(size=(2, 3))
    turned = turn_onto(start, end) @ start
    np.testing.assert_allclose(turned / np.linalg.norm(start), end / np.linalg.norm(end), atol=1e-9)


def test_every_pose_is_made_of_rotations():
    random = np.random.default_rng(0)
    for _ in range(100):
        assert all(is_rotation(matrix) for matrix in sample_pose(random, ARMS).values())


def test_knees_bend_backwards_only():
    random = np.random.default_rng(1)
    knees = [sample_pose(random, ARMS)['lowerleg01.L'] for _ in range(100)]
    assert all(np.arctan2(knee[2, 1], knee[1, 1]) >= -1e-9 for knee in knees)


def test_shares_sum_to_one():
    assert sum(ARCHETYPES.values()) == pytest.approx(1)
    assert set(GESTURES) == set(ARCHETYPES)
    for shares in GESTURES.values():
        assert sum(shares.values()) == pytest.approx(1)
