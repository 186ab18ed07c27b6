import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pose_ros.demonstrations.primitives import FEWEST_DEMONSTRATIONS, LearntMotion, LearntVariety
from pose_ros.errors import DatasetError
from pose_ros.retargeting.trajectory import Trajectory

poses = st.tuples(*[st.floats(-2, 2)] * 2).map(np.array)


def show(seed=0, duration=2.0):
    """A bow from somewhere near (0, 0) to somewhere near (1, -1)."""
    ends, times = np.random.default_rng(seed).normal(0, 0.05, (2, 2)), np.linspace(0, duration, 120)
    phase = (times / duration)[:, None]
    shape = phase ** 3 * (10 - 15 * phase + 6 * phase ** 2)
    positions = ends[0] + shape * (np.array([1, -1]) + ends[1]) + 0.4 * np.sin(np.pi * shape)
    return Trajectory(times, positions, np.gradient(positions, times, axis=0))


def test_a_motion_is_repeated():
    shown = show()
    again = LearntMotion.of(shown).rolled_out(shown.positions[0], shown.positions[-1])
    assert again.duration == pytest.approx(shown.duration)
    assert np.degrees(np.abs(again.at(shown.times)[0] - shown.positions)).mean() < 1.0


@settings(max_examples=30, deadline=None)
@given(poses, poses, st.floats(0.2, 10.0))
def test_any_start_goal_and_duration_are_met(start, goal, duration):
    rolled = LearntMotion.of(show()).rolled_out(start, goal, duration)
    np.testing.assert_allclose(rolled.positions[[0, -1]], [start, goal], atol=1e-9)
    assert rolled.duration == pytest.approx(duration)


def test_a_rollout_leaves_what_was_learnt_alone():
    learnt, shown = LearntMotion.of(show()), show()
    first = learnt.rolled_out(shown.positions[0], shown.positions[-1])
    learnt.rolled_out(np.array([2.0, 2.0]), np.array([-2.0, 0.0]), 0.5)
    again = learnt.rolled_out(shown.positions[0], shown.positions[-1])
    np.testing.assert_array_equal(first.positions, again.positions)


def test_the_mean_of_several_motions():
    shown = [show(seed, 1.8 + 0.1 * seed) for seed in range(5)]
    learnt = LearntVariety.of(shown)
    mean = np.mean([motion.at(np.linspace(0, 1, 60) * motion.duration)[0] for motion in shown], axis=0)
    assert learnt.duration == pytest.approx(2.0)
    rolled = learnt.rolled_out()
    assert np.degrees(np.abs(rolled.positions - mean)).mean() < 1.0
    assert learnt.spread().shape == (60, 2) and 0.01 < learnt.spread()[0].mean() < 0.2


def test_a_variety_goes_to_a_goal_and_is_otherwise_as_shown():
    learnt = LearntVariety.of([show(seed) for seed in range(8)])
    start, goal = np.array([0.1, 0.0]), np.array([1.1, -0.9])
    rolled = learnt.rolled_out(start, goal, 3.0)
    np.testing.assert_allclose(rolled.positions[[0, -1]], [start, goal], atol=1e-9)
    middle = rolled.at(np.array([1.5]))[0][0]
    assert 0.2 < middle[0] - (start + goal)[0] / 2 < 0.6


def test_what_cannot_be_learnt_is_named():
    shown = show()
    with pytest.raises(DatasetError, match=f'needs {FEWEST_DEMONSTRATIONS} demonstrations, got 2'):
        LearntVariety.of([shown, shown])
    three = Trajectory(shown.times, np.tile(shown.positions[:, :1], 3), np.tile(shown.velocities[:, :1], 3))
    with pytest.raises(DatasetError, match=r'of \[2, 3\] joints'):
        LearntVariety.of([shown] * 4 + [three])
    with pytest.raises(DatasetError, match='a motion of 1 poses in 0.000 s'):
        LearntMotion.of(Trajectory.to(np.zeros(2)))
    learnt = LearntMotion.of(shown)
    with pytest.raises(DatasetError, match='goal must be 2 finite joint positions'):
        learnt.rolled_out(np.zeros(2), np.array([np.nan, 0]))
    with pytest.raises(DatasetError, match='start must be 2 finite joint positions'):
        learnt.rolled_out(np.zeros(3), np.zeros(2))
    with pytest.raises(DatasetError, match='duration must be above 0 s, got 0'):
        learnt.rolled_out(np.zeros(2), np.zeros(2), 0.0)
