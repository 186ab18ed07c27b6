"""Transforms: chains, inverses, interpolation, and the reasons why a frame is not known."""
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from pose_ros.errors import TransformError
from pose_ros.transforms import TransformTree, inverse, matrix_of, moved, quaternion_of
from pose_ros.types import Points

seeds = st.integers(0, 10**6)


def rigid(rng: np.random.Generator) -> np.ndarray:
    return matrix_of(rng.normal(size=3), rng.normal(size=4))


@given(seeds)
@settings(max_examples=20)
def test_there_and_back_is_the_identity(seed):
    matrix = rigid(np.random.default_rng(seed))
    np.testing.assert_allclose(matrix @ inverse(matrix), np.eye(4), atol=1e-12)
    again = matrix_of(matrix[:3, 3], quaternion_of(matrix))
    np.testing.assert_allclose(again, matrix, atol=1e-12)


@given(seeds)
@settings(max_examples=20)
def test_a_chain_is_the_product_of_its_links_whichever_way_it_is_climbed(seed):
    rng = np.random.default_rng(seed)
    base_arm, arm_camera, base_head = rigid(rng), rigid(rng), rigid(rng)
    tree = TransformTree()
    tree.put('base', 'arm', 0.0, base_arm, static=True)
    tree.put('arm', 'camera', 5.0, arm_camera)
    tree.put('base', '/head', 5.0, base_head)
    expected = inverse(base_head) @ base_arm @ arm_camera
    np.testing.assert_allclose(tree.lookup('head', 'camera', 5.0), expected, atol=1e-12)
    np.testing.assert_allclose(tree.lookup('camera', 'head', 5.0), inverse(expected), atol=1e-12)
    np.testing.assert_array_equal(tree.lookup('camera', 'camera', 99.0), np.eye(4))


def test_between_two_stamps_a_frame_is_between_two_places():
    tree = TransformTree()
    turn = Rotation.from_euler('z', 90, degrees=True).as_quat()
    tree.put('base', 'camera', 1.0, matrix_of([0, 0, 0], [0, 0, 0, 1]))
    tree.put('base', 'camera', 2.0, matrix_of([4, 0, 0], turn))
    found = tree.lookup('base', 'camera', 1.25)
    np.testing.assert_allclose(found[:3, 3], [1, 0, 0])
    angles = Rotation.from_matrix(found[:3, :3]).as_euler('zyx', degrees=True)
    np.testing.assert_allclose(angles, [22.5, 0, 0], atol=1e-9)


def test_what_moves_above_the_common_frame_does_not_matter():
    tree = TransformTree()
    tree.put('map', 'base', 0.0, np.eye(4))
    tree.put('base', 'camera', 0.0, matrix_of([1, 0, 0], [0, 0, 0, 1]), static=True)
    assert tree.lookup('base', 'camera', 50.0)[0, 3] == 1


@pytest.mark.parametrize(('stamp_s', 'parts', 'may_come'), [(2.5, ('0.500 s after the newest',), True),
                                                            (0.5, ('0.500 s too old',), False)])
def test_a_time_that_is_not_known_is_explained(stamp_s, parts, may_come):
    tree = TransformTree()
    for stamp in (1.0, 2.0):
        tree.put('base', 'camera', stamp, np.eye(4))
    with pytest.raises(TransformError) as error:
        tree.lookup('base', 'camera', stamp_s)
    assert all(part in str(error.value) for part in parts) and error.value.may_come is may_come


def test_frames_that_nothing_connects_are_named_with_those_that_are_known():
    tree = TransformTree()
    tree.put('base', 'camera', 1.0, np.eye(4))
    with pytest.raises(TransformError, match='nothing connects camera to odom.*base, camera') as error:
        tree.lookup('odom', 'camera', 1.0)
    assert not error.value.may_come


def test_a_bag_that_starts_again_forgets_what_came_later():
    tree = TransformTree()
    for stamp in np.arange(0, 20, 0.5):
        tree.put('base', 'camera', stamp, matrix_of([stamp, 0, 0], [0, 0, 0, 1]))
    with pytest.raises(TransformError, match='too old'):
        tree.lookup('base', 'camera', 1.0)
    for stamp in (0.0, 1.0):
        tree.put('base', 'camera', stamp, matrix_of([-stamp, 0, 0], [0, 0, 0, 1]))
    assert tree.lookup('base', 'camera', 1.0)[0, 3] == -1
    with pytest.raises(TransformError):
        tree.lookup('base', 'camera', 15.0)


def test_a_circle_of_frames_does_not_hang():
    tree = TransformTree()
    tree.put('a', 'b', 0.0, np.eye(4))
    tree.put('b', 'a', 0.0, np.eye(4))
    with pytest.raises(TransformError, match='nothing connects'):
        tree.lookup('c', 'a', 0.0)


@pytest.mark.parametrize('values', [([0, 0, np.nan], [0, 0, 0, 1]), ([0, 0, 0], [0, 0, 0, 0])])
def test_a_transform_that_is_none_is_refused(values):
    with pytest.raises(TransformError, match='allowed'):
        matrix_of(*values)


@pytest.mark.parametrize('names', [('', 'camera'), ('base', 'base'), ('/base', 'base')])
def test_frames_need_two_names(names):
    with pytest.raises(TransformError, match='allowed: two names'):
        TransformTree().put(*names, 0.0, np.eye(4))


def test_covariances_turn_with_their_points():
    rng = np.random.default_rng(3)
    transform, spread = rigid(rng), rng.normal(size=(3, 3))
    covariance = spread @ spread.T
    positions = rng.multivariate_normal([1, 2, 3], covariance, 20000)
    points = moved(Points(positions, np.tile(covariance, (len(positions), 1, 1)), np.ones(len(positions))), transform)
    np.testing.assert_allclose(np.cov(points.positions.T), points.covariances[0], rtol=0.05, atol=0.05)
