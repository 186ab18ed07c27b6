"""Laws of the keypoint similarity, and one value from pycocotools."""
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from pycocotools.cocoeval import COCOeval, Params

from pose_ros.skeletons import COCO17, OPENPOSE18
from pose_ros.tracking.similarity import duplicates, medians, oks, size_px

RNG = np.random.default_rng(0)
PEOPLE = RNG.uniform(0, 400, (3, 18, 2))


def test_everyone_is_like_themselves_and_less_like_others():
    alike = oks(PEOPLE, PEOPLE, size_px(PEOPLE), OPENPOSE18.sigmas)
    np.testing.assert_allclose(np.diag(alike), 1)
    assert (alike[~np.eye(3, dtype=bool)] < 0.5).all()


def test_missing_keypoints_do_not_count_and_none_in_common_is_zero():
    other = PEOPLE.copy()
    other[:, :9] = np.nan
    np.testing.assert_allclose(np.diag(oks(PEOPLE, other, size_px(PEOPLE), OPENPOSE18.sigmas)), 1)
    rest = np.where(np.isnan(other), PEOPLE, np.nan)
    assert (oks(rest, other, size_px(PEOPLE), OPENPOSE18.sigmas) == 0).all()


def test_moving_and_scaling_both_changes_nothing():
    other = PEOPLE + RNG.normal(0, 10, PEOPLE.shape)
    sizes = size_px(PEOPLE)
    np.testing.assert_allclose(oks(PEOPLE, other, sizes, OPENPOSE18.sigmas),
                               oks(3 * PEOPLE + 7, 3 * other + 7, size_px(3 * PEOPLE), OPENPOSE18.sigmas))


def test_spread_makes_more_alike_and_doubt_less():
    other = PEOPLE + 20
    plain = oks(PEOPLE, other, size_px(PEOPLE), OPENPOSE18.sigmas)
    assert (oks(PEOPLE, other, size_px(PEOPLE), OPENPOSE18.sigmas, spreads=np.full(3, 100.0)) > plain).all()
    assert (oks(PEOPLE, other, size_px(PEOPLE), OPENPOSE18.sigmas, doubt=2) < plain).all()


def test_it_is_the_oks_of_coco():
    truth, found = RNG.uniform(50, 300, (2, 17, 2))
    found = truth + 0.05 * (found - truth)
    size = float(size_px(truth[None])[0])
    evaluation = COCOeval.__new__(COCOeval)
    evaluation.params = Params('keypoints')
    three = [np.column_stack([one, np.full(17, 2)]).ravel().tolist() for one in (truth, found)]
    evaluation._gts = {(1, 1): [{'keypoints': three[0], 'area': size ** 2, 'bbox': [0, 0, 9, 9]}]}
    evaluation._dts = {(1, 1): [{'keypoints': three[1], 'score': 1.0}]}
    got = oks(truth[None], found[None], np.array([size]), COCO17.sigmas)
    assert got[0, 0] == pytest.approx(evaluation.computeOks(1, 1)[0, 0], rel=1e-6)


def test_someone_found_twice_is_told_from_someone_else():
    body = 100 * RNG.random((18, 2))
    others = body[None]
    again = body + 1.0
    upper = np.where(np.arange(18)[:, None] < 4, body, np.nan)
    neighbour = body + [70.0, 0]
    child = body.mean(axis=0) + 0.3 * (body - body.mean(axis=0))[np.roll(np.arange(18), 5)]
    got = duplicates(np.array([again, upper, neighbour, child]), others, OPENPOSE18.sigmas)
    assert got[:, 0].tolist() == [True, True, False, False]
    assert not duplicates(others, np.empty((0, 18, 2)), OPENPOSE18.sigmas).any()
    assert duplicates(np.empty((0, 18, 2)), others, OPENPOSE18.sigmas).shape == (0, 1)


@given(hnp.arrays(float, st.tuples(st.integers(0, 4), st.integers(1, 7), st.integers(1, 3)),
                  elements=st.floats(-1e3, 1e3) | st.just(np.nan)))
def test_medians_are_those_of_numpy(values):
    with warnings.catch_warnings():
        warnings.simplefilter('ignore', RuntimeWarning)  # numpy warns of columns of NaN
        wanted = np.nanmedian(values, axis=1)
    np.testing.assert_allclose(medians(values), wanted, rtol=1e-12)
