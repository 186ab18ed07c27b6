import numpy as np
import pytest

from pose_ros.benchmarks.grouping import rows
from pose_ros.benchmarks.scenes import STRIDE
from pose_ros.skeletons import OPENPOSE18
from pose_ros.types import Person


def truth(scene):
    return [Person(OPENPOSE18, one, np.isfinite(one).all(axis=-1).astype(float), 1.0) for one in scene.keypoints]


@pytest.fixture(scope='module')
def perfect():
    """The rows of a decoder that knows the truth."""
    return {row.name: row for row in rows(1, truth)}


def test_there_is_a_row_for_every_size_and_crowd(perfect):
    assert list(perfect) == [f'grouping.{size}.{people}.{what}' for size in ('46x82', '92x164')
                             for people in (1, 5, 20, 50) for what in ('ms', 'found', 'wrong', 'false', 'error_px')]


def test_the_truth_is_perfect(perfect):
    assert perfect['grouping.46x82.50.found'].value == 150
    assert perfect['grouping.92x164.20.wrong'].value == perfect['grouping.92x164.20.false'].value == 0
    assert perfect['grouping.46x82.5.error_px'].value < STRIDE / 100


def test_rows_have_units(perfect):
    assert {row.name.split('.')[-1]: row.unit for row in perfect.values()} == {
        'ms': 'ms', 'found': '', 'wrong': '', 'false': '', 'error_px': 'px'}
    assert perfect['grouping.46x82.1.ms'].value > 0
