import json

import numpy as np
import pytest

from pose_ros.benchmarks.scenes import make_scene
from pose_ros.errors import WeightsError
from pose_ros.grouping.multicut_costs import load_regressions
from pose_ros.grouping.paf import find_pairs
from pose_ros.grouping.settings import GroupingSettings
from pose_ros.skeletons import COCO17, OPENPOSE18
from pose_ros.weights import find_weights

SCENE = make_scene(5, 46, 82, 0)


@pytest.fixture(scope='module')
def shipped():
    return load_regressions(find_weights('deepcut'), OPENPOSE18)


def owners(peaks):
    """(P,) the person of the scene whose keypoint each peak is; -1 for none."""
    truth = (SCENE.keypoints[:, peaks.keypoint] + 0.5) / 8 - 0.5
    distance = np.nan_to_num(np.linalg.norm(truth - peaks.position.T, axis=-1), nan=np.inf)
    return np.where(distance.min(axis=0) < 1, distance.argmin(axis=0), -1)


def test_pairs_of_one_person_gain_and_others_cost(shipped):
    peaks, candidates = find_pairs(SCENE.heatmaps, SCENE.pafs, OPENPOSE18, GroupingSettings())
    problem = shipped.problem(peaks, candidates, OPENPOSE18)
    owner = owners(peaks)
    together = owner[problem.first] == owner[problem.second]
    assert np.median(problem.cost[together]) < -2 and np.median(problem.cost[~together]) > 2
    assert ((problem.cost < 0) == together).mean() > 0.9
    assert (problem.unary[owner >= 0] < 0).mean() > 0.9


def test_each_pair_is_given_once_and_the_usual_costs_are_symmetric(shipped):
    peaks, candidates = find_pairs(SCENE.heatmaps, SCENE.pafs, OPENPOSE18, GroupingSettings())
    problem = shipped.problem(peaks, candidates, OPENPOSE18)
    pairs = np.sort(np.stack([problem.first, problem.second]), axis=0)
    assert np.unique(pairs, axis=1).shape == pairs.shape
    np.testing.assert_array_equal(problem.otherwise, problem.otherwise.T)
    assert (problem.otherwise >= 0).all() and np.isfinite(problem.cost).all()


def test_the_costs_do_not_depend_on_where_the_people_stand(shipped):
    settings = GroupingSettings()
    one, other = (find_pairs(np.roll(SCENE.heatmaps, by, axis=2), np.roll(SCENE.pafs, by, axis=2), OPENPOSE18, settings)
                  for by in (0, 1))
    inside = slice(0, len(one[0].score))
    if len(one[0].score) == len(other[0].score):
        costs = [np.sort(shipped.problem(*found, OPENPOSE18).cost) for found in (one, other)]
        np.testing.assert_allclose(*costs, atol=1e-3)
    assert len(one[0].score[inside]) > 80


def test_a_file_is_read_as_it_was_saved(shipped, tmp_path):
    shipped.save(tmp_path / 'mine.json')
    again = load_regressions(tmp_path / 'mine.json', OPENPOSE18)
    for name in ('limb_sizes', 'unary', 'limbs', 'trunk', 'twins', 'unsupported', 'far', 'apart'):
        np.testing.assert_allclose(getattr(again, name), getattr(shipped, name), atol=1e-4)


def test_another_skeleton_is_refused():
    with pytest.raises(WeightsError, match='deepcut.json is for the skeleton openpose18, the network has coco17'):
        load_regressions(find_weights('deepcut'), COCO17)


@pytest.mark.parametrize('change', [{'limbs': [[1.0]]}, {'unary': None}, {'far': [float('nan')] * 4}, {'more': []}])
def test_damaged_files_are_named(shipped, tmp_path, change):
    shipped.save(path := tmp_path / 'mine.json')
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(WeightsError, match='mine.json'):
        load_regressions(path, OPENPOSE18)


@pytest.mark.parametrize('text', ['', '[]', '{}', '{"skeleton": "openpose18"}'])
def test_what_is_no_such_file_is_named(tmp_path, text):
    (path := tmp_path / 'mine.json').write_text(text)
    with pytest.raises(WeightsError, match='mine.json'):
        load_regressions(path, OPENPOSE18)
