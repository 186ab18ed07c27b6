import numpy as np
import pytest

from pose_ros.errors import DatasetError
from pose_ros.estimators.calibration import chance
from pose_ros.estimators.fake import FakeEstimator
from pose_ros.skeletons import COCO17
from pose_ros.training.annotations import LabelledImage, LabelledPerson
from pose_ros.training.calibration import Answers, Outcomes, calibration_error, collect, f1_score, fit, reliability
from pose_ros.types import Person

IMAGE = np.zeros((100, 100, 3), np.uint8)
POINTS = np.column_stack([np.linspace(10, 60, 17), np.linspace(10, 90, 17)])


def label(points=POINTS, crowd=False, box=(10, 10, 50, 80)):
    return LabelledPerson(np.array(points, float), np.array(box, float), 2000.0, crowd)


def answers(people, found):
    """Persons' and keypoints' outcomes for persons (points, score) found in one image with labelled people."""
    persons = [Person(COCO17, points, np.where(np.isfinite(points[:, 0]), 0.5, 0), score) for points, score in found]
    got = collect(FakeEstimator(lambda _: persons), [IMAGE], [LabelledImage('a.png', 100, 100, tuple(people))])
    return got.persons, got.keypoints


def drawn(slope, offset, count=20_000):
    """Outcomes whose chances are known."""
    random = np.random.default_rng(0)
    scores = random.uniform(0.02, 0.98, count)
    return Outcomes(scores, random.random(count) < chance(scores, slope, offset))


@pytest.mark.parametrize(('slope', 'offset'), [(1, 0), (2, 1), (0.5, -1)])
def test_the_fit_finds_the_chances_that_made_the_outcomes(slope, offset):
    outcomes = drawn(slope, offset)
    assert fit([outcomes]) == pytest.approx((slope, offset), abs=0.08)
    assert calibration_error(outcomes.calibrated(*fit([outcomes]))) < 0.02


def test_scores_that_say_nothing_become_one_chance_and_never_turn_round():
    random = np.random.default_rng(1)
    scores = random.random(4000)
    assert fit([Outcomes(scores, random.random(4000) < 0.3)])[0] == pytest.approx(0, abs=0.1)
    slope, offset = fit([Outcomes(scores, random.random(4000) > scores)])
    assert slope == 0 and chance(np.array(0.9), slope, offset) == pytest.approx(0.5, abs=0.05)


def test_a_part_weighs_the_same_however_many_answers_it_has():
    scores = np.full(400, 0.5)
    never, always = Outcomes(scores, np.zeros(400, bool)), Outcomes(scores[:40], np.ones(40, bool))
    assert chance(scores[:1], *fit([never, always])) == pytest.approx(0.5, abs=0.03)


def test_too_few_outcomes_are_refused():
    with pytest.raises(DatasetError, match='30 answers were right and 0 wrong; allowed: at least 20 of each'):
        fit([Outcomes(np.full(30, 0.5), np.ones(30, bool))])


def test_reliability_counts_every_answer_once():
    outcomes = drawn(1, 0)
    rows = reliability(outcomes)
    assert len(rows) == 10 and rows[:, 2].sum() == len(outcomes.scores)
    np.testing.assert_allclose(rows[:, 0], rows[:, 1], atol=0.05)
    assert reliability(Outcomes(np.array([1.0, 0.0]), np.array([True, False]))).tolist() == [[0, 0, 1], [1, 1, 1]]


def test_a_person_is_right_once():
    persons, keypoints = answers([label()], [(POINTS, 0.9), (POINTS + 1, 0.4)])
    assert persons.scores.tolist() == [0.9, 0.4] and persons.right.tolist() == [True, False]
    assert keypoints.right.all() and len(keypoints.right) == 34


def test_nobody_there_means_wrong():
    persons, keypoints = answers([], [(POINTS, 0.9)])
    assert persons.right.tolist() == [False] and not keypoints.right.any() and len(keypoints.right) == 17


def test_keypoints_are_judged_one_by_one_and_only_with_a_label():
    labelled, found = POINTS.copy(), POINTS.copy()
    labelled[:3], found[3], found[4] = np.nan, np.nan, POINTS[4] + 60
    _, keypoints = answers([label(labelled)], [(found, 0.9)])
    assert len(keypoints.right) == 13 and keypoints.right.sum() == 12


def test_crowds_are_neither_right_nor_wrong():
    persons, keypoints = answers([label(np.full((17, 2), np.nan), crowd=True)], [(POINTS, 0.9), (POINTS + 80, 0.8)])
    assert persons.scores.tolist() == [0.8] and len(keypoints.right) == 17


def test_who_is_labelled_in_a_crowd_is_right_there():
    persons, _ = answers([label(), label(np.full((17, 2), np.nan), crowd=True)], [(POINTS, 0.9)])
    assert persons.right.tolist() == [True]


def test_f1_counts_missed_and_invented_people_alike():
    persons = Outcomes(np.array([0.9, 0.8, 0.3]), np.array([True, False, True]))
    answers = Answers(persons, persons, people=3)
    assert f1_score(answers, 1, 0, 0.85) == 2 * 1 / (1 + 3)
    assert f1_score(answers, 1, 0, 0.1) == 2 * 2 / (3 + 3)
    assert f1_score(answers, 1, 0, 0.99) == 0
    assert np.isnan(f1_score(Answers(Outcomes.joined([]), persons, 0), 1, 0, 0.5))
