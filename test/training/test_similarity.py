import numpy as np
import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from pose_ros.skeletons import COCO17
from pose_ros.training.annotations import LabelledPerson
from pose_ros.training.similarity import is_matched, oks
from pose_ros.types import Person


def random_people(seed, count):
    rng = np.random.default_rng(seed)
    keypoints = rng.uniform(0, 200, (count, 17, 2))
    keypoints[rng.random((count, 17)) < 0.2] = np.nan
    return keypoints


@pytest.mark.parametrize('seed', range(4))
def test_similarity_is_pycocotools(seed):
    truth = random_people(seed, 4)
    found = np.concatenate([truth + np.random.default_rng(9).normal(0, 20, truth.shape), random_people(seed + 50, 2)])
    found = np.nan_to_num(found, nan=-1e6)
    areas = np.linspace(500, 40000, 4)
    coco = COCO()
    coco.dataset = {'info': {}, 'images': [{'id': 1}], 'categories': [{'id': 1}], 'annotations': [
        {'id': i + 1, 'image_id': 1, 'category_id': 1, 'iscrowd': 0, 'area': area, 'bbox': [0, 0, 200, 200],
         'num_keypoints': 17, 'keypoints': np.column_stack([np.nan_to_num(one), 2.0 * ~np.isnan(one[:, 0])]).ravel()}
        for i, (one, area) in enumerate(zip(truth, areas))]}
    coco.createIndex()
    results = coco.loadRes([{'image_id': 1, 'category_id': 1, 'score': 1 - 0.1 * i,
                             'keypoints': np.column_stack([one, np.ones(17)]).ravel().tolist()}
                            for i, one in enumerate(found)])
    scorer = COCOeval(coco, results, 'keypoints')
    scorer._prepare()
    labels = [LabelledPerson(one, np.zeros(4), area, False) for one, area in zip(truth, areas)]
    ours = oks(labels, [Person(COCO17, one, np.ones(17), 1.0) for one in found])
    np.testing.assert_allclose(ours, scorer.computeOks(1, 1).T, atol=1e-5)


def test_nobody_is_similar_to_nobody():
    label = LabelledPerson(np.zeros((17, 2)), np.zeros(4), 100.0, False)
    assert oks([], []).shape == (0, 0)
    assert oks([label], []).shape == (1, 0)
    assert not is_matched(oks([label], []), np.array([100.0])).any()


@pytest.mark.parametrize('similarity, area, matched', [
    ([[0.9, 0.6], [0.8, 0.4]], [1, 2], [True, True]), ([[0.9, 0.6], [0.8, 0.4]], [2, 1], [True, False]),
    ([[0.5]], [1], [True]), ([[0.49]], [1], [False]), ([[0.9], [0.95]], [5, 5], [True, False])])
def test_the_largest_choose_first(similarity, area, matched):
    assert is_matched(np.array(similarity), np.array(area)).tolist() == matched
