"""Laws that every filter keeps, whatever it is made of."""
import numpy as np
import pytest

from pose_ros.benchmarks.filtering import lag_at, one_euro_curve, quality, reaches
from pose_ros.errors import StampError
from pose_ros.filtering.keypoint_filter import FilterSettings
from pose_ros.filtering.smoother import FILTERS

SETTINGS = FilterSettings(max_gap_s=0.5)
KALMANS = [name for name in FILTERS if name.startswith('kalman')]
every_filter = pytest.mark.parametrize('make', FILTERS.values(), ids=FILTERS.keys())
every_size = pytest.mark.parametrize('size', [2, 3])


def points(frames=60, count=5, size=3, noise=0.01, speed=0.0, seed=0):
    """(T, K, D) keypoints that move evenly along all axes, and what is measured of them."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(0, 1, (1, count, size)) + speed * np.arange(frames)[:, None, None] / 30
    return truth, truth + rng.normal(0, noise, (frames, count, size))


def run(one, measured, rate_hz=30.0, start_s=5.0):
    return [one.update(values, start_s + frame / rate_hz) for frame, values in enumerate(measured)]


@every_filter
@every_size
def test_what_rests_is_smoothed_and_stays_where_it_is(make, size):
    truth, measured = points(frames=90, size=size, count=50)
    last = run(make(SETTINGS), measured)[-1]
    assert np.std(last.values - truth[-1]) < 0.75 * 0.01
    assert abs(np.mean(last.values - truth[-1])) < 0.003
    assert not last.predicted.any()


@every_filter
@every_size
def test_constant_values_come_back_as_they_are(make, size):
    truth, _ = points(frames=20, size=size)
    for out in run(make(SETTINGS), np.repeat(truth, 20, axis=0)):
        np.testing.assert_allclose(out.values, truth[0], atol=1e-9)
        np.testing.assert_allclose(out.velocities, 0, atol=1e-6)


@every_filter
def test_even_motion_gives_its_velocity(make):
    _, measured = points(frames=90, speed=1.0, noise=0.0)
    # One-Euro's speed is the paper's: from the last output, which lags, to the new input.
    tolerance = 0.3 if make is FILTERS['one_euro'] else 0.03
    np.testing.assert_allclose(run(make(SETTINGS), measured)[-1].velocities, 1.0, atol=tolerance)


@every_filter
def test_units_scale_everything(make):
    _, measured = points(frames=30, speed=0.5)
    small, large = make(SETTINGS), make(SETTINGS)
    for frame, values in enumerate(measured):
        one, two = small.update(values, frame / 30), large.update(200 * values, frame / 30, unit=200.0)
    np.testing.assert_allclose(200 * one.values, two.values, rtol=1e-6)
    np.testing.assert_allclose(200 * one.velocities, two.velocities, rtol=1e-6)
    np.testing.assert_allclose(200 ** 2 * one.covariances, two.covariances, rtol=1e-6)


@every_filter
def test_keypoints_do_not_touch_each_other(make):
    _, measured = points(speed=0.3)
    order = np.array([3, 1, 4, 0, 2])
    together, shuffled = run(make(SETTINGS), measured)[-1], run(make(SETTINGS), measured[:, order])[-1]
    np.testing.assert_allclose(together.values[order], shuffled.values)


@every_filter
def test_missing_is_predicted_then_forgotten_and_begins_again(make):
    _, measured = points(frames=30, speed=1.0, noise=0.0)
    one, end = make(SETTINGS), 29 / 30
    run(one, measured, start_s=0.0)
    gap = measured[-1] + 0.2
    gap[0] = np.nan
    soon = one.update(gap, end + 0.2)
    assert soon.predicted.tolist() == [True, False, False, False, False]
    assert soon.values[0] == pytest.approx(measured[-1, 0] + 0.2, abs=0.1)
    late = one.update(gap, end + 0.8)
    assert np.isnan(late.values[0]).all() and np.isnan(late.velocities[0]).all()
    again = one.update(gap + np.where(np.isnan(gap), 7.0, 0), end + 0.9)
    assert not np.isnan(again.values[1]).any()
    back = measured[-1] + 3.0
    np.testing.assert_allclose(one.update(back, end + 3.0).values, back, atol=1e-6)


@every_filter
def test_never_seen_is_unknown(make):
    out = make(SETTINGS).update(np.full((4, 3), np.nan), 0.0)
    assert np.isnan(out.values).all() and out.predicted.all()


@every_filter
def test_prediction_goes_on_and_changes_nothing(make):
    _, measured = points(frames=60, speed=1.0, noise=0.0)
    one, other = make(SETTINGS), make(SETTINGS)
    now = run(one, measured)[-1]
    run(other, measured)
    ahead = one.predict(5.0 + 59 / 30 + 0.05)
    np.testing.assert_allclose(ahead.values - now.values, 0.05, atol=0.015)
    again = [each.update(measured[-1] + 0.03, 5.0 + 2.0).values for each in (one, other)]
    np.testing.assert_array_equal(*again)


@every_filter
def test_a_bag_that_starts_again_starts_anew(make):
    _, measured = points(speed=0.4)
    one = make(SETTINGS)
    first, second = run(one, measured), run(one, measured)
    np.testing.assert_array_equal(first[-1].values, second[-1].values)


@every_filter
@pytest.mark.parametrize('rate_hz', [7.0, 30.0, 120.0])
def test_any_frame_rate_and_a_stamp_given_twice_are_fine(make, rate_hz):
    _, measured = points(frames=40, noise=0.0, speed=0.2)
    one = make(SETTINGS)
    out = run(one, np.repeat(measured[:1], 40, axis=0), rate_hz)[-1]
    assert np.isfinite(out.values).all()
    twice = one.update(measured[0], 5.0 + 39 / rate_hz)
    np.testing.assert_allclose(twice.values, out.values, atol=1e-6)


@every_filter
@pytest.mark.parametrize('stamp_s', [np.nan, np.inf])
def test_a_stamp_that_is_no_time_is_refused(make, stamp_s):
    one = make(SETTINGS)
    with pytest.raises(StampError, match='allowed: a finite time'):
        one.update(np.zeros((3, 2)), stamp_s)
    assert np.isfinite(one.update(np.zeros((3, 2)), 1.0).values).all()


@pytest.mark.parametrize('name', KALMANS)
def test_kalman_covariances_are_symmetric_positive_and_grow_ahead(name):
    _, measured = points(frames=100, speed=0.5)
    measured[::7, 1] = np.nan
    one = FILTERS[name](SETTINGS)
    for out in run(one, measured)[1:]:
        np.testing.assert_allclose(out.covariances, np.swapaxes(out.covariances, 1, 2))
        assert (np.linalg.eigvalsh(out.covariances) > 0).all()
    ahead = one.predict(5.0 + 100 / 30 + 0.1)
    assert (np.trace(ahead.covariances, axis1=1, axis2=2) > np.trace(out.covariances, axis1=1, axis2=2)).all()


@pytest.mark.parametrize('name', KALMANS)
def test_a_kalman_filter_believes_sure_directions_more(name):
    truth, _ = points(count=200)
    deviations = np.array([1e-3, 1e-3, 0.1])
    measured = truth + np.random.default_rng(1).normal(0, 1, (60, 200, 3)) * deviations
    covariances = np.tile(np.diag(deviations ** 2), (200, 1, 1))
    one = FILTERS[name](FilterSettings())
    for frame, values in enumerate(measured):
        out = one.update(values, frame / 30, covariances)
    changes = np.abs(out.values - measured[-1]).mean(axis=0)
    assert changes[:2].max() < 1e-3 and changes[2] > 0.04
    assert (np.std(out.values - truth[0], axis=0) < 0.8 * deviations).all()


@pytest.mark.parametrize('name', KALMANS)
def test_a_kalman_filter_is_the_textbook_one_where_nothing_surprises(name):
    """Against a plain loop over one keypoint and one axis, with Joseph's form of the correction."""
    settings = FilterSettings(surprise=100.0, drag_hz=0.0)
    _, measured = points(frames=40, count=1, size=1)
    one, states = FILTERS[name](settings), 2 if name == 'kalman_velocity' else 3
    mean = np.array([measured[0, 0, 0], 0, 0][:states])
    spread = np.diag([2 * settings.noise_m ** 2, 1.0, 9.0][:states])
    step, noise = 1 / 30, settings.noise_m ** 2
    move = np.array([[1, step, step ** 2 / 2], [0, 1, step], [0, 0, 1]])[:states, :states]
    push = np.array([step ** 3 / 6, step ** 2 / 2, step])[3 - states:]
    for frame, (value,) in enumerate(measured[:, 0]):
        if frame:
            mean, spread = move @ mean, move @ spread @ move.T + settings.wander ** 2 * np.outer(push, push) / step
        gain = spread[:, 0] / (spread[0, 0] + noise)
        mean = mean + gain * (value - mean[0])
        keep = np.eye(states) - np.outer(gain, np.eye(states)[0])
        spread = keep @ spread @ keep.T + noise * np.outer(gain, gain)
        out = one.update(np.array([[value]]), frame / 30)
        assert out.values[0, 0] == pytest.approx(mean[0], abs=1e-9)
        assert out.covariances[0, 0, 0] == pytest.approx(spread[0, 0], rel=1e-6)


