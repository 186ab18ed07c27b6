"""The whole room on performers whose truth is known: what they do is told, nothing is invented."""
from dataclasses import replace

import numpy as np
import pytest

from pose_ros.activity.activity import UNKNOWN, Kind
from pose_ros.activity.body import upright_from_optical
from pose_ros.activity.rules import read_rules
from pose_ros.activity.watcher import ActivitySettings, ActivityWatcher, posture_of
from pose_ros.benchmarks.performers import SHANK_M, THIGH_M, walk
from pose_ros.benchmarks.repertoire import (
    BEND,  # fmt: skip
    EXERCISES,
    FALLS,
    ON_BACK,
    SIGNALS,
    SIT,
    SQUAT,
    STAND,
    everyday,
    fall,
    hold,
    perform,
    repeat,
)
from pose_ros.files import shipped_config
from pose_ros.types import Points, PointSource

UPRIGHT = upright_from_optical()
RULES = tuple(read_rules(shipped_config('exercises.yaml')))
CLEAN, NOISY = {}, {'noise_m': 0.02, 'hidden': 0.05}
every_quality = pytest.mark.parametrize('flaws', [CLEAN, NOISY], ids=['clean', 'noisy'])


def watch(performance, rules=(), upright=UPRIGHT, **flaws):
    """All activities of each image."""
    watcher = ActivityWatcher(ActivitySettings(rules=rules))
    return [watcher.update([person], stamp_s, upright)[person.track_id]
            for stamp_s, person in zip(performance.stamps.tolist(), performance.persons(**flaws))]


def labels(told, kind):
    """Every label of a kind that is told at any time."""
    return {one.label for activities in told for one in activities if one.kind is kind}


@every_quality
@pytest.mark.parametrize(('pose', 'posture'), [(STAND, 'standing'), (SIT, 'sitting'), (SQUAT, 'crouching'),
                                               (BEND, 'bending'), (ON_BACK, 'lying')])
def test_postures_are_told(pose, posture, flaws):
    told = watch(hold(pose, 3.0), **flaws)
    assert {posture_of(activities) for activities in told[45:]} == {posture}


@every_quality
@pytest.mark.parametrize('heading_deg', [0, 90, 200])
def test_whoever_walks_has_a_gait(heading_deg, flaws):
    performance = walk(8.0, steps_per_min=100, swing_deg=20).turned(heading_deg)
    told = watch(performance, **flaws)
    assert posture_of(told[-30]) == 'walking'
    step_m = 2 * (THIGH_M + SHANK_M) * np.sin(np.radians(20))
    gait = next(one for one in told[-1] if one.kind is Kind.GAIT)
    assert gait.values['cadence_per_min'] == pytest.approx(100, abs=4)
    assert gait.values['step_length_m'] == pytest.approx(step_m, abs=0.06)
    assert gait.values['speed_mps'] == pytest.approx(step_m * 100 / 60, rel=0.05)
    assert abs(gait.count - 8 * 100 / 60) <= 2


@every_quality
@pytest.mark.parametrize('start', [STAND, SIT], ids=['standing', 'sitting'])
@pytest.mark.parametrize('way', FALLS)
def test_a_fall_is_found_and_told_until_the_person_is_up(way, start, flaws):
    down = fall(way, start)
    told = watch(down.then(perform([(0.0, FALLS[way]), (3.0, STAND), (5.0, STAND)])), **flaws)
    fallen = ['fallen' in {one.label for one in activities} for activities in told]
    began, ended = np.flatnonzero(fallen)[[0, -1]]
    assert down.stamps[0] + 2.0 < down.stamps[began] < 2.0 + 2.5
    assert all(fallen[began:ended]) and not fallen[-1]
    since_s = next(one.since_s for one in told[began] if one.label == 'fallen')
    assert 2.0 <= since_s <= 2.9


@pytest.mark.parametrize('seed', range(4))
def test_ordinary_motion_is_no_fall(seed):
    assert not labels(watch(everyday(60.0, seed), noise_m=0.02, hidden=0.03, seed=seed), Kind.FALL) - {'lying_still'}


def test_whoever_lies_down_slowly_and_stays_lies_still():
    performance = perform([(0, STAND), (2, SIT), (4, ON_BACK), (18, ON_BACK)])
    told = watch(performance, **NOISY)
    assert labels(told, Kind.FALL) == {'lying_still'}
    assert 'lying_still' not in {one.label for one in told[30 * 12]}


@every_quality
@pytest.mark.parametrize('name', SIGNALS)
@pytest.mark.parametrize('heading_deg', [0, 60, 180])
def test_signals_are_told_whichever_way_somebody_faces(name, heading_deg, flaws):
    assert labels(watch(SIGNALS[name]().turned(heading_deg), **flaws), Kind.GESTURE) == {name}


