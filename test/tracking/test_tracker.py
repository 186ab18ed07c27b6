"""The tracker keeps identities: against ground truth, against ByteTrack, and through everything that time can do."""
from dataclasses import replace

import numpy as np
import pytest

from pose_ros.benchmarks.tracking import byte_tracked
from pose_ros.errors import SkeletonError, StampError
from pose_ros.skeletons import COCO17
from pose_ros.synthetic.walkers import CAMERA, CLIPS, Flaws, film, straight
from pose_ros.tracking.tracker import Tracker
from pose_ros.tracking.tracker_settings import TrackerSettings
from pose_ros.training.tracking_evaluation import evaluate_tracks
from pose_ros.types import Points, PointSource, TrackState

SIZE = CAMERA.width, CAMERA.height
PERFECT = Flaws(noise=0, missed=0, missed_keypoints=0, ghosts=0)
PUBLISHED = TrackState.TRACKED, TrackState.PREDICTED


def clip_of(name, rate_hz, seed=0, **flaws):
    return CLIPS[name](rate_hz, np.random.default_rng(seed), Flaws(**flaws))


def tracked(clip, states=PUBLISHED):
    tracker = Tracker()
    frames = [tracker.update(persons, stamp, SIZE) for stamp, persons in zip(clip.stamps_s, clip.detections)]
    return [[track.person for track in tracks if track.state in states] for tracks in frames]


@pytest.mark.parametrize('rate_hz', [10, 30])
@pytest.mark.parametrize('name', ['crossing', 'occlusion'])
@pytest.mark.parametrize('dropped', [0.0, 0.2])
def test_nobody_changes_identity(name, rate_hz, dropped):
    for seed in range(2):
        clip = clip_of(name, rate_hz, seed, dropped_frames=dropped)
        scores = evaluate_tracks(clip.truth, tracked(clip))
        assert scores.switches == 0
        # Hidden people count as missed once they are LOST.
        assert scores.idf1 > 0.85 and scores.mota > 0.75


@pytest.mark.parametrize('rate_hz', [10, 30])
@pytest.mark.parametrize('name', CLIPS)
def test_it_beats_byte_track_on_the_same_detections(name, rate_hz):
    clip = clip_of(name, rate_hz, dropped_frames=0.1)
    ours, theirs = (evaluate_tracks(clip.truth, frames) for frames in (tracked(clip), byte_tracked(clip, rate_hz)[0]))
    assert ours.idf1 > theirs.idf1 + 0.05
    assert ours.mota > theirs.mota
    assert ours.switches < theirs.switches


@pytest.mark.parametrize('rate_hz', [10, 30])
def test_without_flaws_everyone_is_followed_from_the_second_look_on(rate_hz):
    paths = [straight((4, -1.5), (0, 1)), straight((6, 1.5), (0, -1))]
    clip = film(paths, rate_hz, 3, np.random.default_rng(0), PERFECT)
    clip = replace(clip, detections=[[replace(one, track_id=-1) for one in persons] for persons in clip.truth])
    scores = evaluate_tracks(clip.truth, tracked(clip))
    assert scores.switches == scores.false == 0
    assert scores.missed <= 2 * np.ceil(0.1 * rate_hz)


def test_the_order_of_detections_does_not_matter():
    clip = clip_of('crowd', 10)
    shuffled = replace(clip, detections=[persons[::-1] for persons in clip.detections])
    first, second = (evaluate_tracks(one.truth, tracked(one)) for one in (clip, shuffled))
    assert first == second


@pytest.fixture
def walk():
    """One person who walks for two seconds, seen perfectly at 20 Hz: (stamp, persons) pairs."""
    clip = film([straight((4, -1), (0, 1))], 20, 2, np.random.default_rng(1), PERFECT)
    return list(zip(clip.stamps_s.tolist(), clip.detections))


def follow(tracker, frames):
    return [tracker.update(persons, stamp) for stamp, persons in frames]


