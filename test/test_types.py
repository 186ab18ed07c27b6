from dataclasses import replace

import numpy as np
import pytest

from pose_ros.errors import SkeletonError
from pose_ros.skeletons import COCO17, OPENPOSE18, SKELETONS
from pose_ros.types import Person, Points, PointSource

SOME = np.random.default_rng(0)


def person(skeleton=OPENPOSE18, missing=(), **values):
    keypoints = SOME.uniform(0, 600, (len(skeleton), 2))
    scores = SOME.uniform(0.1, 1, len(skeleton))
    keypoints[list(missing)], scores[list(missing)] = np.nan, 0
    return Person(skeleton, keypoints, scores, 0.7, **values)


def points(count=18):
    return Points(SOME.normal(size=(count, 3)), np.tile(np.eye(3), (count, 1, 1)), np.full(count, PointSource.SENSOR))


def test_arrays_are_copies_that_cannot_be_changed():
    keypoints, scores = np.zeros((18, 2)), np.zeros(18)
    one = Person(OPENPOSE18, keypoints, scores, 0.5)
    keypoints[:] = 7
    assert not one.keypoints.any()
    for array in (one.keypoints, one.scores):
        assert array.dtype == np.float32
        with pytest.raises(ValueError, match='read-only'):
            array[0] = 1


@pytest.mark.parametrize('keypoints, scores', [((17, 2), (18,)), ((18, 3), (18,)), ((18, 2), (17,)), ((36,), (18,))])
def test_wrong_shapes_are_explained(keypoints, scores):
    with pytest.raises(SkeletonError, match=r'openpose18 needs keypoints \(18, 2\) and scores \(18,\), got'):
        Person(OPENPOSE18, np.zeros(keypoints), np.zeros(scores), 0.5)


def test_moved_there_and_back():
    one = person(missing=(3, 4))
    scale, offset = np.array([2.0, 0.5]), np.array([10.0, -20.0])
    back = one.moved(scale, offset).moved(1 / scale, -offset / scale)
    np.testing.assert_allclose(back.keypoints, one.keypoints, rtol=1e-5, atol=1e-3)
    np.testing.assert_array_equal(back.scores, one.scores)


@pytest.mark.parametrize('missing', [(), (0,), tuple(range(17))])
def test_the_box_holds_what_is_found(missing):
    one = person(missing=missing)
    x, y, width, height = one.bbox
    found = one.keypoints[one.found]
    np.testing.assert_array_equal(found.min(0), [x, y])
    np.testing.assert_allclose(found.max(0), [x + width, y + height], rtol=1e-6)
    assert one.found.sum() == 18 - len(missing)


def test_nobody_has_no_box():
    assert np.isnan(person(missing=range(18)).bbox).all()


@pytest.mark.parametrize('skeleton', SKELETONS.values(), ids=list(SKELETONS))
def test_ones_own_skeleton_changes_nothing(skeleton):
    one = person(skeleton)
    same = one.as_skeleton(skeleton)
    np.testing.assert_array_equal(same.keypoints, one.keypoints)
    np.testing.assert_array_equal(same.scores, one.scores)


def test_another_skeleton_there_and_back_loses_the_neck_only():
    one = person(points=points())
    back = one.as_skeleton(COCO17).as_skeleton(OPENPOSE18)
    neck = OPENPOSE18.index('neck')
    for name in ('keypoints', 'scores'):
        np.testing.assert_array_equal(np.delete(getattr(back, name), neck, 0), np.delete(getattr(one, name), neck, 0))
    assert np.isnan(back.keypoints[neck]).all()
    assert back.scores[neck] == 0
    np.testing.assert_array_equal(back.points.known, np.arange(18) != neck)
    np.testing.assert_array_equal(back.points.positions[0], one.points.positions[0])


def test_points_fit_the_skeleton():
    with pytest.raises(SkeletonError, match='openpose18 needs 18 points, got 17'):
        person(points=points(17))
    with pytest.raises(SkeletonError, match='positions'):
        Points(np.zeros((3, 3)), np.zeros((2, 3, 3)), np.zeros(3))


def test_arrays_are_copied_unless_they_are_frozen_already():
    given = np.zeros((18, 2), np.float32)
    first = Person(OPENPOSE18, given, np.ones(18), 0.5)
    given[:] = 1
    assert not first.keypoints.any()
    assert replace(first, track_id=3).keypoints is first.keypoints
    view = given[:]
    view.flags.writeable = False
    second = Person(OPENPOSE18, view, np.ones(18), 0.5)
    given[:] = 2
    assert (second.keypoints == 1).all()


def test_with_another_identity_and_other_points_all_else_stays():
    one = person(points=points())
    for changed, wanted in ((one.with_track_id(7), replace(one, track_id=7)),
                            (one.with_points(None), replace(one, points=None))):
        assert vars(changed) == vars(wanted)