@pytest.mark.parametrize('name', EXERCISES)
@pytest.mark.parametrize('count', [1, 6])
def test_repetitions_are_exact_on_clean_motion(name, count):
    told = watch(repeat(EXERCISES[name], count, period_s=2.4), RULES)
    assert [(one.label, one.count) for one in told[-1] if one.kind is Kind.EXERCISE] == [(name, count)]


@pytest.mark.parametrize('name', EXERCISES)
@pytest.mark.parametrize('seed', range(3))
def test_repetitions_are_within_one_on_noisy_motion(name, seed):
    told = watch(repeat(EXERCISES[name], 8, period_s=2.0), RULES, seed=seed, **NOISY)
    counts = {one.label: one.count for one in told[-1] if one.kind is Kind.EXERCISE}
    assert set(counts) == {name} and abs(counts[name] - 8) <= 1


def test_half_a_squat_is_not_counted_but_advised():
    half = replace(SQUAT, knees=(65, 65))
    told = watch(repeat(half, 3, period_s=2.4), RULES)
    assert [(one.count, one.advice) for one in told[-1] if one.label == 'squat'] == [(0, 'go deeper')]


def test_people_do_not_disturb_each_other_and_their_order_is_nothing():
    ways = [hold(SIT, 3.0), walk(3.0), fall('left', before_s=1.0, lying_s=1.25)]
    people = [way.persons(track_id=index) for index, way in enumerate(ways)]
    together, alone = ActivityWatcher(), [ActivityWatcher() for _ in ways]
    for frame in range(80):
        stamp_s, persons = frame / 30, [one[frame] for one in people]
        found = together.update(persons if frame % 2 else persons[::-1], stamp_s, UPRIGHT)
        for index, watcher in enumerate(alone):
            assert found[index] == watcher.update([persons[index]], stamp_s, UPRIGHT)[index]


@pytest.mark.parametrize('change', [
    lambda person: replace(person, points=None),
    lambda person: replace(person, points=_predicted(person.points)),
], ids=['without points', 'predicted'])
def test_without_measured_points_everything_is_unknown(change):
    watcher = ActivityWatcher(ActivitySettings(rules=RULES))
    for stamp_s, person in zip(*_stamped(fall('ahead'))):
        [posture] = watcher.update([change(person)], stamp_s, UPRIGHT)[person.track_id]
        assert (posture.label, posture.score) == (UNKNOWN, 0.0)


def _predicted(points):
    return Points(points.positions, points.covariances, np.where(points.known, PointSource.PREDICTED, 0))


def _stamped(performance):
    return performance.stamps.tolist(), performance.persons()


def test_a_person_half_out_of_the_picture_has_no_posture_but_signals():
    arms = SIGNALS['wave']()
    arms.points[:, 8:] = np.nan
    told = watch(arms)
    assert {posture_of(activities) for activities in told} == {UNKNOWN}
    assert labels(told, Kind.FALL) == set()


def test_a_gap_makes_a_posture_unknown_and_it_comes_back():
    performance = hold(SIT, 6.0)
    performance.points[60:120] = np.nan
    postures = [posture_of(activities) for activities in watch(performance)]
    assert (postures[58], postures[110], postures[-1]) == ('sitting', UNKNOWN, 'sitting')


def test_too_few_images_to_tell_a_speed_tell_no_walk():
    performance = walk(20.0)
    watcher = ActivityWatcher()
    for stamp_s, person in list(zip(*_stamped(performance)))[::45]:
        found = watcher.update([person], stamp_s, UPRIGHT)[0]
        assert [one.label for one in found if one.kind is Kind.POSTURE] == [UNKNOWN]
        assert not [one for one in found if one.kind is Kind.GAIT]


def test_time_that_goes_back_starts_anew():
    watcher = ActivityWatcher(ActivitySettings(rules=RULES))
    for _ in range(2):
        for stamp_s, person in zip(*_stamped(repeat(SQUAT, 2, 2.0))):
            found = watcher.update([person], stamp_s, UPRIGHT)[0]
        assert [one.count for one in found if one.label == 'squat'] == [2]


def test_people_without_identity_are_not_watched():
    person = hold(STAND, 0.1).persons(track_id=-1)[0]
    assert ActivityWatcher().update([person], 0.0, UPRIGHT) == {}


def test_a_camera_that_looks_down_sees_the_same():
    pitched = upright_from_optical(30.0)
    turned = [replace(person, points=replace(person.points, positions=person.points.positions @ UPRIGHT.T @ pitched))
              for person in fall('ahead').persons()]
    watcher, level = ActivityWatcher(), ActivityWatcher()
    for frame, (person, straight) in enumerate(zip(turned, fall('ahead').persons())):
        ours = watcher.update([person], frame / 30, pitched)[0]
        theirs = level.update([straight], frame / 30, UPRIGHT)[0]
        assert [one.label for one in ours] == [one.label for one in theirs]
