import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pose_ros.errors import RobotError
from pose_ros.retargeting.follower import Follower, FollowerSettings, Motion
from pose_ros.retargeting.limits import JointLimits
from pose_ros.retargeting.rehearsal import violations

LIMITS = JointLimits([-1, -2.9, 0], [1, 0.1, 3], [2.2, 1, 7], [7.5, 20, 3])
HOME = np.array([0, -1, 1.5])
SLACK = 1e-7


def obeys(limits, positions, velocities, tick_s):
    """The three laws, on positions and on the velocities that are commanded with them."""
    velocity = np.diff(positions, axis=0) / tick_s
    return (violations(limits, positions, tick_s) == (0, 0, 0)
            and (positions >= limits.lower - SLACK).all() and (positions <= limits.upper + SLACK).all()
            and (np.abs(velocities) <= limits.velocity + SLACK).all()
            and (np.abs(velocity) <= limits.velocity + SLACK).all()
            and (np.abs(np.diff(velocities, axis=0)) <= limits.acceleration * tick_s + SLACK).all())


def follow(follower, motion, targets, speeds, scales):
    motions = [motion]
    for target, speed, scale in zip(targets, speeds, scales):
        motions.append(follower.toward(motions[-1], target, speed, scale))
    return motions


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([20.0, 100.0, 500.0]), st.sampled_from([0.3, 5.0, 1e6]))
def test_limits_hold_for_any_targets(seed, rate_hz, size):
    random = np.random.default_rng(seed)
    follower = Follower(LIMITS, FollowerSettings(rate_hz=rate_hz, gain=float(random.uniform(1, 100))))
    targets = random.normal(0, size, (150, 3)).repeat(random.integers(1, 5), 0)
    speeds = random.normal(0, size, targets.shape)
    motions = follow(follower, follower.start(HOME), targets, speeds, random.uniform(0, 1, len(targets)))
    assert obeys(LIMITS, np.array([m.position for m in motions]), np.array([m.velocity for m in motions]),
                 follower.tick_s)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_every_path_ends_at_rest_inside_the_limits(seed):
    random = np.random.default_rng(seed)
    follower = Follower(LIMITS)
    motion = follower.start(random.uniform(LIMITS.lower, LIMITS.upper))
    for _ in range(20):
        targets = random.normal(0, 3, (3, 3))
        path = follower.plan(motion, targets, np.zeros((3, 3)))
        assert not path.velocities[-1].any()
        positions = np.vstack([motion.position, path.positions])
        velocities = np.vstack([motion.velocity, path.velocities])
        assert obeys(LIMITS, positions, velocities, follower.tick_s)
        motion = path.at(1)


def test_cubics_through_a_path_add_no_acceleration():
    follower = Follower(LIMITS)
    motions = follow(follower, follower.start(HOME), [LIMITS.upper] * 60, [np.zeros(3)] * 60, [1.0] * 60)
    for before, after in zip(motions, motions[1:]):
        middle = (before.velocity + after.velocity) / 2 * follower.tick_s
        np.testing.assert_allclose(after.position - before.position, middle, atol=1e-12)


def test_a_standing_target_is_reached_without_overshoot():
    follower = Follower(LIMITS)
    motions = follow(follower, follower.start(HOME), [LIMITS.upper] * 400, [np.zeros(3)] * 400, [1.0] * 400)
    np.testing.assert_allclose(motions[-1].position, LIMITS.upper, atol=1e-3)
    assert max((m.position - LIMITS.upper).max() for m in motions) <= SLACK


def test_a_steady_target_is_followed_without_lag():
    follower = Follower(LIMITS)
    speed, h = np.array([0.3, -0.2, 0.4]), follower.tick_s
    targets = HOME + np.arange(1, 201)[:, None] * h * speed
    motions = follow(follower, follower.start(HOME), targets, [speed] * 200, [1.0] * 200)
    np.testing.assert_allclose(motions[-1].position, targets[-1], atol=1e-3)


def test_a_smaller_scale_slows_down_at_most_as_fast_as_allowed():
    follower = Follower(LIMITS)
    fast = Motion(HOME, np.array([2.0, 0.5, 0.0]))
    slower = follower.toward(fast, HOME + 1, np.zeros(3), 0.1)
    np.testing.assert_allclose(slower.velocity[:2], fast.velocity[:2] - LIMITS.acceleration[:2] * follower.tick_s)


def test_braking_takes_the_shortest_time():
    follower = Follower(LIMITS)
    path = follower.brake(Motion(HOME, np.array([0.75, 0, 0])))
    assert len(path) == 11  # 0.75 / 7.5 s = 10 ticks, and one for the rounding margin
    assert path.positions[-1][0] == pytest.approx(0.75**2 / 15, abs=1e-3)


def test_a_path_that_has_ended_stays():
    path = Follower(LIMITS).brake(Motion(HOME, np.zeros(3)))
    assert len(path.after(5)) == 1
    np.testing.assert_array_equal(path.at(9).position, HOME)


@pytest.mark.parametrize('position', [[0, 0], [0, np.nan, 0], [5, 0, 0]])
def test_a_pose_that_cannot_be_is_refused(position):
    with pytest.raises(RobotError):
        Follower(LIMITS).start(np.array(position))


def test_a_robot_slightly_outside_its_limits_returns_and_goes_no_further_out():
    follower = Follower(LIMITS)
    motion = follower.start(LIMITS.upper + 0.01)
    motions = follow(follower, motion, [LIMITS.upper + 1] * 50, [np.zeros(3)] * 50, [1.0] * 50)
    assert all((m.position <= motion.position + SLACK).all() for m in motions)
    motions = follow(follower, motions[-1], [HOME] * 300, [np.zeros(3)] * 300, [1.0] * 300)
    np.testing.assert_allclose(motions[-1].position, HOME, atol=1e-3)
