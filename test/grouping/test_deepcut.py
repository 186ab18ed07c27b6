from dataclasses import replace

import cv2
import numpy as np
import pytest

from pose_ros.benchmarks.deepcut import SEEDS
from pose_ros.benchmarks.scenes import STRIDE, make_scene, score
from pose_ros.grouping.candidates import Candidates
from pose_ros.grouping.deepcut import DeepCut, keypoint_stages
from pose_ros.grouping.multicut_costs import load_regressions
from pose_ros.grouping.paf import find_pairs, group
from pose_ros.grouping.peaks import Peaks
from pose_ros.grouping.settings import GroupingSettings
from pose_ros.skeletons import OPENPOSE18
from pose_ros.weights import find_weights

DEFAULTS = GroupingSettings()


@pytest.fixture
def deepcut():
    return DeepCut(load_regressions(find_weights('deepcut'), OPENPOSE18))


def pairs_of(scene, settings=DEFAULTS):
    return find_pairs(scene.heatmaps, scene.pafs, OPENPOSE18, settings)


@pytest.mark.parametrize('people', [1, 5, 20, 50])
@pytest.mark.parametrize('incremental', [False, True])
def test_as_many_people_are_found_as_by_openpose_on_the_scenes_of_the_benchmark(deepcut, people, incremental):
    settings = GroupingSettings(incremental=incremental)
    scenes = [make_scene(people, 46, 82, seed) for seed in SEEDS]
    ours = [score(scene, deepcut.group(*pairs_of(scene), OPENPOSE18, settings, STRIDE)) for scene in scenes]
    theirs = [score(scene, group(*pairs_of(scene), OPENPOSE18, settings, STRIDE)) for scene in scenes]
    slack = people * len(scenes) // 20 if incremental else 0
    assert sum(one.found for one in ours) + slack >= sum(one.found for one in theirs)
    assert sum(one.wrong for one in ours) <= people * len(scenes) // 10


def test_every_peak_is_used_once_and_the_objective_is_below_that_of_openpose(deepcut):
    scene = make_scene(20, 46, 82, 0)
    peaks, candidates = pairs_of(scene)
    persons = deepcut.group(peaks, candidates, OPENPOSE18, DEFAULTS, STRIDE)
    points = np.concatenate([person.keypoints[person.found] for person in persons])
    assert len(np.unique(points, axis=0)) == len(points)
    assert deepcut.solution.objective < 0
    assert deepcut.solution.bound <= deepcut.solution.objective
    assert deepcut.solution.gap < 0.01


def test_people_are_sorted_and_their_scores_are_shares(deepcut):
    persons = deepcut.group(*pairs_of(make_scene(20, 46, 82, 1)), OPENPOSE18, DEFAULTS, STRIDE)
    scores = [person.score for person in persons]
    assert scores == sorted(scores, reverse=True) and 0 < min(scores) and max(scores) <= 1
    for person in persons:
        assert ((person.scores > 0) == person.found).all()
        assert person.found.sum() >= DEFAULTS.min_keypoints


def test_a_keypoint_seen_twice_is_between_its_peaks():
    shipped = load_regressions(find_weights('deepcut'), OPENPOSE18)
    deepcut = DeepCut(replace(shipped, twins=np.tile([4.0, -10.0], (18, 1))))
    scene = make_scene(1, 46, 82, 0)
    peaks, candidates = pairs_of(scene)
    place = int(np.flatnonzero(peaks.keypoint == 2)[0])
    twin = Peaks(np.insert(peaks.keypoint, place, 2),
                 np.insert(peaks.position, place, peaks.position[:, place] + (0, 0.02), axis=1),
                 np.insert(peaks.score, place, peaks.score[place]))
    moved = [ends + (ends >= place) for ends in (candidates.first, candidates.second)]
    also = [np.flatnonzero(ends == place + 1) for ends in moved]
    limb = np.concatenate([candidates.limb, *(candidates.limb[rows] for rows in also)])
    first = np.concatenate([moved[0], np.full(len(also[0]), place), moved[0][also[1]]])
    second = np.concatenate([moved[1], moved[1][also[0]], np.full(len(also[1]), place)])
    strength = np.concatenate([candidates.score, *(candidates.score[rows] for rows in also)])
    doubled, = deepcut.group(twin, Candidates(limb, first, second, strength), OPENPOSE18, DEFAULTS, STRIDE)
    plain, = deepcut.group(peaks, candidates, OPENPOSE18, DEFAULTS, STRIDE)
    np.testing.assert_allclose(doubled.keypoints[2], plain.keypoints[2] + (0, 0.01 * STRIDE), atol=1e-3)
    np.testing.assert_allclose(np.delete(doubled.keypoints, 2, axis=0), np.delete(plain.keypoints, 2, axis=0))


@pytest.mark.parametrize('incremental', [False, True])
def test_nobody_and_one_keypoint_are_no_people(deepcut, incremental):
    settings = GroupingSettings(incremental=incremental)
    heatmaps, pafs = np.zeros((19, 12, 12), np.float32), np.zeros((38, 12, 12), np.float32)
    for height in (0, 1):
        heatmaps[3, 5, 5] = height
        assert deepcut.group(*find_pairs(heatmaps, pafs, OPENPOSE18, settings), OPENPOSE18, settings, 8) == []


def test_a_solver_out_of_time_still_answers_with_people_and_the_gap(deepcut):
    scene = make_scene(20, 46, 82, 1)
    settings = GroupingSettings(solver_ms=0.0)
    persons = deepcut.group(*pairs_of(scene), OPENPOSE18, settings, STRIDE)
    assert score(scene, persons).found == 20
    assert 0 <= deepcut.solution.gap < 0.05


def test_a_hundred_people_are_served(deepcut):
    """Two scenes of 50 side by side."""
    scenes = [make_scene(50, 92, 164, seed) for seed in (0, 1)]
    heatmaps, pafs = (np.concatenate(maps, axis=2) for maps in zip(*((one.heatmaps, one.pafs) for one in scenes)))
    persons = deepcut.group(*find_pairs(heatmaps, pafs, OPENPOSE18, DEFAULTS), OPENPOSE18, DEFAULTS, STRIDE)
    assert 95 <= len(persons) <= 105


def test_noise_is_answered_soon_without_a_search():
    """1800 peaks, nearly all of them connected: too many for anything but the greedy solution."""
    rng = np.random.default_rng(0)
    maps = [rng.normal(0, 0.3, (channels, 42, 56)).astype(np.float32) for channels in (19, 38)]
    blurred = [np.stack([cv2.GaussianBlur(one, (3, 3), 0) for one in channels]) for channels in maps]
    deepcut = DeepCut(load_regressions(find_weights('deepcut'), OPENPOSE18))
    settings = GroupingSettings(solver_ms=0.0)
    found = find_pairs(blurred[0].clip(0, 1), blurred[1] * 4, OPENPOSE18, settings)
    assert len(found[0].score) > 1000
    persons = deepcut.group(*found, OPENPOSE18, settings, STRIDE)
    assert all(np.isfinite(person.score) for person in persons)
    assert deepcut.solution.bound <= deepcut.solution.objective


def test_heads_come_first_and_legs_last():
    stages = dict(zip(OPENPOSE18.keypoints, keypoint_stages(OPENPOSE18)))
    assert stages['nose'] == stages['neck'] == stages['left_shoulder'] == 0
    assert stages['right_elbow'] == stages['left_wrist'] == 1
    assert stages['left_hip'] == stages['right_ankle'] == 2