def test_one_euro_is_the_papers():
    """Against Casiez' own algorithm 1, one value at a time."""
    settings = FilterSettings(min_cutoff_hz=1.2, beta=3.0, speed_cutoff_hz=0.8)
    values, rate_hz = np.cumsum(np.random.default_rng(0).normal(0, 0.03, 50)), 25.0
    one, state, speed = FILTERS['one_euro'](settings), values[0], 0.0

    def alpha(cutoff_hz):
        return 1 / (1 + rate_hz / (2 * np.pi * cutoff_hz))
    for frame, value in enumerate(values):
        if frame:
            speed += alpha(settings.speed_cutoff_hz) * ((value - state) * rate_hz - speed)
            state += alpha(settings.min_cutoff_hz + settings.beta * abs(speed)) * (value - state)
        out = one.update(np.array([[value]]), frame / rate_hz)
        assert out.values[0, 0] == pytest.approx(state, abs=1e-9)


def test_half_the_lag_of_one_euro_at_equal_jitter():
    """One-Euro gets the settings that are its best near this jitter; docs/filtering.py sweeps them all."""
    signal = reaches(count=8, length_s=20, seed=3)
    got = quality(lambda: FILTERS['kalman_velocity'](FilterSettings()), signal)
    curve = one_euro_curve(signal, cutoffs_hz=(0.3, 0.7), betas=(5, 7, 10, 15, 20))
    assert curve[0].jitter_mm < got.jitter_mm < curve[-1].jitter_mm
    assert got.lag_ms <= 0.55 * lag_at(got.jitter_mm, curve)
    assert got.jitter_mm < 0.25 * 14.1  # of the raw signal: 10 mm times the square root of two


