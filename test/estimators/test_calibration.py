import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pose_ros.errors import WeightsError
from pose_ros.estimators.calibration import Calibration, chance, log_odds
from pose_ros.skeletons import OPENPOSE18
from pose_ros.types import Person

SCORES = st.lists(st.floats(0.0, 1.0), min_size=2, max_size=20).map(np.array)


def person():
    keypoints = np.full((18, 2), np.nan)
    keypoints[:5] = 7
    return Person(OPENPOSE18, keypoints, np.where(np.isfinite(keypoints[:, 0]), 0.3, 0), 0.4, track_id=3)


def test_without_a_calibration_nothing_changes():
    one = person()
    assert Calibration().apply(one) is one
    assert Calibration.of_checkpoint({}, 'openpose') == Calibration()
    assert Calibration.of_checkpoint({'calibration': {'deepcut': {'person_slope': 2}}}, 'openpose') == Calibration()


@given(SCORES)
def test_slope_one_and_offset_zero_are_the_identity(scores):
    np.testing.assert_allclose(chance(scores, 1, 0), scores, atol=1e-3)


@given(SCORES, st.floats(0.1, 10), st.floats(-5, 5))
def test_chances_are_chances_and_keep_the_order(scores, slope, offset):
    got = chance(np.sort(scores), slope, offset)
    assert (got >= 0).all() and (got <= 1).all() and (np.diff(got) >= 0).all()


def test_an_even_chance_lies_where_the_odds_cancel_the_offset():
    assert chance(np.array(0.25), 2, -2 * log_odds(np.array(0.25))) == pytest.approx(0.5)


def test_what_was_not_found_keeps_score_zero():
    got = Calibration(2, 1, 3, 2).apply(person())
    assert (got.scores[5:] == 0).all() and (got.scores[:5] > 0).all() and np.isnan(got.keypoints[5:]).all()
    np.testing.assert_allclose(got.scores[:5], chance(np.array(0.3), 3, 2), rtol=1e-6)
    assert got.score == pytest.approx(float(chance(np.array(0.4), 2, 1))) and got.track_id == 3


@pytest.mark.parametrize('values', [
    3, {'openpose': 3}, {'openpose': {'slope': 1}}, {'openpose': {'person_slope': 'a'}}])
def test_a_malformed_calibration_is_refused(values):
    with pytest.raises(WeightsError, match='malformed'):
        Calibration.of_checkpoint({'calibration': values}, 'openpose')
