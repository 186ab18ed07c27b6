"""The smoother keeps people apart, bridges gaps, and marks what it made up."""
from dataclasses import replace

import numpy as np
import pytest

from pose_ros.errors import StampError
from pose_ros.filtering.keypoint_filter import FilterSettings
from pose_ros.filtering.smoother import FILTERS, Smoother, SmootherSettings
from pose_ros.skeletons import OPENPOSE18
from pose_ros.synthetic.walkers import CAMERA, Flaws, crossing
from pose_ros.tracking.tracker import Tracker
from pose_ros.types import Person, Points, PointSource, TrackState

RNG = np.random.default_rng(0)
SHAPE = RNG.uniform(100, 400, (18, 2))
SPACE = RNG.uniform(-1, 1, (18, 3)) + [0, 0, 3]


def person(track_id=0, shift=0.0, lifted=False, hide=()):
    keypoints, positions = SHAPE + shift, SPACE + shift / 200
    keypoints[list(hide)], positions[list(hide)] = np.nan, np.nan
    known = np.isfinite(keypoints[:, 0])
    points = Points(positions, np.where(known[:, None, None], 1e-4 * np.eye(3), np.nan), known * PointSource.SENSOR)
    return Person(OPENPOSE18, keypoints, known, 0.9, track_id, points if lifted else None)


def follow(smoother, frames, **options):
    return [smoother.smooth([one], 3.0 + index / 30, **options)[0] for index, one in enumerate(frames)]


@pytest.mark.parametrize('name', FILTERS)
def test_people_are_smoothed_apart(name):
    smoother, alone = (Smoother(SmootherSettings(filter=name)) for _ in range(2))
    for frame in range(20):
        noise = RNG.normal(0, 3)
        both = smoother.smooth([person(1, noise), person(2, 50 - noise)], frame / 30)
        only = alone.smooth([person(2, 50 - noise)], frame / 30)
    np.testing.assert_array_equal(both[1].person.keypoints, only[0].person.keypoints)
    assert [one.person.track_id for one in both] == [1, 2]
    assert np.abs(both[0].person.keypoints - SHAPE).mean() < 3


def test_raw_stays_as_it_was_and_scores_stay():
    raw = person(lifted=True)
    before = raw.keypoints.copy()
    smooth = follow(Smoother(), [raw] * 3)[-1].person
    np.testing.assert_array_equal(raw.keypoints, before)
    np.testing.assert_array_equal(smooth.scores, raw.scores)


def test_a_hidden_keypoint_is_predicted_and_marked_with_score_zero():
    moving = [person(shift=i, lifted=True) for i in range(30)]
    last = follow(Smoother(), [*moving, person(shift=30, lifted=True, hide=[4])])[-1]
    assert last.predicted.nonzero()[0].tolist() == [4]
    np.testing.assert_allclose(last.person.keypoints[4], SHAPE[4] + 30, atol=2)
    np.testing.assert_allclose(last.person.points.positions[4], SPACE[4] + 30 / 200, atol=0.02)
    assert last.person.scores[4] == 0 and last.person.points.sources[4] == PointSource.PREDICTED
    np.testing.assert_allclose(last.velocities, 30, atol=6)
    np.testing.assert_allclose(last.point_velocities, 30 / 200, atol=0.03)


def test_a_keypoint_hidden_for_long_is_unknown():
    frames = [person(lifted=True)] * 5 + [person(lifted=True, hide=[4])] * 30
    last = follow(Smoother(filters=FilterSettings(max_gap_s=0.5)), frames)[-1].person
    assert not last.found[4] and not last.points.known[4] and last.points.sources[4] == PointSource.NONE
    assert last.found.sum() == last.points.known.sum() == 17


def test_depth_that_fails_for_a_frame_is_bridged_and_none_ever_is_none():
    frames = [person(lifted=True)] * 10 + [person()]
    last = follow(Smoother(), frames)[-1].person
    assert (last.points.sources == PointSource.PREDICTED).all()
    assert follow(Smoother(), [person()] * 3)[-1].person.points is None


