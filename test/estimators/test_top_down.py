"""What all top-down estimators share, with a finder that knows the people."""
import numpy as np
import pytest
import torch

from pose_ros.errors import EstimatorError, ImageError
from pose_ros.estimators.calibration import Calibration, chance
from pose_ros.estimators.estimator import EstimatorSettings
from pose_ros.estimators.top_down import Poses, TopDownEstimator
from pose_ros.grouping.settings import GroupingSettings
from pose_ros.skeletons import COCO17

IMAGE = np.zeros((120, 160, 3), np.uint8)


class KnownPeople:
    """Gives the same people for every image; remembers the batches it was asked for."""

    multiple = 32

    def __init__(self, poses):
        self.poses, self.batches = poses, []

    def find(self, batch, images, letterboxes, settings, grouping):
        self.batches.append(batch)
        return [self.poses] * len(images)


def poses(people, sure=.9, box=.9):
    keypoints = np.random.default_rng(0).random((people, 17, 2)) * 100 + 200 * np.arange(people)[:, None, None]
    return Poses(keypoints, np.full((people, 17), sure), np.full(people, box))


def estimator(found, calibration=None, **settings):
    finder = KnownPeople(found)
    return finder, TopDownEstimator('known', 'known@0', finder, COCO17, device=torch.device('cpu'), dtype=torch.float32,
                                    settings=EstimatorSettings(**settings), grouping=GroupingSettings(),
                                    calibration=calibration)


@pytest.mark.parametrize('people', [0, 1, 100])
def test_everybody_comes_out(people):
    _, model = estimator(poses(people))
    found, = model.estimate([IMAGE])
    assert len(found) == people
    assert all(person.found.all() and person.score == pytest.approx(.81) for person in found)


def test_the_best_comes_first():
    found = poses(3)
    _, model = estimator(Poses(found.keypoints, found.scores, np.array([.5, .9, .7])))
    persons, = model.estimate([IMAGE])
    scores = [person.score for person in persons]
    assert scores == sorted(scores, reverse=True)
    np.testing.assert_allclose(persons[0].keypoints, found.keypoints[1], rtol=1e-6)


def test_a_hundred_boxes_of_one_person_are_one_person():
    one, random = poses(1), np.random.default_rng(0)
    found = Poses(one.keypoints + random.normal(0, 2, (100, 17, 2)), np.full((100, 17), .9), random.uniform(.5, 1, 100))
    (person,), = estimator(found)[1].estimate([IMAGE])
    assert person.score == pytest.approx(.9 * found.boxes.max())
    np.testing.assert_allclose(person.keypoints, one.keypoints[0], atol=1)


def test_a_keypoint_of_low_score_is_not_found():
    found = poses(1)
    found.scores[0, 3] = .01
    (person,), = estimator(found)[1].estimate([IMAGE])
    assert np.isnan(person.keypoints[3]).all() and person.scores[3] == 0 and person.found.sum() == 16


@pytest.mark.parametrize('keypoints', [0, 1, 3])
def test_a_person_of_too_few_keypoints_is_none(keypoints):
    found = poses(1)
    found.scores[0, keypoints:] = 0
    assert estimator(found)[1].estimate([IMAGE]) == [[]]


def test_a_low_score_is_dropped_until_tuned():
    _, model = estimator(poses(1, box=.01))
    assert model.estimate([IMAGE]) == [[]]
    model.tune(EstimatorSettings(min_person_score=0.0), GroupingSettings())
    assert len(model.estimate([IMAGE])[0]) == 1


def test_scores_are_chances_and_the_threshold_is_one_of_them():
    found = poses(1, sure=.6, box=.5)
    calibration = Calibration(2., 1., 3., -1.)
    (person,), = estimator(found, calibration, min_person_score=0.2)[1].estimate([IMAGE])
    assert person.score == pytest.approx(float(chance(np.array(.3), 2., 1.))) == pytest.approx(.333, abs=.001)
    np.testing.assert_allclose(person.scores, chance(np.array(.6), 3., -1.), rtol=1e-6)
    assert estimator(found, calibration, min_person_score=0.4)[1].estimate([IMAGE]) == [[]]


def test_keypoints_that_are_nan_are_not_found():
    found = poses(1)
    found.keypoints[0, 5] = np.nan
    (person,), = estimator(found)[1].estimate([IMAGE])
    assert person.scores[5] == 0 and person.found.sum() == 16


def test_images_of_one_size_are_one_batch():
    finder, model = estimator(poses(1), input_size=64)
    assert [len(one) for one in model.estimate([IMAGE, IMAGE.transpose(1, 0, 2), IMAGE])] == [1, 1, 1]
    assert [tuple(batch.shape) for batch in finder.batches] == [(2, 3, 64, 64), (1, 3, 64, 64)] or \
        [len(batch) for batch in finder.batches] == [3]


def test_no_image_no_answer():
    assert estimator(poses(1))[1].estimate([]) == []


def test_a_bad_image_is_refused_and_the_next_is_served():
    _, model = estimator(poses(1))
    with pytest.raises(ImageError):
        model.estimate([IMAGE[..., 0]])
    assert len(model.estimate([IMAGE])[0]) == 1


def test_a_closed_estimator_says_so():
    _, model = estimator(poses(1))
    model.close()
    with pytest.raises(EstimatorError, match='closed'):
        model.estimate([IMAGE])
