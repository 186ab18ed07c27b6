"""Pose NMS: its laws, and the formula written out as in the paper."""
import numpy as np
import pytest

from pose_ros.errors import EstimatorError
from pose_ros.grouping.pose_nms import NEAR, merge, pose_nms, similarity
from pose_ros.grouping.settings import PoseNmsSettings

SETTINGS = PoseNmsSettings()


def crowd(people=4, copies=3, spread=.01, seed=0):
    """Poses of people far apart, several of each: keypoints, scores, ranks and whose they are."""
    random = np.random.default_rng(seed)
    poses = random.random((people, 18, 2)) * 100 + 300 * np.arange(people)[:, None, None]
    keypoints = np.repeat(poses, copies, 0) + 100 * spread * random.normal(size=(people * copies, 18, 2))
    scores = random.uniform(.4, 1, (people * copies, 18))
    return keypoints, scores, scores.mean(1), np.repeat(np.arange(people), copies)


def test_one_pose_of_each_person_stays_and_it_is_the_best():
    keypoints, scores, ranks, owner = crowd()
    kept, stands_for = pose_nms(keypoints, scores, ranks, SETTINGS)
    assert sorted(owner[kept]) == [0, 1, 2, 3]
    assert all(ranks[i] == ranks[owner == owner[i]].max() for i in kept)
    assert (owner[stands_for] == owner).all() and (np.diff(ranks[kept]) <= 0).all()


def test_the_order_of_the_poses_does_not_matter():
    keypoints, scores, ranks, _ = crowd()
    order = np.random.default_rng(1).permutation(len(ranks))
    kept, stands_for = pose_nms(keypoints, scores, ranks, SETTINGS)
    again, leaders = pose_nms(keypoints[order], scores[order], ranks[order], SETTINGS)
    assert (order[again] == kept).all() and (order[leaders] == stands_for[order]).all()


def test_a_second_pass_changes_nothing():
    keypoints, scores, ranks, _ = crowd()
    kept, _ = pose_nms(keypoints, scores, ranks, SETTINGS)
    again, _ = pose_nms(keypoints[kept], scores[kept], ranks[kept], SETTINGS)
    assert (again == np.arange(len(kept))).all()


@pytest.mark.parametrize('scale', [.1, 17.])
def test_the_size_of_the_image_does_not_matter(scale):
    keypoints, scores, ranks, _ = crowd(spread=.08)
    kept, _ = pose_nms(keypoints, scores, ranks, SETTINGS)
    again, _ = pose_nms(keypoints * scale + 40, scores, ranks, SETTINGS)
    assert (again == kept).all()


def test_similarity_is_the_formula_of_the_paper():
    random = np.random.default_rng(2)
    keypoints, scores = random.random((3, 18, 2)) * (40, 100), random.random((3, 18))
    keypoints[1] = keypoints[0] + random.normal(0, 4, (18, 2))
    keypoints[2, 5] = np.nan
    got = similarity(keypoints, scores, SETTINGS)
    for i in range(3):
        sides = np.nanmax(keypoints[i], 0) - np.nanmin(keypoints[i], 0)
        for j in range(3):
            total = 0.
            for a, b, ca, cb in zip(keypoints[i], keypoints[j], scores[i], scores[j]):
                distance = np.linalg.norm(a - b) / (NEAR * sides.max())
                if np.isfinite(distance):
                    agree = np.tanh(ca / SETTINGS.nms_score_scale) * np.tanh(cb / SETTINGS.nms_score_scale)
                    total += agree * (distance < 1)
                    total += SETTINGS.nms_weight * np.exp(-distance / SETTINGS.nms_distance_scale)
            assert got[i, j] == pytest.approx(total / 18, abs=1e-4)


def test_merged_keypoints_are_means_where_the_poses_agree():
    keypoints, scores, ranks, owner = crowd(people=1, copies=40, spread=.02)
    clean = crowd(people=1, copies=1, spread=0)[0][0]
    kept, stands_for = pose_nms(keypoints, scores, ranks, SETTINGS)
    merged = merge(keypoints, scores, kept, stands_for)
    assert len(kept) == 1
    assert np.linalg.norm(merged[0] - clean, axis=1).mean() < .5 * np.linalg.norm(keypoints - clean, axis=2).mean()


def test_keypoints_nobody_found_stay_unknown():
    keypoints, scores, ranks, _ = crowd(people=1, copies=2)
    keypoints[:, 7], scores[:, 7] = np.nan, 0
    kept, stands_for = pose_nms(keypoints, scores, ranks, SETTINGS)
    assert np.isnan(merge(keypoints, scores, kept, stands_for)[0, 7]).all()


@pytest.mark.parametrize('count', [0, 1])
def test_nobody_and_one_person(count):
    keypoints, scores, ranks, _ = crowd(people=1, copies=1)
    kept, stands_for = pose_nms(keypoints[:count], scores[:count], ranks[:count], SETTINGS)
    assert len(kept) == len(stands_for) == count
    assert merge(keypoints[:count], scores[:count], kept, stands_for).shape == (count, 18, 2)


def test_a_pose_of_one_keypoint_is_no_reason_to_fail():
    keypoints = np.full((3, 18, 2), np.nan)
    keypoints[:, 4] = [[10, 10], [10, 10], [400, 10]]
    scores = np.isfinite(keypoints).all(2) * .9
    kept, _ = pose_nms(keypoints, scores, np.array([.3, .2, .1]), SETTINGS)
    assert 0 in kept and 2 in kept


def test_arrays_that_do_not_fit_are_refused():
    with pytest.raises(EstimatorError, match='poses need'):
        pose_nms(np.zeros((2, 18, 2)), np.zeros((2, 17)), np.zeros(2), SETTINGS)
