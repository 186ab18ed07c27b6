from dataclasses import replace

import numpy as np
import pytest
from demonstrations_made import BEGIN, make_demonstration
from hypothesis import given, settings
from hypothesis import strategies as st

from pose_ros.benchmarks.motions import ARMS, Motion, add_noise
from pose_ros.benchmarks.taught import BEGIN as TAUGHT_BEGIN
from pose_ros.benchmarks.taught import seen, teach
from pose_ros.demonstrations.demonstration import MARK_BEGIN, MARK_END, Mark
from pose_ros.demonstrations.segment import segment
from pose_ros.demonstrations.settings import SegmentSettings
from pose_ros.errors import DatasetError, SettingError
from pose_ros.skeletons import Skeleton


def ends_of(segments):
    return np.array([[part.begin, part.end] for part in segments]) - TAUGHT_BEGIN


@pytest.mark.parametrize('seed', [301, 302, 303, 304])
def test_six_motions_are_found_in_noise(seed):
    motion, truth = teach(seed)
    found = ends_of(segment(seen(add_noise(motion, seed))))
    assert found.shape == truth.shape
    assert np.abs(found - truth).max() < 0.083


@pytest.mark.parametrize(('sigma_m', 'outliers'), [(0.002, 0.0), (0.005, 0.02), (0.01, 0.1), (0.02, 0.02)])
def test_six_motions_are_found_in_less_and_more_noise(sigma_m, outliers):
    motion, truth = teach(311)
    found = ends_of(segment(seen(add_noise(motion, 311, sigma_m, outliers))))
    assert found.shape == truth.shape and np.percentile(np.abs(found - truth), 90) < 0.083


@pytest.mark.parametrize('rate_hz', [10, 15, 60, 120])
def test_other_cameras_see_the_same_motions(rate_hz):
    motion, truth = teach(312)
    other = motion.at(np.arange(0, motion.stamps[-1], 1 / rate_hz))
    found = ends_of(segment(seen(add_noise(other, 312))))
    assert found.shape == truth.shape and np.abs(found - truth).max() < max(0.083, 1.5 / rate_hz)


def test_pauses_shorter_than_a_rest_do_not_cut():
    motion, truth = teach(313, count=3, resting=8)
    assert len(segment(seen(add_noise(motion, 313)))) == 1
    assert len(segment(seen(add_noise(motion, 313)), SegmentSettings(dwell_s=0.2))) == 3


def test_without_noise_boundaries_are_exact_to_a_frame():
    motion, truth = teach(305)
    np.testing.assert_allclose(ends_of(segment(seen(motion))), truth, atol=0.034)


@settings(max_examples=20, deadline=None)
@given(st.floats(-1e6, 1e6), st.tuples(*[st.floats(-3, 3)] * 3))
def test_segments_do_not_depend_on_when_and_where(later, away):
    motion, _ = teach(306, count=2)
    plain = add_noise(motion, 1)
    moved = Motion(plain.stamps + later, plain.points + np.array(away))
    np.testing.assert_allclose(ends_of(segment(seen(moved))), ends_of(segment(seen(plain))) + later, atol=1e-3)


def test_lost_frames_and_points_do_little_harm():
    motion, truth = teach(307)
    noisy, random = add_noise(motion, 7), np.random.default_rng(0)
    points = noisy.points.copy()
    points[random.random(points.shape[:2]) < 0.05] = np.nan
    kept = random.random(len(points)) > 0.05
    found = ends_of(segment(seen(Motion(noisy.stamps[kept], points[kept]))))
    assert found.shape == truth.shape and np.median(np.abs(found - truth)) < 0.083


def test_a_recording_that_begins_and_ends_in_motion():
    motion, truth = teach(308, count=3)
    inside = slice(45, -45)
    found = ends_of(segment(seen(Motion(motion.stamps[inside], motion.points[inside]))))
    expected = np.concatenate([[motion.stamps[45]], truth.ravel()[1:-1], [motion.stamps[-46]]]).reshape(-1, 2)
    np.testing.assert_allclose(found, expected, atol=0.05)


def test_a_person_who_rests_shows_nothing():
    rest = Motion(np.arange(90) / 30, np.repeat(teach(1)[0].points[:1], 90, axis=0))
    assert segment(seen(add_noise(rest))) == []


def test_one_arm_is_enough():
    motion, truth = teach(309)
    points = motion.points.copy()
    points[:, :4] = np.nan
    np.testing.assert_allclose(ends_of(segment(seen(Motion(motion.stamps, points)))), truth, atol=0.05)


def test_marks_cut():
    labels = [(0.5, MARK_BEGIN), (0.7, 'TRACKING'), (1.0, MARK_END), (1.5, MARK_BEGIN)]
    made = make_demonstration(marks=tuple(Mark(BEGIN + at, label) for at, label in labels))
    found = segment(made, SegmentSettings(by='marks'))
    np.testing.assert_allclose([[part.begin - BEGIN, part.end - BEGIN] for part in found],
                               [[0.5, 1.0], [1.5, made.span[1] - BEGIN]], atol=1e-6)
    for labels in ([MARK_END], [MARK_BEGIN, MARK_BEGIN]):
        wrong = replace(made, marks=tuple(Mark(BEGIN + i, label) for i, label in enumerate(labels)))
        with pytest.raises(DatasetError, match='does not fit the mark before it'):
            segment(wrong, SegmentSettings(by='marks'))


def test_a_raised_hand_cuts():
    motion, _ = teach(310, count=2)
    points = motion.points.copy()
    wrist, shoulder = ARMS.index('left_wrist'), ARMS.index('left_shoulder')
    points[:, wrist] = points[:, shoulder] - [0, 0, 0.4]
    for begin in (5, 60, 120):
        points[begin:begin + 20, wrist] = points[begin:begin + 20, shoulder] + [0, 0, 0.4]
    points[90:95, wrist, 2] += 0.8
    found = ends_of(segment(seen(Motion(motion.stamps, points)), SegmentSettings(by='gesture')))
    np.testing.assert_allclose(found * 30, [[24, 60], [79, 120]], atol=1.01)


def test_what_cannot_be_cut_is_named():
    motion = teach(1)[0]
    with pytest.raises(DatasetError, match='seen at 3 stamps; at least 9'):
        segment(seen(Motion(motion.stamps[:3], motion.points[:3])))
    with pytest.raises(DatasetError, match='no arm of skeleton arms was ever seen'):
        segment(seen(Motion(motion.stamps, motion.points * np.nan)))
    legs = replace(seen(motion), about=replace(seen(motion).about, skeleton=Skeleton('legs', ('left_knee',), ())))
    with pytest.raises(DatasetError, match='no arm of skeleton legs'):
        segment(legs)
    with pytest.raises(SettingError, match=r'speed \| gesture \| marks'):
        SegmentSettings(by='magic')
