import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pose_ros.benchmarks.demonstrations import free_poses
from pose_ros.demonstrations.detour import free_way
from pose_ros.demonstrations.feasibility import planned, require_free
from pose_ros.demonstrations.performance import perform
from pose_ros.retargeting.collision import CollisionChecker
from pose_ros.retargeting.rehearsal import collisions, violations
from pose_ros.retargeting.robot import load_robot
from pose_ros.retargeting.trajectory import Trajectory

TWO_ARMS = load_robot('torso14')
CHECKER = CollisionChecker(TWO_ARMS)
POSES = free_poses(TWO_ARMS, 14, seed=2)


def line(start, goal):
    return start + np.linspace(0, 1, 120)[:, None] * (goal - start)


WAYS = [line(start, goal) for number, start in enumerate(POSES) for goal in POSES[:number]]
TOUCHING = [way for way in WAYS if not CHECKER.is_free(way)]


def test_some_straight_ways_touch():
    assert len(TOUCHING) >= 5


@settings(max_examples=20, deadline=None)
@given(st.integers(0, len(TOUCHING) - 1))
def test_a_way_round_keeps_ends_and_limits(which):
    way = TOUCHING[which]
    found = free_way(way, TWO_ARMS.limits, CHECKER)
    np.testing.assert_allclose(found[[0, -1]], way[[0, -1]], atol=1e-12)
    np.testing.assert_array_equal(found, TWO_ARMS.limits.clip(found))
    assert CHECKER.is_free(found) or found is way


def test_most_ways_that_touch_have_a_way_round():
    found = [CHECKER.is_free(free_way(way, TWO_ARMS.limits, CHECKER)) for way in TOUCHING]
    assert np.mean(found) > 0.7


def test_a_free_way_and_one_with_no_free_end_stay_as_they_are():
    free = next(way for way in WAYS if CHECKER.is_free(way))
    assert free_way(free, TWO_ARMS.limits, CHECKER) is free
    middle = TOUCHING[0][np.argmin([CHECKER.clearance(pose) for pose in TOUCHING[0]])]
    hopeless = line(TOUCHING[0][0], middle)
    assert free_way(hopeless, TWO_ARMS.limits, CHECKER) is hopeless


def test_what_goes_round_is_reported_and_performed_within_every_limit():
    way = next(way for way in TOUCHING if CHECKER.is_free(free_way(way, TWO_ARMS.limits, CHECKER)))
    times = np.linspace(0, 4, len(way))
    motion, report = planned(Trajectory(times, way, np.gradient(way, times, axis=0)), TWO_ARMS)
    require_free(report)
    assert f'goes round itself, by up to {np.degrees(report.detour):.1f} deg' in str(report)
    done = perform(TWO_ARMS, motion)
    assert violations(TWO_ARMS.limits, done.positions, done.times[1]) == (0, 0, 0)
    assert collisions(TWO_ARMS, done.positions) == 0
    assert np.abs(done.positions[-1] - way[-1]).max() == pytest.approx(0, abs=0.01)
