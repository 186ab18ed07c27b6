"""The stand-in refuses what a JointTrajectoryController refuses, and interpolates as it does."""
import numpy as np
import pytest
from scipy.interpolate import CubicHermiteSpline, make_interp_spline

from pose_ros.errors import RobotError
from pose_ros.retargeting.limits import JointLimits
from pose_ros.retargeting.sim_controller import JointPath, SimController, commanded

JOINTS = ('a', 'b')
LIMITS = JointLimits(-2 * np.ones(2), 2 * np.ones(2), 3 * np.ones(2), 10 * np.ones(2))
TIMES = np.array([0.1, 0.3, 0.6])
POSITIONS = np.array([[0.1, -0.1], [0.3, 0.0], [0.4, 0.2]])
VELOCITIES = np.array([[1.0, 0.5], [0.4, 0.3], [0.0, 0.0]])
NONE = np.zeros((3, 0))


def path(**changes):
    values = {'joints': JOINTS, 'start': 0.0, 'times': TIMES, 'positions': POSITIONS, 'velocities': VELOCITIES,
              'accelerations': NONE, **changes}
    return JointPath(**values)


def controller():
    return SimController(JOINTS, LIMITS, np.zeros(2))


def sampled(made, times):
    found = []
    for now in times:
        made.update(now)
        found.append(made.position)
    return np.array(found)


def test_positions_alone_are_joined_by_lines():
    made = controller()
    made.accept(path(velocities=NONE), 5.0)
    times = np.arange(5.0, 5.7, 0.01)
    wanted = [np.interp(times, np.r_[5.0, 5.0 + TIMES], np.r_[0.0, POSITIONS[:, joint]]) for joint in range(2)]
    np.testing.assert_allclose(sampled(made, times), np.transpose(wanted), atol=1e-9)


def test_positions_and_velocities_are_joined_by_cubics():
    made = controller()
    made.accept(path(), 5.0)
    times = np.arange(5.0, 5.59, 0.01)
    spline = CubicHermiteSpline(np.r_[0.0, TIMES], np.vstack([np.zeros(2), POSITIONS]),
                                np.vstack([np.zeros(2), VELOCITIES]))
    np.testing.assert_allclose(sampled(made, times), spline(times - 5.0), atol=1e-9)
    np.testing.assert_allclose(made.velocity, spline(times[-1] - 5.0, 1), atol=1e-9)


def test_accelerations_make_quintics():
    made, accelerations = controller(), np.array([[1.0, 0.0], [-1.0, 2.0], [0.0, 0.0]])
    made.accept(path(accelerations=accelerations), 5.0)
    ends = [(order, row) for order, row in enumerate((POSITIONS[0], VELOCITIES[0], accelerations[0]))]
    begin = [(order, np.zeros(2)) for order in range(3)]
    quintic = make_interp_spline([0.0, 0.1], np.vstack([np.zeros(2), POSITIONS[0]]), k=5,
                                 bc_type=(begin[1:], ends[1:]))
    times = np.arange(5.0, 5.1, 0.01)
    np.testing.assert_allclose(sampled(made, times), quintic(times - 5.0), atol=1e-9)


def test_it_stands_at_the_end_and_joints_may_come_in_any_order():
    made, other = controller(), controller()
    made.accept(path(), 5.0)
    other.accept(path(joints=('b', 'a'), positions=POSITIONS[:, ::-1], velocities=VELOCITIES[:, ::-1]), 5.0)
    times = np.arange(5.0, 6.0, 0.01)
    np.testing.assert_array_equal(sampled(made, times), sampled(other, times))
    np.testing.assert_array_equal(made.position, POSITIONS[-1])
    assert not made.velocity.any()


@pytest.mark.parametrize(('changes', 'message'), [
    ({'joints': ('a', 'c')}, 'do not match those of the controller'),
    ({'joints': ('a',), 'positions': POSITIONS[:, :1], 'velocities': VELOCITIES[:, :1]}, 'do not match'),
    ({'joints': ()}, 'do not match'),
    ({'times': np.zeros(0), 'positions': np.zeros((0, 2)), 'velocities': np.zeros((0, 2)),
      'accelerations': np.zeros((0, 0))}, 'one position per joint'),
    ({'positions': POSITIONS[:2]}, 'one position per joint'),
    ({'velocities': VELOCITIES[:, :1]}, 'one velocity or none'),
    ({'times': np.array([0.1, 0.1, 0.2])}, 'not strictly increasing'), ({'times': TIMES - 0.2}, 'not strictly'),
    ({'positions': POSITIONS * np.nan}, 'not finite'), ({'start': 1.0}, r'ends 3.400 s in the past'),
    ({'velocities': np.ones((3, 2))}, 'velocity of the last point is not zero'),
    ({'positions': POSITIONS + 1.5}, r'a is 1.500 rad from the first point'),
])
def test_it_refuses_and_goes_on_with_what_it_has(changes, message):
    made = controller()
    made.accept(path(), 4.9)
    made.update(5.0)
    with pytest.raises(RobotError, match=message):
        made.accept(path(**changes), 5.0)
    assert np.allclose(sampled(made, np.arange(5.0, 6.0, 0.05))[-1], POSITIONS[-1])


def test_limits_hold_whatever_is_asked():
    made = SimController(JOINTS, LIMITS, np.zeros(2), start_tolerance=9.0)
    made.accept(path(positions=8 * POSITIONS), 5.0)
    found = sampled(made, np.arange(5.0, 6.0, 0.01))
    assert made.clipped and np.abs(found).max() <= 2 and np.abs(np.diff(found, axis=0)).max() <= 0.0301


def test_paths_that_replace_each_other_are_put_together():
    times = np.arange(5) * 0.01
    ramp = np.arange(5)[:, None] * np.ones(2)
    first = path(start=100.0, times=times, positions=ramp)
    second = path(start=100.02, times=times, positions=ramp + 2)
    later = path(start=200.0, times=times, positions=ramp)
    movements = commanded([first, second, later])
    assert [movement[:, 0].tolist() for movement in movements] == [[0, 1, 2, 3, 4, 5, 6], [0, 1, 2, 3, 4]]
