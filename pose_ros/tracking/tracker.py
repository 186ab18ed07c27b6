"""The tracker: people with identities from people without, one image after another."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from pose_ros.errors import SkeletonError, StampError
from pose_ros.skeletons import Skeleton
from pose_ros.tracking.identity import Identity, as_far
from pose_ros.tracking.motion import Motion, MotionSettings
from pose_ros.tracking.similarity import duplicates, keypoints_of, oks, places_m
from pose_ros.tracking.tracker_settings import TrackerSettings
from pose_ros.types import Person, Track, TrackState

_SAME_PLACE_M = 0.25  # nearer than two bodies can be


class Tracker:
    """Follows the people of ONE camera; each camera has a tracker, and identities, of its own.

    Attributes:
        ignored: detections of the newest image that belong to no track and are too doubtful to begin one, but for
            tracked people found twice.
        restarts: how often a stamp went back, and everyone was forgotten.

    A detection that no track explains begins a NEW one, without identity. When it has proved itself it becomes someone
    who was lost near there, or else a new identity. So ghosts get none, and steal none.

    Example:
        tracker = Tracker()
        for stamp_s, persons in detections:
            tracks = tracker.update(persons, stamp_s)
    """

    def __init__(self, settings: TrackerSettings | None = None, motion: MotionSettings | None = None) -> None:
        self._settings = settings or TrackerSettings()
        self._motion_settings = motion or MotionSettings()
        self._next_id = 0
        self.restarts = 0
        self.reset()

    def reset(self) -> None:
        """Forget everyone; identities are not used again."""
        self._skeleton: Skeleton | None = None
        self._motion = Motion(0, self._motion_settings)
        self._identities: list[Identity] = []
        self._stamp_s = -np.inf
        self.ignored: list[Person] = []

    @property
    def stamp_s(self) -> float:
        """The newest stamp [s]; -inf before the first."""
        return self._stamp_s

    def update(self, persons: Sequence[Person], stamp_s: float,
               image_size: tuple[int, int] | None = None) -> list[Track]:
        """Everyone who is followed, after the detections of one image; call it for images without people too.

        Args:
            persons: detected ones, in any order; those without any keypoint are ignored. Points in the optical frame,
                where they have any, tell people apart who cross in the image.
            stamp_s: of the image [s].
            image_size: (width, height) [px]; who is extrapolated out of the image is LOST. None = no such limit.

        Returns:
            Tracks in the order in which they appeared, LOST ones included.

        Raises:
            StampError: the stamp is not finite.
            SkeletonError: the persons have another skeleton than the tracks; `reset` first.
        """
        step_s = self._advance(stamp_s)
        self._check_skeleton(persons)
        measured = keypoints_of(persons, self._motion.keypoints.shape[1])
        found = np.isfinite(measured).all(axis=2).any(axis=1)
        persons, measured = [person for person, kept in zip(persons, found) if kept], measured[found]
        self._motion.predict(step_s)
        places = places_m(persons)
        distances = places[:, 2]
        rows, columns = self._match(measured, distances)
        self._motion.correct(rows, measured[columns], step_s)
        for row, column in zip(rows.tolist(), columns.tolist()):
            self._identities[row].see(persons[column], float(distances[column]), self._stamp_s)
        self._confirm(bool(np.isfinite(distances).any()))
        self._forget()
        self._begin(persons, measured, distances, self._once(persons, measured, places, columns.tolist()))
        return [self._track(row, image_size) for row, one in enumerate(self._identities)
                if one.track_id >= 0 or one.seen_s == self._stamp_s]

    def _advance(self, stamp_s: float) -> float:
        if not np.isfinite(stamp_s):
            raise StampError(f'image stamp {stamp_s} s; allowed: a finite time in seconds')
        if stamp_s < self._stamp_s - self._settings.max_late_s:
            self.reset()
            self.restarts += 1
        step_s = max(stamp_s - self._stamp_s, 0.0) if np.isfinite(self._stamp_s) else 0.0
        self._stamp_s = max(stamp_s, self._stamp_s)
        return step_s

    def _check_skeleton(self, persons: Sequence[Person]) -> None:
        for person in persons:
            if self._skeleton is None:
                self._skeleton = person.skeleton
                self._motion = Motion(len(person.skeleton), self._motion_settings)
            if person.skeleton != self._skeleton:
                raise SkeletonError(f'tracks have skeleton {self._skeleton.name}, got a person with '
                                    f'{person.skeleton.name}; allowed: the same one, or reset first')

    @property
    def _sigmas(self) -> np.ndarray:
        return self._skeleton.sigmas if self._skeleton else np.zeros(0)

    def _match(self, measured: np.ndarray, distances: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        gone = self._unseen_s() > self._settings.patience_s
        alike = self._alike(measured, np.where(gone, 0, self._motion.spreads))
        unknown = np.where(gone & np.isfinite(distances).any(), 0.0, 1.0)[:, None]
        alike *= as_far(self._identities, distances, self._stamp_s, self._settings, unknown)
        least = np.where(gone, self._settings.sure_similarity, self._settings.min_similarity)
        return _assigned(alike, least[:, None])

    def _alike(self, measured: np.ndarray, spreads: np.ndarray) -> np.ndarray:
        if self._skeleton is None:
            return np.zeros((0, len(measured)))
        return oks(self._motion.keypoints, measured, self._motion.sizes, self._sigmas, spreads, self._settings.doubt)

    def _unseen_s(self) -> np.ndarray:
        return self._stamp_s - np.array([one.seen_s for one in self._identities])

    def _confirm(self, in_depth: bool) -> None:
        """Give the new tracks that proved themselves the identity of someone unseen near there, or a new one.

        Who is without distance though others have one is mostly a ghost, and nobody who had one.
        """
        ready = np.array([i for i, one in enumerate(self._identities) if one.track_id < 0
                          and one.seen_s - one.began_s >= self._settings.confirm_s - 1e-6], int)
        if not len(ready):
            return
        absent = (self._unseen_s() > 0) & np.array([one.track_id >= 0 for one in self._identities])
        far = as_far(self._identities, np.array([self._identities[row].distance_m for row in ready]), self._stamp_s,
                     self._settings, unknown=float(not in_depth))
        alike = np.where(absent[:, None], self._alike(self._motion.keypoints[ready], self._motion.spreads) * far, 0)
        rows, columns = _assigned(alike, self._settings.min_similarity)
        back = dict(zip(ready[columns].tolist(), rows.tolist()))
        for row in ready.tolist():
            self._identify(self._identities[row], self._identities[back[row]] if row in back else None)
        self._drop([row for row in range(len(self._identities)) if row not in back.values()])

    def _identify(self, identity: Identity, before: Identity | None) -> None:
        if before is None:
            identity.name(self._next_id)
            self._next_id += 1
        else:
            identity.replace(before)

    def _forget(self) -> None:
        times = self._settings.patience_s, self._settings.remember_s
        self._drop([row for row, one in enumerate(self._identities)
                    if self._stamp_s - one.seen_s <= times[one.track_id >= 0]])

    def _drop(self, kept: Sequence[int]) -> None:
        """Drop all tracks but the kept ones."""
        if len(kept) < len(self._identities):
            self._motion.keep(np.array(kept, int))
            self._identities = [self._identities[row] for row in kept]

    def _once(self, persons: Sequence[Person], measured: np.ndarray, places: np.ndarray,
              kept: list[int]) -> list[int]:
        """Those who are neither among the kept ones nor one of them, or a better one of their own, found twice."""
        others = sorted(set(range(len(persons))) - set(kept), key=lambda i: -persons[i].score)
        if not others:
            return []
        order = kept + others
        near = np.linalg.norm(places[others][:, None] - places[order], axis=2) < _SAME_PLACE_M
        same = near | duplicates(measured[others], measured[order], self._sigmas)
        before = np.arange(len(order)) < len(kept)
        for row in range(len(others)):
            before[len(kept) + row] = not same[row, before].any()
        return sorted(np.array(order)[len(kept):][before[len(kept):]].tolist())

    def _begin(self, persons: Sequence[Person], measured: np.ndarray, distances: np.ndarray,
               unmatched: list[int]) -> None:
        settings = self._settings
        starts = [i for i in unmatched if persons[i].score >= settings.min_start_score
                  and persons[i].found.sum() >= settings.min_start_keypoints]
        self.ignored = [persons[i] for i in unmatched if i not in starts]
        if starts:
            self._motion.add(measured[starts])
        self._identities += [Identity(persons[i].with_track_id(-1), self._stamp_s, self._stamp_s,
                                       distance_m=distances[i], measured_s=self._stamp_s) for i in starts]

    def _inside(self, row: int, image_size: tuple[int, int] | None) -> bool:
        keypoints = self._motion.keypoints[row]
        middle = keypoints[np.isfinite(keypoints).all(axis=1)].mean(axis=0)
        return image_size is None or bool(((middle >= 0) & (middle <= image_size)).all())

    def _track(self, row: int, image_size: tuple[int, int] | None) -> Track:
        one = self._identities[row]
        unseen_s = self._stamp_s - one.seen_s
        state, person = TrackState.NEW if one.track_id < 0 else TrackState.TRACKED, one.person
        if unseen_s > 0:
            soon = unseen_s <= self._settings.predict_s and self._inside(row, image_size)
            state = TrackState.PREDICTED if soon else TrackState.LOST
            person = one.predicted(self._extrapolated(row)) if soon else one.erased()
        return Track(person, state, one.frames, self._stamp_s - one.began_s, unseen_s, self._motion.velocities[row])

    def _extrapolated(self, row: int) -> np.ndarray:
        """(K, 2) keypoints of a track [px] that were seen a moment ago."""
        fresh = self._motion.ages_s[row] <= self._settings.predict_s
        return np.where(fresh[:, None], self._motion.keypoints[row], np.nan)


def _assigned(alike: np.ndarray, least: np.ndarray | float) -> tuple[np.ndarray, np.ndarray]:
    """The pairs (rows, columns) of the best assignment, each at least that much alike."""
    gain = np.where(alike >= least, alike, 0)
    rows, columns = linear_sum_assignment(gain, maximize=True)
    real = gain[rows, columns] > 0
    return rows[real], columns[real]
