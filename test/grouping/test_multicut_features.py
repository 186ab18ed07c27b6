import numpy as np
import pytest

from pose_ros.benchmarks.scenes import make_scene
from pose_ros.grouping.candidates import Candidates
from pose_ros.grouping.multicut_features import body_sizes, limb_pairs, trunk_indices, trunk_pairs, twin_pairs
from pose_ros.grouping.paf import find_pairs
from pose_ros.grouping.peaks import Peaks
from pose_ros.grouping.settings import GroupingSettings
from pose_ros.skeletons import COCO17, OPENPOSE18

LIMBS = len(OPENPOSE18.limbs)


def nothing():
    none = np.zeros(0, np.int64)
    return Candidates(none, none, none, np.zeros(0, np.float32))


@pytest.fixture(scope='module')
def found():
    scene = make_scene(5, 46, 82, 0)
    return find_pairs(scene.heatmaps, scene.pafs, OPENPOSE18, GroupingSettings())


def scaled(peaks, factor):
    return Peaks(peaks.keypoint, peaks.position * np.float32(factor), peaks.score)


def test_the_trunk_is_named_by_its_ends():
    names = [tuple(OPENPOSE18.keypoints[k] for k in side) for side in trunk_indices(OPENPOSE18)]
    assert ('left_shoulder', 'left_hip') in names and len(names) == 4
    assert trunk_indices(COCO17).shape == (0, 2), 'they are limbs of this skeleton'


def test_a_person_twice_as_large_has_twice_the_size_and_the_same_features(found):
    peaks, candidates = found
    lengths = np.full(LIMBS, 0.2)
    trunk = trunk_indices(OPENPOSE18)
    small, large = peaks, scaled(peaks, 2)
    sizes = [body_sizes(one, candidates, lengths) for one in (small, large)]
    np.testing.assert_allclose(sizes[1], 2 * sizes[0], rtol=1e-5)
    for make in (lambda one, size: limb_pairs(one, candidates, size, lengths),
                 lambda one, size: trunk_pairs(one, size, trunk),
                 lambda one, size: twin_pairs(one, size, len(OPENPOSE18))):
        one, other = make(small, sizes[0]), make(large, sizes[1])
        np.testing.assert_array_equal(one.first, other.first)
        np.testing.assert_allclose(one.features, other.features, atol=1e-4)


def test_peaks_without_a_limb_have_no_size_and_are_in_no_pair_of_the_trunk():
    peaks = Peaks(np.array([2, 5, 8, 11]), np.array([[1, 3, 1, 3], [1, 1, 4, 4]], np.float32), np.ones(4, np.float32))
    sizes = body_sizes(peaks, nothing(), np.ones(LIMBS))
    assert np.isnan(sizes).all()
    for pairs in (trunk_pairs(peaks, sizes, trunk_indices(OPENPOSE18)), twin_pairs(peaks, sizes, 18),
                  limb_pairs(peaks, nothing(), sizes, np.ones(LIMBS))):
        assert len(pairs.first) == len(pairs.features) == 0


def test_twins_are_near_peaks_of_one_keypoint():
    peaks = Peaks(np.array([0, 0, 0, 1]), np.array([[1, 2, 9, 1], [0, 0, 0, 0]], np.float32), np.ones(4, np.float32))
    pairs = twin_pairs(peaks, np.full(4, 10.0), 2)
    assert (pairs.first.tolist(), pairs.second.tolist(), pairs.group.tolist()) == ([0], [1], [0])
    np.testing.assert_allclose(pairs.features, [[1, 0.1]])


def test_peaks_of_no_image_are_no_pairs():
    empty = Peaks(np.zeros(0, np.int64), np.zeros((2, 0), np.float32), np.zeros(0, np.float32))
    sizes = body_sizes(empty, nothing(), np.ones(LIMBS))
    for pairs in (twin_pairs(empty, sizes, 18), trunk_pairs(empty, sizes, trunk_indices(OPENPOSE18))):
        assert len(pairs.first) == 0
