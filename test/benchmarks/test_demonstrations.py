import importlib.util
import math

import pytest

from pose_ros.benchmarks.demonstrations import camera_images, killed_recording, rows, segmentation


def values_of(found):
    return {row.name.removeprefix('demonstrations.'): row.value for row in found}


def test_every_motion_is_found():
    values = values_of(segmentation(range(320, 324)))
    assert values['segmentation.all_six_found'] == values['segmentation.recordings'] == 4
    assert values['segmentation.boundary_median_ms'] < 83


def test_a_killed_recording_is_readable_up_to_the_last_second():
    values = values_of(killed_recording(600))
    assert values['recording.killed.recorded_s'] >= 19.9
    assert values['recording.killed.lost_s'] < 1 and values['recording.killed.missing_frames'] == 0


def test_images_are_kept_small():
    values = values_of(camera_images(10))
    assert values['image.ms'] > 0 and 1 < values['image.mb_per_minute'] < 30 * 60 * 0.2


@pytest.mark.skipif(importlib.util.find_spec('pinocchio') is None or importlib.util.find_spec('toppra') is None,
                    reason='needs the extras robot and learning')
def test_learnt_motions_reach_their_goals_within_the_limits():
    values = values_of(rows(seeds=range(320, 321), goals=4, killed_after=60, robots=('arm7',),
                            more_seeds=range(320, 322)))
    assert all(math.isfinite(value) for value in values.values())
    assert values['dmp.arm7.goals'] == 4
    assert values['dmp.arm7.violations'] == values['dmp.arm7.collisions'] == 0
    assert values['dmp.arm7.goal_error_deg'] < 0.5 and values['dmp.arm7.stretch_median'] >= 0.99
