import numpy as np
import pytest

from pose_ros.retargeting.point_filter import PointFilter, PointFilterSettings

RATE = 30
SPEED = np.array([0.5, -0.2, 0.1])


def track(measured, scores=None, settings=None, **changes):
    """A filter that has seen frames (N, K, 3) at 30 Hz."""
    tracked = PointFilter(measured.shape[1], settings or PointFilterSettings(**changes))
    for index, points in enumerate(measured):
        tracked.update(points, np.ones(len(points)) if scores is None else scores[index], index / RATE)
    return tracked


def line(frames=60):
    return (np.arange(frames)[:, None] / RATE * SPEED)[:, None]


def test_a_straight_motion_is_predicted_exactly():
    estimate = track(line()).predict(0.1)
    np.testing.assert_allclose(estimate.points[0], (59 / RATE + 0.1) * SPEED, atol=2e-3)
    np.testing.assert_allclose(estimate.velocities[0], SPEED, atol=2e-2)


def test_noise_is_made_smaller():
    noisy = line(300) + np.random.default_rng(0).normal(0, 0.01, (300, 1, 3))
    estimates = [track(noisy[:n]).predict(0).points[0] for n in range(100, 300, 10)]
    truth = [line(300)[n - 1, 0] for n in range(100, 300, 10)]
    assert np.std(np.subtract(estimates, truth)) < 0.7 * 0.01


def test_an_outlier_changes_nothing_and_a_real_move_is_believed_in_the_end():
    frames = line()
    frames[30] += 0.5
    np.testing.assert_allclose(track(frames).predict(0).points, track(line()).predict(0).points, atol=1e-2)
    frames = line()
    frames[40:] += 0.5
    np.testing.assert_allclose(track(frames).predict(0).points[0], frames[-1, 0], atol=1e-2)


def test_a_point_is_remembered_for_a_while_and_then_lost():
    frames = line()
    frames[50:] = np.nan
    assert np.isfinite(track(frames[:53], memory_s=0.15).predict(0).points).all()
    assert np.isnan(track(frames, memory_s=0.15).predict(0).points).all()


def test_it_comes_back_where_it_is_seen():
    frames = line()
    frames[10:40] = np.nan
    frames[40:] += 3
    np.testing.assert_allclose(track(frames).predict(0).points[0], frames[-1, 0], atol=2e-2)


@pytest.mark.parametrize('bad', [np.inf, -np.inf, 1e300, np.nan])
def test_what_is_no_point_is_not_found(bad):
    frames = line()
    frames[30, 0, 1] = bad
    assert np.isfinite(track(frames).predict(0.1).points).all()


def test_a_low_score_counts_less():
    frames = line()
    frames[-1] += 0.02
    weak, strong = (track(frames, np.r_[np.ones(59), last][:, None]) for last in (0.2, 1.0))
    off = [np.linalg.norm(t.predict(0).points - line()[-1]) for t in (weak, strong)]
    assert off[0] < off[1] and weak.predict(0).variance > strong.predict(0).variance


def test_the_order_of_the_points_does_not_matter():
    random = np.random.default_rng(2)
    frames = random.normal(0, 0.01, (30, 5, 3)).cumsum(0)
    frames[random.random((30, 5)) < .1] = np.nan
    order = random.permutation(5)
    np.testing.assert_allclose(track(frames).predict(0.03).points[order], track(frames[:, order]).predict(0.03).points)