def test_predicting_to_the_moment_of_publishing_makes_up_for_latency():
    signal = reaches(count=6, length_s=15, seed=5)
    kalman = quality(lambda: FILTERS['kalman_velocity'](FilterSettings()), signal, ahead_s=0.066)

    class Held:
        """The same filter, published late as it is."""

        def __init__(self):
            self._one = FILTERS['kalman_velocity'](FilterSettings())

        def update(self, values, stamp_s):
            self._last = self._one.update(values, stamp_s)

        def predict(self, stamp_s):
            return self._last
    held = quality(Held, signal, ahead_s=0.066)
    assert abs(kalman.lag_ms) < 0.5 * held.lag_ms
    assert kalman.error_in_motion_mm < 0.9 * held.error_in_motion_mm


@every_filter
def test_selecting_keypoints_keeps_their_past_and_makes_new_ones(make):
    _, measured = points(frames=20, speed=0.3)
    rows = np.array([3, -1, 0])
    one, other = make(SETTINGS), make(SETTINGS)
    run(one, measured)
    run(other, measured[:, [3, 0]])
    one.select(rows)
    extra = np.array([[9.0, 9, 9]])
    now, soon = measured[-1][[3, 0]] + 0.01, 5.0 + 20 / 30
    got = one.update(np.concatenate([now[:1], extra, now[1:]]), soon)
    np.testing.assert_allclose(got.values[[0, 2]], other.update(now, soon).values)
    np.testing.assert_allclose(got.values[1], 9)


@every_filter
def test_a_carried_keypoint_goes_where_it_is_carried(make):
    _, measured = points(frames=20, speed=1.0)
    one = make(SETTINGS)
    now = run(one, measured)[-1]
    rows = np.array([True, False, False, True, False])
    one.carry(rows, np.full((2, 3), -0.5))
    ahead = one.predict(5.0 + 19 / 30 + 0.2)
    np.testing.assert_allclose((ahead.values - now.values)[rows], -0.1, atol=1e-9)
    assert ((ahead.values - now.values)[~rows] > 0.05).all()


@every_filter
def test_keypoints_of_different_units_are_filtered_as_if_alone(make):
    _, measured = points(frames=30, speed=0.5, count=4)
    units = np.array([1.0, 1.0, 200.0, 200.0])
    together, alone = make(SETTINGS), make(SETTINGS)
    for frame, values in enumerate(measured):
        both = together.update(values * units[:, None], frame / 30, unit=units)
        far = alone.update(values[2:] * 200, frame / 30, unit=200.0)
    np.testing.assert_allclose(both.values[2:], far.values, rtol=1e-9)
