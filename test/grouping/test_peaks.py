import numpy as np
import pytest
from scipy.ndimage import maximum_filter

from pose_ros.grouping.peaks import find_peaks


def gaussian(x, y, height=20, width=30, top=0.9, sigma=0.9):
    rows, columns = np.mgrid[:height, :width]
    return top * np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * sigma ** 2)).astype(np.float32)


def random_maps(seed, shape=(4, 17, 23)):
    return np.random.default_rng(seed).random(shape, np.float32)


@pytest.mark.parametrize('x, y', [(7.0, 5.0), (7.3, 5.2), (12.49, 9.51), (20.5, 3.0), (1.2, 18.0), (28.4, 1.1)])
def test_a_gaussian_is_located_exactly(x, y):
    peaks = find_peaks(gaussian(x, y)[None], 0.1, 10)
    assert peaks.keypoint.tolist() == [0]
    np.testing.assert_allclose(peaks.position[:, 0], [x, y], atol=2e-3)


@pytest.mark.parametrize('seed', range(5))
def test_agrees_with_scipys_maximum_filter(seed):
    maps = random_maps(seed)
    expected = [(k, *divmod(i, maps.shape[2])) for k, one in enumerate(maps)
                for i in np.flatnonzero((one == maximum_filter(one, 3, mode='constant')) & (one >= 0.4))]
    peaks = find_peaks(maps, 0.4, 1000)
    x, y = np.rint(peaks.position)
    near = np.abs(np.array([(row, column) for _, row, column in expected]).T - [peaks.position[1], peaks.position[0]])
    assert list(peaks.keypoint) == [k for k, _, _ in expected]
    assert near.max() <= 0.5
    np.testing.assert_array_equal(peaks.score, [maps[one] for one in expected])


def test_peaks_move_with_the_map():
    maps = np.zeros((2, 30, 40), np.float32)
    maps[:, 5:22, 7:30] = random_maps(0, (2, 17, 23))
    moved = np.roll(maps, (3, 4), axis=(1, 2))
    one, other = find_peaks(maps, 0.5, 100), find_peaks(moved, 0.5, 100)
    np.testing.assert_allclose(other.position, one.position + np.array([[4], [3]]), atol=1e-5)


def test_transposed_maps_have_transposed_peaks():
    maps = random_maps(1)
    one, other = find_peaks(maps, 0.5, 100), find_peaks(maps.transpose(0, 2, 1), 0.5, 100)
    assert sorted(map(tuple, one.position.T.round(4))) == sorted(map(tuple, other.position[::-1].T.round(4)))


@pytest.mark.parametrize('rows, columns', [(1, 1), (1, 2), (2, 1), (2, 2), (3, 3), (1, 7), (5, 2)])
def test_a_plateau_is_one_peak(rows, columns):
    maps = np.zeros((1, 12, 12), np.float32)
    maps[0, 3:3 + rows, 4:4 + columns] = 1.0
    peaks = find_peaks(maps, 0.1, 100)
    assert len(peaks.score) == 1
    assert 3.5 <= peaks.position[0, 0] <= 4 + columns - 0.5 or columns == 1


def test_two_equal_neighbours_meet_in_the_middle():
    peaks = find_peaks((gaussian(7.5, 5))[None], 0.1, 10)
    np.testing.assert_allclose(peaks.position[:, 0], [7.5, 5], atol=2e-3)


@pytest.mark.parametrize('x, y', [(0, 0), (29, 0), (0, 19), (29, 19), (0, 7), (12, 19)])
def test_peaks_on_the_border_are_found_and_stay_inside(x, y):
    peaks = find_peaks(gaussian(x, y)[None], 0.1, 10)
    np.testing.assert_allclose(peaks.position[:, 0], [x, y], atol=1e-3)


def test_maps_do_not_touch_each_other():
    maps = np.zeros((3, 6, 6), np.float32)
    maps[0, 5, 3], maps[1, 0, 3], maps[2, 2, 5] = 0.5, 0.9, 0.7
    assert find_peaks(maps, 0.1, 10).keypoint.tolist() == [0, 1, 2]


@pytest.mark.parametrize('most', [1, 3, 10])
def test_the_highest_are_kept(most):
    maps = random_maps(2)
    everything, some = find_peaks(maps, 0.1, 1000), find_peaks(maps, 0.1, most)
    for k in range(len(maps)):
        expected = np.sort(everything.score[everything.keypoint == k])[::-1][:most]
        np.testing.assert_array_equal(np.sort(some.score[some.keypoint == k])[::-1], expected)


def test_flat_maps_have_no_peaks():
    assert find_peaks(np.zeros((18, 8, 8), np.float32), 0.1, 10).position.shape == (2, 0)
