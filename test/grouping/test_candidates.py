import numpy as np
import pytest

from pose_ros.benchmarks.scenes import make_scene
from pose_ros.grouping import candidates
from pose_ros.grouping.candidates import find_candidates
from pose_ros.grouping.peaks import Peaks, find_peaks
from pose_ros.grouping.settings import PafSettings
from pose_ros.skeletons import OPENPOSE18

SETTINGS = PafSettings()
ONE_LIMB = np.array([[0, 1]])


def two_peaks(start, end):
    return Peaks(np.array([0, 1]), np.array([start, end], np.float32).T, np.ones(2, np.float32))


def field(x, y, shape=(20, 20)):
    return np.stack([np.full(shape, x), np.full(shape, y)]).astype(np.float32)


def one_by_one(peaks, pafs, limbs, settings):
    """The definition, in plain loops and double precision."""
    found = {}
    height, width = pafs.shape[1:]
    for limb, (a, b) in enumerate(limbs):
        for i in np.flatnonzero(peaks.keypoint == a):
            for j in np.flatnonzero(peaks.keypoint == b):
                start, way = peaks.position[:, i], peaks.position[:, j] - peaks.position[:, i]
                length = np.hypot(*way)
                along = [0.5, *((np.arange(10) + 0.5) / 10)]
                cells = [(start + t * way + 0.5).astype(int) for t in along]
                vectors = np.array([pafs[2 * limb:2 * limb + 2, y, x] for x, y in cells])
                support = vectors @ way / max(length, 1e-6)
                score = support[1:].mean() + min(settings.long_limb * height / max(length, 1e-6) - 1, 0)
                supporting = (support[1:] > settings.limb_threshold).mean()
                if length < settings.short_limb:
                    found[limb, i, j] = max(np.linalg.norm(vectors[1:], axis=1).mean(), settings.limb_threshold)
                elif support[0] > settings.limb_threshold and supporting >= settings.limb_ratio - 1e-6 and score > 0:
                    found[limb, i, j] = score
    return found


@pytest.mark.parametrize('people, settings', [(1, SETTINGS), (5, SETTINGS), (5, PafSettings(short_limb=3.0)),
                                              (5, PafSettings(long_limb=0.1, limb_ratio=0.9, limb_threshold=0.3))])
def test_agrees_with_the_definition(people, settings):
    scene = make_scene(people, 46, 82, 0)
    peaks = find_peaks(scene.heatmaps[:18], 0.1, 100)
    found = find_candidates(peaks, scene.pafs, OPENPOSE18.limb_indices, settings)
    expected = one_by_one(peaks, scene.pafs, OPENPOSE18.limb_indices, settings)
    assert list(zip(found.limb, found.first, found.second)) == list(expected)
    np.testing.assert_allclose(found.score, list(expected.values()), atol=1e-5)


@pytest.mark.parametrize('block', [1, 7, 100])
def test_blocks_change_nothing(block, monkeypatch):
    scene = make_scene(20, 46, 82, 1)
    peaks = find_peaks(scene.heatmaps[:18], 0.1, 100)
    whole = find_candidates(peaks, scene.pafs, OPENPOSE18.limb_indices, SETTINGS)
    monkeypatch.setattr(candidates, '_BLOCK', block)
    parts = find_candidates(peaks, scene.pafs, OPENPOSE18.limb_indices, SETTINGS)
    for name in ('limb', 'first', 'second', 'score'):
        np.testing.assert_allclose(getattr(parts, name), getattr(whole, name), atol=1e-5)


@pytest.mark.parametrize('x, y, score', [(1, 0, 1), (0.5, 0, 0.5), (-1, 0, None), (0, 1, None), (0.04, 0, None)])
def test_the_score_is_the_field_along_the_limb(x, y, score):
    found = find_candidates(two_peaks((3, 4), (9, 4)), field(x, y), ONE_LIMB, SETTINGS)
    assert found.score.tolist() == ([] if score is None else [pytest.approx(score)])


def test_a_gap_in_the_field_prunes_the_limb():
    pafs = field(1, 0)
    pafs[:, :, 3:8] = 0
    assert len(find_candidates(two_peaks((3, 4), (13, 4)), pafs, ONE_LIMB, SETTINGS).score) == 0


def test_long_limbs_lose_score():
    scores = [find_candidates(two_peaks((1, 4), (1 + length, 4)), field(1, 0), ONE_LIMB, SETTINGS).score[0]
              for length in (5, 10, 15, 18)]
    assert scores[0] == scores[1] == pytest.approx(1)
    assert scores[1] > scores[2] > scores[3] > 0


@pytest.mark.parametrize('end', [(3, 4), (3.5, 4), (3, 3.4)])
def test_the_limbs_of_tiny_faces_need_no_field(end):
    found = find_candidates(two_peaks((3, 4), end), field(0, 0), ONE_LIMB, SETTINGS)
    assert len(found.score) == 1
    assert 0 < found.score[0] <= SETTINGS.limb_threshold + 1e-3


@pytest.mark.parametrize('keypoints', [[], [0], [1, 1]])
def test_without_partners_there_are_no_candidates(keypoints):
    peaks = Peaks(np.array(keypoints, int), np.ones((2, len(keypoints)), np.float32), np.ones(len(keypoints)))
    assert len(find_candidates(peaks, field(1, 0), ONE_LIMB, SETTINGS).score) == 0
