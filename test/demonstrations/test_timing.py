import numpy as np
import pytest

from pose_ros.demonstrations.timing import timed
from pose_ros.retargeting.limits import JointLimits
from pose_ros.retargeting.rehearsal import violations
from pose_ros.retargeting.trajectory import Trajectory

LIMITS = JointLimits([-2, -2], [2, 2], [1.0, 2.0], [4.0, 4.0])


def reach(duration, way=(1.5, -1.0)):
    """From rest to rest, as people reach (minimum jerk)."""
    times = np.linspace(0, duration, 100)
    phase = times / duration
    shape = phase ** 3 * (10 - 15 * phase + 6 * phase ** 2)
    positions = shape[:, None] * np.array(way)
    return Trajectory(times, positions, np.gradient(positions, times, axis=0))


def test_a_motion_that_fits_keeps_its_time():
    slow = reach(5.0)
    done = timed(slow, LIMITS)
    assert done.duration == pytest.approx(5.0)
    np.testing.assert_allclose(done.at(slow.times)[0], slow.positions, atol=1e-3)


@pytest.mark.parametrize('duration', [0.1, 0.5, 1.0, 2.0])
def test_a_motion_that_is_too_fast_gets_the_time_or_the_timing_it_needs(duration):
    done = timed(reach(duration), LIMITS)
    assert done.duration >= duration - 1e-9
    assert violations(LIMITS, done.positions, done.times[1]) == (0, 0, 0)
    np.testing.assert_allclose(done.positions[[0, -1]], [[0, 0], [1.5, -1.0]], atol=1e-6)
    # No motion of this joint is faster: accelerate, cruise, brake.
    fastest = 1.5 / 1.0 + 1.0 / 4.0
    assert fastest < done.duration < max(1.35 * fastest, duration + 1e-9)


def test_the_way_stays_the_same():
    wanted = reach(0.3)
    positions = timed(wanted, LIMITS).positions
    np.testing.assert_allclose(positions[:, 0] * -1.0, positions[:, 1] * 1.5, atol=1e-3)


def test_standing_is_a_motion():
    still = Trajectory(np.array([0, 1.0]), np.ones((2, 2)), np.zeros((2, 2)))
    done = timed(still, LIMITS)
    assert done.duration == pytest.approx(1.0) and not done.velocities.any()
    jump = Trajectory(np.array([0, 1e-9]), np.ones((2, 2)), np.full((2, 2), 1e6))
    assert np.abs(timed(jump, LIMITS).positions - 1).max() < 1e-3
