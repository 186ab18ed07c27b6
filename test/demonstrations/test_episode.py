from dataclasses import replace

import numpy as np
import pytest
from demonstrations_made import BEGIN, make_demonstration, make_images

from pose_ros.demonstrations.demonstration import JointSamples, Sightings
from pose_ros.demonstrations.episode import cut
from pose_ros.demonstrations.segment import Segment
from pose_ros.demonstrations.settings import EpisodeSettings
from pose_ros.errors import DatasetError
from pose_ros.skeletons import COCO17

SEGMENT = Segment(BEGIN + 0.5, BEGIN + 1.5)


def test_state_is_measured_and_action_is_commanded_one_frame_later():
    made = make_demonstration()
    episode = cut([(made, [SEGMENT])], EpisodeSettings(rate_hz=20)).episodes[0]
    assert len(episode.times) == 21 and episode.times[0] == 0
    stamps = SEGMENT.begin + episode.times
    np.testing.assert_allclose(episode.state, made.measured.at(stamps))
    np.testing.assert_allclose(episode.action, made.commands.at(stamps + 0.05))
    np.testing.assert_allclose(episode.action, np.asarray(made.measured.at(stamps + 0.08)), atol=1e-3)


def test_points_between_frames_lie_between_and_gaps_are_closed():
    made = make_demonstration()
    points = made.persons.points.copy()
    points[20:25, 3] = np.nan
    points[:, 7] = np.nan
    persons = Sightings(made.persons.stamps, points, made.persons.scores, made.persons.track_ids)
    episode = cut([(replace(made, persons=persons), [SEGMENT])]).episodes[0]
    assert np.isfinite(episode.keypoints).all()
    assert not episode.keypoints[:, 7].any() and not episode.scores[:, 7].any()
    np.testing.assert_allclose(episode.keypoints[0, 0], made.persons.points[15, 0], atol=1e-6)


def test_what_cannot_be_cut_is_named():
    made, nothing = make_demonstration(), JointSamples(np.empty(0), np.empty((0, 2)), np.empty((0, 2)))
    with pytest.raises(DatasetError, match='no segment'):
        cut([(made, [])])
    with pytest.raises(DatasetError, match='empty or outside the recording'):
        cut([(made, [Segment(BEGIN + 1, BEGIN + 1)])])
    with pytest.raises(DatasetError, match='empty or outside the recording'):
        cut([(made, [Segment(BEGIN + 1, BEGIN + 100)])])
    with pytest.raises(DatasetError, match='allowed: state = commanded'):
        cut([(replace(made, measured=nothing), [SEGMENT])])
    with pytest.raises(DatasetError, match=r'the recording is of toy \(a\)'):
        cut([(made, [SEGMENT]), (make_demonstration(joints=('a',)), [SEGMENT])])
    other = replace(made, about=replace(made.about, skeleton=COCO17))
    with pytest.raises(DatasetError, match='skeletons arms and coco17'):
        cut([(made, [SEGMENT]), (other, [SEGMENT])])
    with pytest.raises(DatasetError, match='no joint positions'):
        cut([(replace(made, commands=nothing), [SEGMENT])])


def test_every_frame_has_the_image_that_was_newest_then():
    made = make_demonstration(images_hz=10.0)
    segment = Segment(SEGMENT.begin + 0.01, SEGMENT.end + 0.01)
    episode = cut([(made, [segment])], EpisodeSettings(rate_hz=20)).episodes[0]
    newest = [made.images.jpegs[int(np.flatnonzero(made.images.stamps <= stamp + 1e-9)[-1])]
              for stamp in segment.begin + episode.times]
    assert len(set(newest)) == 11 and episode.images == tuple(newest)
    assert cut([(made, [SEGMENT])], EpisodeSettings(images=False)).episodes[0].images == ()


def test_images_that_are_missing_are_told():
    made, blind = make_demonstration(images_hz=10.0), make_demonstration()
    with pytest.raises(DatasetError, match='some recordings have camera images and others have none'):
        cut([(made, [SEGMENT]), (blind, [SEGMENT])])
    assert len(cut([(made, [SEGMENT]), (blind, [SEGMENT])], EpisodeSettings(images=False)).episodes) == 2
    late = replace(made, images=make_images(made.images.stamps + 5))
    with pytest.raises(DatasetError, match='no camera image within 1 s'):
        cut([(late, [SEGMENT])])


def test_a_state_that_was_commanded():
    made = make_demonstration()
    episode = cut([(made, [SEGMENT])], EpisodeSettings(state='commanded')).episodes[0]
    np.testing.assert_allclose(episode.state[1:], episode.action[:-1], atol=1e-6)
