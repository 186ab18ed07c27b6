"""tf2's tree and this package's answer alike: with the real tf2 where it is installed, else with one that stands in."""
from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation
from std_msgs.msg import Header

from pose_ros.bridge.stamps import time_of
from pose_ros.bridge.tf2_tree import Tf2Tree
from pose_ros.bridge.transform_msgs import matrix_to_msg
from pose_ros.bridge.transforms import OwnTree
from pose_ros.errors import TransformError
from pose_ros.transforms import matrix_of

pytestmark = pytest.mark.parametrize('tf2_ros', ['stand-in', 'real'], indirect=True)
FRAMES = [f'frame_{index}' for index in range(6)]


@pytest.fixture
def trees(tf2_ros):
    """The two that shall answer alike."""
    return OwnTree(), Tf2Tree()


def put(tree, parent, child, stamp_s, matrix, static=False):
    tree.take(matrix_to_msg(matrix, Header(frame_id=parent, stamp=time_of(stamp_s)), child), static)


def pose(rng):
    return matrix_of(rng.normal(size=3), Rotation.random(random_state=rng).as_quat())


def grow(trees, rng):
    """Links that are static, or known from before 1001 s until after 1002 s, told in any order; one may be missing."""
    for index in range(1, len(FRAMES)):
        parent, static = FRAMES[rng.integers(index)], rng.random() < 0.3
        stamps_s = rng.permutation([*rng.uniform(1000, 1001, 3), *rng.uniform(1002, 1003, 3)]).round(9)
        for stamp_s in stamps_s if rng.random() < 0.9 else ():
            matrix = pose(rng)
            for tree in trees:
                put(tree, parent, FRAMES[index], stamp_s, matrix, static)


def answer(tree, *question):
    try:
        return tree.lookup(*question)
    except TransformError as error:
        return error


def value(tree, stamp_s):
    """Where 'camera' is in 'base', along x."""
    return tree.lookup('base', 'camera', stamp_s)[0, 3]


def tell(trees, stamps_s, x=0.0, child='camera', static=False):
    for tree in trees:
        for stamp_s in stamps_s:
            put(tree, 'base', child, stamp_s, matrix_of([x, 0, 0], [0, 0, 0, 1]), static)


@pytest.mark.parametrize('seed', range(5))
def test_any_tree_is_known_alike_at_any_time(trees, seed):
    rng = np.random.default_rng(seed)
    grow(trees, rng)
    for _ in range(100):
        target, source = rng.choice([*FRAMES, 'nowhere'], 2)
        stamp_s = round(rng.uniform(999, 1004), 9)
        expected, found = (answer(tree, target, source, stamp_s) for tree in trees)
        if isinstance(expected, TransformError):
            assert found.may_come == expected.may_come, (found, expected)
            assert str(found).startswith('nothing connects') == str(expected).startswith('nothing connects')
        else:
            np.testing.assert_allclose(found, expected, atol=1e-9)


def test_time_zero_is_a_time_and_not_the_newest(trees):
    tell(trees, [1.0, 2.0])
    for tree in trees:
        with pytest.raises(TransformError, match='is not known at 0.000 s'):
            tree.lookup('base', 'camera', 0.0)
    tell(trees, [0.0], x=7.0)
    assert [value(tree, 0.0) for tree in trees] == [7.0, 7.0]


def test_a_bag_that_starts_again_forgets_what_came_later_of_what_it_tells(trees):
    tell(trees, [90.0, 100.0], child='arm')
    tell(trees, [90.0, 100.0])
    tell(trees, [10.0, 11.0], x=3.0)
    for tree in trees:
        assert value(tree, 10.5) == 3.0
        assert tree.lookup('base', 'arm', 95.0)[0, 3] == 0.0
        with pytest.raises(TransformError, match=r'84\.000 s after the newest'):
            tree.lookup('base', 'camera', 95.0)


def test_what_comes_a_little_late_is_put_in_its_place(trees):
    tell(trees, [10.0, 12.0])
    tell(trees, [11.0], x=1.0)
    assert [value(tree, 11.5) for tree in trees] == [0.5, 0.5]


def test_what_is_static_may_be_told_again_and_may_move(trees):
    for x in (1.0, 2.0):
        tell(trees, [5.0], x=x, static=True)
    assert [value(tree, 99.0) for tree in trees] == [2.0, 2.0]
    tell(trees, [6.0, 7.0], x=3.0)
    for tree in trees:
        assert value(tree, 6.5) == 3.0
        with pytest.raises(TransformError, match='after the newest'):
            value(tree, 99.0)


def test_names_may_begin_with_a_slash_and_not_be_empty(trees):
    tell(trees, [1.0], x=4.0, child='/camera')
    for tree in trees:
        assert tree.lookup('/base', '/camera', 1.0)[0, 3] == 4.0
        with pytest.raises(TransformError, match='nothing connects'):
            tree.lookup('base', '', 1.0)
        for parent, child in (('base', '/base'), ('', 'camera'), ('base', '')):
            with pytest.raises(TransformError, match='two names that differ'):
                put(tree, parent, child, 1.0, np.eye(4))


@pytest.mark.parametrize(('w', 'shift'), [(0.0, 0.0), (float('nan'), 0.0), (1.0, float('inf'))])
def test_what_is_no_transform_is_refused_and_a_quaternion_of_another_length_is_none_the_worse(trees, w, shift):
    msg = matrix_to_msg(np.eye(4), Header(frame_id='base', stamp=time_of(1.0)), 'camera')
    for tree in trees:
        msg.transform.rotation.w, msg.transform.translation.x = w, shift
        with pytest.raises(TransformError, match='allowed: finite numbers and a quaternion longer than zero'):
            tree.take(msg, static=False)
        msg.transform.rotation.w, msg.transform.translation.x = 3.0, 5.0
        tree.take(msg, static=False)
        np.testing.assert_allclose(tree.lookup('base', 'camera', 1.0), matrix_of([5, 0, 0], [0, 0, 0, 1]))
