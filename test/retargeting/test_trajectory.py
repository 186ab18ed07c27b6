from dataclasses import replace

import numpy as np
import pytest
from scipy.interpolate import CubicHermiteSpline

from pose_ros.benchmarks.motions import ARMS
from pose_ros.errors import RobotError
from pose_ros.retargeting.rehearsal import violations
from pose_ros.retargeting.retargeter import Retargeter
from pose_ros.retargeting.robot import load_robot
from pose_ros.retargeting.trajectory import Performance, Trajectory

TIMES = np.array([0.0, 0.5, 0.8, 2.0])
RANDOM = np.random.default_rng(0)
KNOTS = Trajectory(TIMES, RANDOM.normal(size=(4, 3)), RANDOM.normal(size=(4, 3)))


def test_between_knots_it_is_the_cubic_through_both():
    spline, times = CubicHermiteSpline(TIMES, KNOTS.positions, KNOTS.velocities), np.linspace(0, 2, 50)
    positions, velocities = KNOTS.at(times)
    np.testing.assert_allclose(positions, spline(times), atol=1e-12)
    np.testing.assert_allclose(velocities, spline(times, 1), atol=1e-12)


def test_it_stands_before_and_after():
    positions, velocities = KNOTS.at(np.array([-1.0, 3.0]))
    np.testing.assert_allclose(positions, KNOTS.positions[[0, -1]])
    assert not velocities.any()


@pytest.mark.parametrize(('changes', 'message'), [
    ({'times': TIMES[:3]}, 'needs times'), ({'positions': np.zeros((4, 2))}, 'needs times'),
    ({'positions': KNOTS.positions * np.nan}, 'not finite'), ({'times': TIMES + 1}, 'begin at 0'),
    ({'times': TIMES[::-1] * 0}, 'increase'), ({'times': np.zeros(0), 'positions': np.zeros((0, 3)),
                                                'velocities': np.zeros((0, 3))}, 'needs times')])
def test_what_is_no_trajectory_is_refused(changes, message):
    with pytest.raises(RobotError, match=message):
        replace(KNOTS, **changes)


def test_a_performance_goes_to_the_start_then_through_and_waits_for_a_robot_that_is_behind():
    performance = Performance(KNOTS)
    first, _ = performance.ahead(np.array([0.3]), 1.0)
    np.testing.assert_array_equal(first[0], KNOTS.positions[0])
    performance.advance(KNOTS.positions[0] + 0.5, 0.1)
    assert not performance.done
    performance.advance(KNOTS.positions[0], 0.1)
    performance.advance(KNOTS.positions[0], 0.2)
    np.testing.assert_allclose(performance.ahead(np.array([0.0]), 1.0)[0], KNOTS.at(np.array([0.2]))[0])
    performance.advance(KNOTS.positions[0] + 9, 5.0)
    assert not performance.done


@pytest.fixture
def arm():
    return load_robot('arm7')


def perform(robot, trajectory, scale=1.0, longest_s=12.0):
    """Positions tick by tick, until the end or for so long, and whether the end was reached."""
    retargeter, motions = Retargeter(robot, ARMS, robot.home), []
    retargeter.perform(trajectory)
    while not retargeter.has_performed and len(motions) * retargeter.tick_s < longest_s:
        path = retargeter.step(len(motions) * retargeter.tick_s, scale=scale)
        motions += [path.at(tick).position for tick in range(retargeter.advance)]
    assert violations(robot.limits, np.array(motions), retargeter.tick_s) == (0, 0, 0)
    return np.array(motions), retargeter.has_performed


def wave(robot, size=0.2, period_s=1.0):
    times = np.arange(0, 2 * period_s, 0.025)
    phase = 2 * np.pi * times[:, None] / period_s
    positions = robot.limits.clip(robot.home + size * np.sin(phase))
    return Trajectory(times, positions, np.gradient(positions, times, axis=0))


def test_no_limit_is_broken_whatever_is_in_the_way(robot):
    perform(robot, wave(robot, size=0.6), longest_s=4.0)


def test_the_robot_performs_closely(arm):
    trajectory = wave(arm)
    positions, done = perform(arm, trajectory)
    off = np.abs(positions[:, None] - trajectory.positions[None, ::8]).max(2).min(0)
    assert done and off.max() < 0.05


def test_a_trajectory_that_is_too_fast_is_performed_as_fast_as_the_limits_allow(arm):
    assert perform(arm, wave(arm, period_s=0.3))[1]


def test_a_smaller_scale_takes_longer(arm):
    fast, slow = (len(perform(arm, wave(arm), scale)[0]) for scale in (1.0, 0.5))
    assert 1.6 < slow / fast < 2.4


def test_another_number_of_joints_is_refused(arm):
    with pytest.raises(RobotError, match='has 3 joints'):
        Retargeter(arm, ARMS, arm.home).perform(KNOTS)
