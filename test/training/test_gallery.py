import numpy as np
import pytest

from pose_ros.estimators.fake import FakeEstimator
from pose_ros.skeletons import OPENPOSE18
from pose_ros.synthetic.scene import Scene
from pose_ros.training.annotations import read_coco
from pose_ros.training.gallery import Attempt, attempt, rank
from pose_ros.training.held_out import as_coco
from pose_ros.types import Person

POINTS = np.random.default_rng(0).uniform(20, 80, (18, 2))


def tried(*found):
    """An attempt at a scene with one person, in which skeletons were found at these places."""
    scene = Scene(np.zeros((100, 100, 3), np.uint8), np.column_stack([POINTS, np.full(18, 2)])[None].astype(np.float32))
    label, = read_coco(as_coco([scene]))
    persons = [Person(OPENPOSE18, points, np.ones(18), 0.9) for points in found]
    return attempt(FakeEstimator(lambda _: persons), scene, label)


@pytest.mark.parametrize(('found', 'errors', 'similarity'), [
    ((POINTS,), 0, 1.0), ((), 1, 0.0), ((POINTS, POINTS + 1), 1, 1.0), ((POINTS + 400,), 2, 0.0)])
def test_missed_and_invented_people_are_errors(found, errors, similarity):
    got = tried(*found)
    assert (got.errors, got.similarity) == (errors, pytest.approx(similarity))
    assert got.picture.any() == bool(found)


def test_the_best_come_first():
    attempts = [Attempt(np.zeros(1), errors, similarity) for errors, similarity in ((2, .9), (0, .6), (0, .9), (5, 0))]
    assert [(one.errors, one.similarity) for one in rank(attempts)] == [(0, .9), (0, .6), (2, .9), (5, 0)]
