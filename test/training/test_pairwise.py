import numpy as np
import pytest

from pose_ros.benchmarks.scenes import STRIDE, make_scene, score
from pose_ros.grouping.deepcut import DeepCut
from pose_ros.grouping.multicut_costs import load_regressions
from pose_ros.grouping.paf import find_pairs
from pose_ros.grouping.peaks import Peaks
from pose_ros.grouping.settings import GroupingSettings
from pose_ros.skeletons import OPENPOSE18
from pose_ros.synthetic.scene import Scene
from pose_ros.training.pair_samples import drawn_samples, limb_sizes, owners_of
from pose_ros.training.pairwise import fit

DEFAULTS = GroupingSettings()


@pytest.fixture(scope='module')
def scenes():
    """People without pictures: those of the benchmark's scenes, as if rendered 656 px wide."""
    made = []
    for seed in range(40, 52):
        keypoints = make_scene(5, 46, 82, seed).keypoints
        seen = np.isfinite(keypoints).all(axis=-1)
        persons = np.concatenate([np.nan_to_num(keypoints), 2.0 * seen[..., None]], axis=-1).astype(np.float32)
        made.append(Scene(np.zeros((368, 656, 3), np.uint8), persons))
    return made


@pytest.fixture(scope='module')
def fitted(scenes):
    return fit(list(drawn_samples(scenes, 40, 0)), limb_sizes(scenes, OPENPOSE18), OPENPOSE18)


def test_what_was_learnt_is_saved_and_groups_people_never_seen(fitted, tmp_path):
    fitted.save(tmp_path / 'mine.json')
    deepcut = DeepCut(load_regressions(tmp_path / 'mine.json', OPENPOSE18))
    scene = make_scene(20, 46, 82, 7)
    found = find_pairs(scene.heatmaps, scene.pafs, OPENPOSE18, DEFAULTS)
    assert score(scene, deepcut.group(*found, OPENPOSE18, DEFAULTS, STRIDE)).found >= 19


def test_higher_peaks_and_stronger_limbs_are_likelier(fitted):
    assert (fitted.unary[:, 1] > 0).all()
    weak, strong = (fitted.limbs @ np.array([1, s, s * s, 0, 0, 0]) for s in (0.1, 0.7))
    assert (strong > weak).all() and (strong > 0).mean() > 0.8
    assert (fitted.unsupported < 0).all() and (fitted.apart < 0).all()


def test_limb_sizes_are_shares_of_a_person(scenes):
    sizes = dict(zip(OPENPOSE18.limbs, limb_sizes(scenes, OPENPOSE18)))
    assert 0.2 < sizes['right_hip', 'right_knee'] < 0.35
    assert sizes['left_hip', 'left_knee'] == pytest.approx(sizes['right_hip', 'right_knee'], rel=0.1)


def test_the_same_seed_gives_the_same_crowds(scenes):
    one, other = (list(drawn_samples(scenes, 3, 5)) for _ in range(2))
    for a, b in zip(one, other):
        np.testing.assert_array_equal(a.peaks.position, b.peaks.position)
        np.testing.assert_array_equal(a.owner, b.owner)


def test_a_peak_belongs_to_the_nearest_person_with_that_keypoint_near():
    persons = np.zeros((2, 18, 3))
    persons[:, 0] = [[10, 10, 2], [12, 10, 2]]
    persons[:, 5] = [[10, 40, 2], [12, 40, 0]]
    peaks = Peaks(np.array([0, 0, 0, 5]), np.array([[10.4, 11.8, 30, 12], [10, 10, 10, 40]], np.float32),
                  np.ones(4, np.float32))
    assert owners_of(peaks, persons).tolist() == [0, 1, -1, 0]
    assert owners_of(peaks, np.zeros((0, 18, 3))).tolist() == [-1] * 4
