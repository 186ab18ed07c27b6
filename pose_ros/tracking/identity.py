"""What a track is besides its motion: who, since when, how far away."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np

from pose_ros.tracking.tracker_settings import TrackerSettings
from pose_ros.types import Person

_FASTEST_M_S = 3.0


@dataclass
class Identity:
    """One track; its track_id is -1 until it is confirmed.

    Attributes:
        person: as detected when it was last seen; nothing is left of it but its name once the track is LOST.
        began_s, seen_s: stamps of the first and of the newest detection [s].
        distance_m: along the view when it was last known, at `measured_s`; NaN = never.
    """

    person: Person
    began_s: float
    seen_s: float
    frames: int = 1
    track_id: int = -1
    distance_m: float = np.nan
    measured_s: float = -np.inf

    def see(self, person: Person, distance_m: float, stamp_s: float) -> None:
        """The person was detected again; nobody comes nearer faster than that, whatever a mixed-up detection says."""
        if isfinite(distance_m):
            before = self.distance_m if isfinite(self.distance_m) else distance_m
            step = _FASTEST_M_S * (stamp_s - self.measured_s)
            self.distance_m, self.measured_s = min(max(distance_m, before - step), before + step), stamp_s
        self.person = person.with_track_id(self.track_id)
        self.seen_s = stamp_s
        self.frames += 1

    def erased(self) -> Person:
        """The person without any keypoint, made once for as long as it is lost."""
        if not np.isnan(self.person.keypoints).all():
            count = len(self.person.scores)
            self.person = self.predicted(np.full((count, 2), np.nan))
        return self.person

    def predicted(self, keypoints: np.ndarray) -> Person:
        """The person at other keypoints (K, 2) [px], none of them seen."""
        one = self.person
        return Person(one.skeleton, keypoints, np.zeros(len(keypoints)), one.score, one.track_id)

    def name(self, track_id: int) -> None:
        """The track is believed, and someone new."""
        self.track_id = track_id
        self.person = self.person.with_track_id(track_id)

    def replace(self, before: Identity) -> None:
        """The track is believed, and someone who was lost."""
        self.name(before.track_id)
        self.began_s = before.began_s
        self.frames += before.frames


def as_far(identities: Sequence[Identity], distances: np.ndarray, stamp_s: float,
           settings: TrackerSettings, unknown: np.ndarray | float = 1.0) -> np.ndarray:
    """(N, M) likelihood 0..1 of (M,) distances [m] at a stamp, given those of N tracks.

    Args:
        unknown: the likelihood, one or (N, 1), of someone without distance to be a track that has one.
    """
    own = np.array([(one.distance_m, stamp_s - one.measured_s) for one in identities]).reshape(-1, 2)
    spreads = np.hypot(settings.distance_m, settings.approach_m_s * own[:, 1])[:, None]
    misses = (own[:, :1] - distances) / spreads
    guess = np.where(np.isnan(own[:, :1]), 1.0, unknown)
    return np.where(np.isnan(misses), guess, np.exp(-0.5 * np.square(misses)))
