"""The torch arithmetic must find what the numpy arithmetic finds."""
import numpy as np
import pytest
import torch

from pose_ros.benchmarks.scenes import make_scene
from pose_ros.errors import EstimatorError
from pose_ros.estimators.device_grouping import find_on_device
from pose_ros.grouping.candidates import find_candidates
from pose_ros.grouping.paf import group
from pose_ros.grouping.peaks import find_peaks
from pose_ros.grouping.settings import PafSettings
from pose_ros.skeletons import OPENPOSE18

LIMBS = OPENPOSE18.limb_indices
DEFAULTS = PafSettings()


def on_device(scenes, settings=DEFAULTS):
    heatmaps = torch.tensor(np.stack([scene.heatmaps[:18] for scene in scenes]))
    return find_on_device(heatmaps, torch.tensor(np.stack([scene.pafs for scene in scenes])), LIMBS, settings)


def on_host(scene, settings=DEFAULTS):
    peaks = find_peaks(scene.heatmaps[:18], settings.peak_threshold, settings.max_peaks)
    return peaks, find_candidates(peaks, scene.pafs, LIMBS, settings)


def listed(peaks, candidates):
    """Peaks and pairs in an order that does not depend on their numbering."""
    rows = np.column_stack([peaks.keypoint, peaks.position.T, peaks.score]).round(3)
    pairs = np.column_stack([candidates.limb, rows[candidates.first], rows[candidates.second], candidates.score])
    return np.array(sorted(map(tuple, rows))), np.array(sorted(map(tuple, pairs.round(3))))


@pytest.mark.parametrize('people, settings', [
    (1, PafSettings()), (5, PafSettings()), (20, PafSettings(max_peaks=7)), (20, PafSettings(short_limb=2.0)),
    (20, PafSettings(peak_threshold=0.3, limb_threshold=0.2, limb_ratio=0.9, long_limb=0.1))])
def test_peaks_and_pairs_are_those_of_the_host(people, settings):
    scene = make_scene(people, 46, 82, 0)
    for one, other in zip(listed(*on_device([scene], settings)[0]), listed(*on_host(scene, settings))):
        np.testing.assert_allclose(one, other, atol=2e-3)


def test_a_batch_gives_each_image_its_own_people():
    scenes = [make_scene(people, 46, 82, seed) for people, seed in ((5, 0), (1, 3), (5, 4))]
    for found, scene in zip(on_device(scenes), scenes):
        persons, expected = (group(*one, OPENPOSE18, PafSettings(), 8) for one in (found, on_host(scene)))
        assert len(persons) == len(expected)
        for one, other in zip(persons, expected):
            np.testing.assert_allclose(one.keypoints, other.keypoints, atol=1e-3)
            assert one.score == pytest.approx(other.score, abs=1e-4)


@pytest.mark.parametrize('rows, columns', [(1, 2), (2, 2), (3, 3), (1, 5)])
def test_a_plateau_is_one_peak(rows, columns):
    heatmaps = torch.zeros(1, 18, 12, 12)
    heatmaps[0, 3, 4:4 + rows, 5:5 + columns] = 0.8
    (peaks, candidates), = find_on_device(heatmaps, torch.zeros(1, 38, 12, 12), LIMBS, PafSettings())
    host = find_peaks(heatmaps[0].numpy(), 0.1, 100)
    assert len(peaks.score) == len(host.score) == 1
    np.testing.assert_allclose(peaks.position, host.position, atol=1e-4)
    assert len(candidates.score) == 0


@pytest.mark.parametrize('x, y', [(0, 0), (11, 0), (5, 11), (11, 11)])
def test_peaks_on_the_border_are_found(x, y):
    heatmaps = torch.zeros(1, 18, 12, 12)
    heatmaps[0, 3, y, x] = 0.8
    (peaks, _), = find_on_device(heatmaps, torch.zeros(1, 38, 12, 12), LIMBS, PafSettings())
    assert peaks.position[:, 0].tolist() == [x, y]


def test_maps_smaller_than_max_peaks():
    (peaks, candidates), = find_on_device(torch.rand(1, 18, 4, 4), torch.rand(1, 38, 4, 4), LIMBS, PafSettings())
    assert 18 <= len(peaks.score) <= 18 * 4
    assert candidates.first.max(initial=0) < len(peaks.score)


@pytest.mark.parametrize('which', [0, 1])
def test_maps_that_are_not_finite_are_an_error(which):
    maps = [torch.zeros(2, 18, 8, 8), torch.zeros(2, 38, 8, 8)]
    maps[which][1, 3, 2, 2] = float('nan')
    with pytest.raises(EstimatorError, match='finite'):
        find_on_device(*maps, LIMBS, PafSettings())