def test_publishing_later_moves_people_on_but_not_for_ever():
    moving = [person(shift=3.0 * i) for i in range(40)]
    now, soon, late = (follow(Smoother(SmootherSettings(max_ahead_s=0.2)), moving, publish_s=3 + 39 / 30 + ahead)[-1]
                       for ahead in (0.0, 0.1, 5.0))
    moved = [one.person.keypoints.mean() - now.person.keypoints.mean() for one in (soon, late)]
    assert 6 < moved[0] < 10 and moved[0] < moved[1] < 19


def test_the_untracked_come_back_as_they_are():
    raw = person(-1)
    (smooth,) = Smoother().smooth([raw], 1.0)
    assert smooth.person is raw and np.isnan(smooth.velocities).all() and not smooth.predicted.any()


def test_near_and_far_are_smoothed_alike():
    shakes = RNG.normal(0, 2, (40, 18, 2))
    near, far = Smoother(), Smoother()
    for frame, shake in enumerate(shakes):
        big = near.smooth([replace(person(), keypoints=SHAPE + shake)], frame / 30)[0].person
        small = far.smooth([replace(person(), keypoints=(SHAPE + shake) / 10)], frame / 30)[0].person
    np.testing.assert_allclose(big.keypoints, 10 * small.keypoints, rtol=1e-4)


def test_a_bag_that_starts_again_starts_anew_and_the_long_unseen_too():
    smoother = Smoother(SmootherSettings(forget_s=1.0))
    follow(smoother, [person(shift=i) for i in range(20)])
    again = smoother.smooth([person(shift=500.0)], 0.0)[0].person
    np.testing.assert_allclose(again.keypoints, SHAPE + 500, atol=1e-3)
    smoother.smooth([], 2.0)
    later = smoother.smooth([person(shift=0.0)], 2.1)[0].person
    np.testing.assert_allclose(later.keypoints, SHAPE, atol=1e-3)


@pytest.mark.parametrize('stamps', [(np.nan, None), (1.0, np.inf)])
def test_a_stamp_that_is_no_time_is_refused(stamps):
    with pytest.raises(StampError):
        Smoother().smooth([person()], *stamps)


def test_tracked_people_come_out_smoother_and_go_on_when_hidden():
    clip = crossing(30, np.random.default_rng(0), Flaws(ghosts=0))
    tracker, smoother = Tracker(), Smoother(filters=FilterSettings(noise_m=0.02))
    shakes, bridged = {'raw': [], 'smooth': []}, 0
    last: dict = {}
    for stamp, persons in zip(clip.stamps_s, clip.detections):
        tracks = tracker.update(persons, stamp, (CAMERA.width, CAMERA.height))
        smooth = smoother.smooth([track.measured for track in tracks], stamp)
        for track, one in zip(tracks, smooth):
            if track.state is TrackState.PREDICTED and track.unseen_s < 0.4:
                assert one.predicted.all() and one.person.found.sum() >= 4
                bridged += 1
            now = track.person.track_id, track.measured.keypoints[1], one.person.keypoints[1]
            if track.seen and now[0] >= 0:
                for kind, place in zip(shakes, now[1:]):
                    history = last.setdefault((now[0], kind), [])
                    history.append(place)
                    if len(history) > 2:
                        shakes[kind].append(history[-1] - 2 * history[-2] + history[-3])
    assert bridged > 3
    assert np.nanstd(shakes['smooth']) < 0.5 * np.nanstd(shakes['raw'])


@pytest.mark.parametrize('name', FILTERS)
@pytest.mark.parametrize('hide', [[4, 7], range(18)])
def test_what_is_hidden_goes_on_with_the_person_however_it_moved_before(name, hide):
    """Its own last speed is mostly noise and swing: arms would fly off."""
    smoother, rng = Smoother(SmootherSettings(filter=name)), np.random.default_rng(1)
    for frame in range(30):
        walking = person(shift=3.0 * frame, lifted=True)
        keypoints = walking.keypoints + rng.normal(0, 2, (18, 2))
        keypoints[[4, 7]] += 200 * max(frame - 27, 0)
        smoother.smooth([replace(walking, keypoints=keypoints)], frame / 30)
    before = smoother.smooth([person(shift=90, lifted=True, hide=hide)], 1.0)[0]
    after = smoother.smooth([person(shift=102, lifted=True, hide=hide)], 1.0 + 4 / 30)[0]
    moved = (after.person.keypoints - before.person.keypoints)[list(hide)]
    np.testing.assert_allclose(moved, 12, atol=6)
    assert after.predicted[list(hide)].all()
