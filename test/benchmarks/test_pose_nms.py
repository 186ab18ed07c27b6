import pytest

from pose_ros.benchmarks.pose_nms import COPIES, POSES, rows


@pytest.fixture(scope='module')
def values():
    return {row.name: row.value for row in rows(1)}


def test_there_is_a_time_for_every_crowd(values):
    assert list(values) == [f'pose_nms.{poses}.{what}' for poses in POSES for what in ('ms', 'left')]
    assert all(value > 0 for value in values.values())


@pytest.mark.parametrize('poses', POSES)
def test_what_is_measured_leaves_one_pose_of_everybody(values, poses):
    assert values[f'pose_nms.{poses}.left'] == poses // COPIES