def test_states_follow_the_stamps(walk):
    tracker = Tracker(TrackerSettings(confirm_s=0.1, predict_s=0.5, remember_s=1.0))
    seen = follow(tracker, walk)
    assert [tracks[0].state for tracks in seen[:2]] == [TrackState.NEW] * 2 and seen[0][0].person.track_id == -1
    assert all(tracks[0].state is TrackState.TRACKED and tracks[0].person.track_id == 0 for tracks in seen[2:])
    assert seen[-1][0].frames == len(walk) and seen[-1][0].age_s == pytest.approx(walk[-1][0])
    end = walk[-1][0]
    assert tracker.update([], end + 0.5)[0].state is TrackState.PREDICTED
    assert tracker.update([], end + 0.51)[0].state is TrackState.LOST
    assert tracker.update([], end + 1.01) == []


def test_predicted_keypoints_go_on_and_are_marked(walk):
    tracker = Tracker()
    follow(tracker, walk[:30])
    (track,), (_, (truth,)) = tracker.update([], walk[35][0]), walk[35]
    assert track.state is TrackState.PREDICTED and not track.seen and track.unseen_s == pytest.approx(0.3)
    assert (track.person.scores == 0).all()
    torso = [truth.skeleton.index(name) for name in ('neck', 'left_hip', 'right_hip')]
    np.testing.assert_allclose(track.person.keypoints[torso], truth.keypoints[torso], atol=0.03 * truth.bbox[3])
    np.testing.assert_allclose(track.velocity, [-CAMERA.matrix[0, 0] / 4, 0], atol=25)


def test_the_lost_have_no_keypoints(walk):
    tracker = Tracker()
    follow(tracker, walk)
    (track,) = tracker.update([], walk[-1][0] + 1)
    assert track.state is TrackState.LOST and track.person.track_id == 0 and not track.person.found.any()


def test_whoever_leaves_the_image_is_not_predicted_there(walk):
    tracker = Tracker()
    follow(tracker, walk)
    (track,) = tracker.update([], walk[-1][0] + 0.2, image_size=(100, 100))
    assert track.state is TrackState.LOST


def test_one_ghost_gets_no_identity(walk):
    tracker = Tracker()
    stamp, persons = walk[0]
    assert [track.state for track in tracker.update(persons, stamp)] == [TrackState.NEW]
    assert tracker.update([], stamp + 0.1) == []


def test_a_bag_that_starts_again_starts_anew(walk):
    tracker = Tracker()
    first, second = follow(tracker, walk), follow(tracker, walk)
    assert [[track.state for track in tracks] for tracks in first] == [[t.state for t in tracks] for tracks in second]
    assert {tracks[0].person.track_id for tracks in second} == {-1, 1}


def test_a_frame_a_little_late_or_given_twice_changes_nothing(walk):
    tracker = Tracker()
    follow(tracker, walk[:20])
    again = [tracker.update(persons, stamp)[0] for stamp, persons in (walk[19], walk[19], walk[18])]
    assert {track.person.track_id for track in again} == {0}
    assert {track.state for track in follow(tracker, walk[20:])[0]} == {TrackState.TRACKED}


def test_cameras_do_not_share_identities(walk):
    left, right = Tracker(), Tracker()
    follow(left, walk)
    assert follow(right, walk[:5])[-1][0].person.track_id == 0


def test_nobody_and_nothing_is_fine(walk):
    tracker = Tracker()
    nothing = replace(walk[0][1][0], keypoints=np.full((18, 2), np.nan), scores=np.zeros(18))
    assert tracker.update([], 0.0) == [] and tracker.update([nothing], 0.1) == []
    assert len(tracker.update([nothing, *walk[0][1]], 0.2)) == 1


@pytest.mark.parametrize('stamp_s', [np.nan, np.inf, -np.inf])
def test_a_stamp_that_is_no_time_is_refused(walk, stamp_s):
    tracker = Tracker()
    with pytest.raises(StampError, match='allowed: a finite time'):
        tracker.update(walk[0][1], stamp_s)
    assert len(tracker.update(walk[0][1], 1.0)) == 1


