"""Motions of recordings as tables at an even rate: what imitation learning takes."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pose_ros.demonstrations.demonstration import About, Demonstration
from pose_ros.demonstrations.segment import Segment
from pose_ros.demonstrations.settings import EpisodeSettings
from pose_ros.errors import DatasetError


@dataclass(frozen=True, eq=False)
class Episode:
    """One motion at T even times.

    Attributes:
        times: (T,) from 0 on [s].
        state: (T, n) joint positions [rad].
        action: (T, n) where the joints were told to be one frame later [rad].
        keypoints: (T, K, 3) of the person in the base frame [m]; gaps interpolated, 0 where never seen.
        scores: (T, K) 0..1; 0 where never seen.
        task: what is done, in words.
        images: T JPEG files, or none.
    """

    times: np.ndarray
    state: np.ndarray
    action: np.ndarray
    keypoints: np.ndarray
    scores: np.ndarray
    task: str
    images: tuple[bytes, ...] = ()


@dataclass(frozen=True, eq=False)
class EpisodeSet:
    """Episodes of one robot: what they are of, their rate [1/s], and they themselves."""

    about: About
    rate_hz: int
    episodes: tuple[Episode, ...]


def cut(demonstrations: Sequence[tuple[Demonstration, Sequence[Segment]]],
        settings: EpisodeSettings | None = None) -> EpisodeSet:
    """Every segment of every recording as an episode.

    Args:
        demonstrations: recordings of one robot with their segments.
        settings: see `EpisodeSettings`.

    Raises:
        DatasetError: nothing to cut, other joints or keypoints, no such state, a segment outside its recording, or
            images that are missing.
    """
    settings = settings or EpisodeSettings()
    if not any(segments for _, segments in demonstrations):
        raise DatasetError('there is no segment to make an episode of')
    about = demonstrations[0][0].about
    for demonstration, _ in demonstrations:
        demonstration.require_joints(about.joints)
        if demonstration.about.skeleton.keypoints != about.skeleton.keypoints:
            raise DatasetError(f'recordings of skeletons {about.skeleton.name} and '
                               f'{demonstration.about.skeleton.name} cannot be one dataset')
    episodes = tuple(_episode(demonstration, segment, settings)
                     for demonstration, segments in demonstrations for segment in segments)
    if len({bool(episode.images) for episode in episodes}) > 1:
        raise DatasetError('some recordings have camera images and others have none; '
                           'allowed: images = false, which leaves them out')
    return EpisodeSet(about, settings.rate_hz, episodes)


def _episode(demonstration: Demonstration, segment: Segment, settings: EpisodeSettings) -> Episode:
    begin, end = demonstration.span
    if not begin <= segment.begin < segment.end <= end:
        raise DatasetError(f'segment {segment.begin:.3f} .. {segment.end:.3f} s is empty or outside the recording '
                           f'{begin:.3f} .. {end:.3f} s')
    count = int((segment.end - segment.begin) * settings.rate_hz) + 1
    times = np.arange(count) / settings.rate_hz
    if settings.state == 'measured' and not len(demonstration.measured):
        raise DatasetError('no measured joint states were recorded; allowed: state = commanded')
    states = demonstration.measured if settings.state == 'measured' else demonstration.commands
    stamps, later = segment.begin + times, segment.begin + times + 1 / settings.rate_hz
    keypoints, scores = _person(demonstration, stamps)
    images = demonstration.images.at(stamps) if settings.images and len(demonstration.images) else ()
    return Episode(times, states.at(stamps), demonstration.commands.at(later), keypoints, scores, settings.task, images)


def _person(demonstration: Demonstration, stamps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    persons, count = demonstration.persons, len(demonstration.about.skeleton)
    keypoints, scores = np.zeros((len(stamps), count, 3)), np.zeros((len(stamps), count))
    known = np.isfinite(persons.points).all(axis=2)
    for index in np.flatnonzero(known.any(axis=0)):
        seen = known[:, index]
        scores[:, index] = np.interp(stamps, persons.stamps[seen], persons.scores[seen, index])
        for axis in range(3):
            keypoints[:, index, axis] = np.interp(stamps, persons.stamps[seen], persons.points[seen, index, axis])
    return keypoints, scores
