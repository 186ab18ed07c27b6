"""Agreement in space: all of it for the truth itself, less for people who are swapped, moved or missing."""
from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from pose_ros.demo.floor_plan import FloorPlan
from pose_ros.demo.space_truth import SpaceTruth
from pose_ros.drawing import colour_of
from pose_ros.synthetic.depth_clip import depth_clip


@pytest.fixture(scope='module')
def shots():
    return list(depth_clip(seed=None))[30:60]


def scored(shots, change) -> dict[str, float]:
    """The score of the true people of every frame, changed."""
    truth = SpaceTruth(shots)
    for number, shot in enumerate(shots):
        truth.add(shot.image, [change(one, number) for one in shot.persons if one.scores.sum() >= 5])
    return truth.score()


def shifted(person, metres: float):
    points = replace(person.points, positions=person.points.positions + [0, 0, metres])
    return replace(person, points=points)


def test_the_truth_itself_is_followed_perfectly(shots):
    score = scored(shots, lambda one, _: one)
    assert (score['frames'], score['idf1'], score['switches']) == (len(shots), 1.0, 0)
    assert score['median_error_m'] == score['p95_error_m'] == 0 and score['points'] > 500


def test_people_who_stand_elsewhere_are_as_far_off(shots):
    score = scored(shots, lambda one, _: shifted(one, 0.25))
    assert score['median_error_m'] == pytest.approx(0.25, abs=1e-3) and score['idf1'] == 1.0


def test_identities_that_change_cost(shots):
    score = scored(shots, lambda one, number: replace(one, track_id=one.track_id + 10 * (number >= 15)))
    assert score['idf1'] < 0.7 and score['switches'] >= 2


def test_without_points_there_is_no_distance(shots):
    score = scored(shots, lambda one, _: replace(one, points=None))
    assert score['points'] == 0 and np.isnan(score['median_error_m']) and score['idf1'] == 1.0


def test_nobody_and_other_images(shots):
    truth = SpaceTruth(shots)
    truth.add(np.zeros((4, 4, 3), np.uint8), [])
    assert truth.score()['frames'] == 0 and truth.score()['idf1'] == 0
    truth.add(shots[0].image, [])
    assert truth.score()['frames'] == 1 and truth.score()['people'] >= 1


def test_the_plan_shows_where_people_went(shots, tmp_path):
    plan = FloorPlan()
    for shot in shots:
        plan.add(shot.persons, [replace(one, track_id=5) for one in shot.persons[:1]])
    plan.save(tmp_path / 'floor.png')
    drawn = cv2.cvtColor(cv2.imread(str(tmp_path / 'floor.png')), cv2.COLOR_BGR2RGB)
    colour = np.round(255 * np.array(colour_of(5)))
    rows, columns = np.nonzero((np.abs(drawn - colour) < 2).all(axis=2))
    hips = np.array([one.points.positions[[8, 11]].mean(axis=0) for shot in shots for one in shot.persons[:1]])
    assert np.median(columns) == pytest.approx((np.median(hips[:, 0]) + 3) * 110, abs=40)
    assert np.median(rows) == pytest.approx((5 - np.median(hips[:, 2])) * 110, abs=20)


def test_an_empty_plan_can_be_drawn():
    assert FloorPlan().draw().shape[2] == 3