def test_another_skeleton_is_refused_until_reset(walk):
    tracker = Tracker()
    follow(tracker, walk[:5])
    others = [person.as_skeleton(COCO17) for person in walk[5][1]]
    with pytest.raises(SkeletonError, match='openpose18.*coco17'):
        tracker.update(others, walk[5][0])
    tracker.reset()
    assert len(tracker.update(others, walk[5][0])) == 1


def at_distance(person, depth_m):
    positions = np.column_stack([person.keypoints / 500, np.full(18, depth_m)])
    return replace(person, points=Points(positions, np.tile(np.eye(3), (18, 1, 1)), np.full(18, PointSource.SENSOR)))


def test_who_passes_in_front_of_someone_does_not_take_their_identity(walk):
    """In the image both stand on the same place for a moment, and only one is detected there."""
    tracker, stander = Tracker(), walk[20][1][0]
    names = {}
    for frame in range(40):
        stamp, apart_px = frame / 20, 12.0 * (frame - 20)
        walker = replace(stander, keypoints=stander.keypoints + [apart_px, 0])
        seen = [at_distance(walker, 2.0), at_distance(stander, 3.0)][:1 if abs(apart_px) < 90 else 2]
        for track in tracker.update(seen, stamp):
            if track.state is TrackState.TRACKED:
                names.setdefault(float(track.person.points.positions[0, 2]), set()).add(track.person.track_id)
    assert {len(ids) for ids in names.values()} == {1} and names[2.0] != names[3.0]


def test_someone_who_walks_away_while_hidden_is_the_same(walk):
    tracker = Tracker()
    for frame in range(10):
        tracker.update([at_distance(walk[0][1][0], 3.0)], frame / 20)
    for frame in range(6):
        tracks = tracker.update([at_distance(walk[0][1][0], 3.8)], 1.3 + frame / 20)
    assert [track.person.track_id for track in tracks if track.seen] == [0]


def test_someone_found_twice_gets_no_second_identity(walk):
    tracker = Tracker()
    for stamp, (person,) in walk:
        again = replace(person, keypoints=person.keypoints + 2, score=0.6)
        tracks = tracker.update([person, again], stamp)
        assert len(tracks) == 1 or stamp == walk[0][0]
    assert [track.person.track_id for track in tracks] == [0] and tracker.ignored == []


def test_a_detection_of_two_people_mixed_up_does_not_drag_a_track_to_the_other(walk):
    tracker, person = Tracker(), walk[0][1][0]
    for frame in range(20):
        depth_m = 3.5 if frame < 10 else 3.5 - 0.35 * (frame - 9)
        tracks = tracker.update([at_distance(person, max(depth_m, 2.4))], frame / 15)
    own = [track for track in tracks if track.person.track_id == 0]
    assert not own or not own[0].seen


def test_a_ghost_without_distance_gets_no_identity_of_someone_who_had_one(walk):
    tracker, person = Tracker(), walk[0][1][0]
    other = replace(person, keypoints=person.keypoints + [400, 0])
    for frame in range(10):
        tracker.update([at_distance(person, 3.0), at_distance(other, 3.0)], frame / 20)
    for frame in range(10, 20):
        tracks = tracker.update([person, at_distance(other, 3.0)], 0.5 + frame / 20)
    ids = {track.person.points is None: track.person.track_id for track in tracks if track.seen}
    assert ids == {True: 2, False: 1}


def test_two_skeletons_on_one_place_in_space_are_one_person(walk):
    tracker, person = Tracker(), at_distance(walk[0][1][0], 3.0)
    upper, lower = np.arange(18) < 8, np.arange(18) >= 8
    halves = [replace(person, keypoints=np.where(part[:, None], person.keypoints, np.nan), scores=part)
              for part in (upper, lower)]
    for frame in range(6):
        tracks = tracker.update([person, *halves], frame / 20)
    assert [track.person.track_id for track in tracks] == [0] and tracker.ignored == []
