"""Filters for all tracked people of one camera: keypoints [px] and points [m], each track with filters of its own."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from pose_ros.filtering.kalman import KalmanFilter
from pose_ros.filtering.keypoint_filter import Filtered, FilterSettings, KeypointFilter, checked_stamp, taken
from pose_ros.filtering.one_euro import OneEuroFilter
from pose_ros.settings import Settings, setting
from pose_ros.tracking.similarity import medians
from pose_ros.types import Person, Points, PointSource

FILTERS: dict[str, Callable[[FilterSettings], KeypointFilter]] = {
    'kalman_velocity': lambda settings: KalmanFilter(settings, order=1),
    'kalman_acceleration': lambda settings: KalmanFilter(settings, order=2),
    'one_euro': OneEuroFilter,
}


@dataclass(frozen=True)
class SmootherSettings(Settings):
    """Which filter smooths people; its own settings are `FilterSettings`."""

    filter: str = setting('kalman_velocity', 'Filter of keypoints and points', choices=tuple(FILTERS))
    max_ahead_s: float = setting(0.2, 'Longest prediction from the image stamp to the time of publishing [s]',
                                 low=0.0, high=1.0)
    person_height_m: float = setting(1.7, 'Turns pixels into metres for filters in the image [m]', low=0.3, high=3.0)
    forget_s: float = setting(3.0, 'A person unseen for longer starts with fresh filters [s]', low=0.0, high=60.0)


@dataclass(frozen=True, eq=False)
class Smoothed:
    """A person after filtering; the raw one stays as it was.

    Attributes:
        person: smooth keypoints, and points if the raw person had them or still has them predicted.
        velocities: (K, 2) [px/s] of the keypoints; NaN = unknown.
        point_velocities: (K, 3) [m/s] of the points; NaN = unknown.
        predicted: (K,) bool, keypoints that were not measured at the stamp of the image.
    """

    person: Person
    velocities: np.ndarray
    point_velocities: np.ndarray
    predicted: np.ndarray


class Smoother:
    """Smooths people by their track_id; those without one come back unsmoothed, with unknown velocities.

    All of them share one filter of keypoints and one of points, so that five people cost little more than one.
    """

    def __init__(self, settings: SmootherSettings | None = None, filters: FilterSettings | None = None) -> None:
        self._settings, self._filters = settings or SmootherSettings(), filters or FilterSettings()
        self.reset()

    def reset(self) -> None:
        """Forget everyone."""
        make = FILTERS[self._settings.filter]
        self._image, self._space = make(self._filters), make(self._filters)
        self._ids: list[int] = []
        # Of each person: when it was last seen, its height in the image, and whether it was ever lifted.
        self._seen_s, self._heights_px, self._lifted = np.zeros(0), np.zeros(0), np.zeros(0, bool)
        self._stamp_s = -np.inf

    def smooth(self, persons: Sequence[Person], stamp_s: float, publish_s: float | None = None) -> list[Smoothed]:
        """The same people in the same order, smooth.

        Args:
            persons: of one skeleton, as measured (`Track.measured`), so that the filter bridges gaps by itself.
            stamp_s: of their image [s]. Going backwards starts anew.
            publish_s: predict to this moment [s], at most `max_ahead_s` after the stamp; None = to the stamp.

        Raises:
            StampError: a stamp is not finite.
        """
        ahead_s = self.ahead_s(stamp_s, publish_s)
        if stamp_s < self._stamp_s:
            self.reset()
        self._stamp_s = stamp_s
        tracked = {one.track_id: one for one in persons if one.track_id >= 0}
        self._arrange(tracked)
        smoothed = self._filtered(tracked, ahead_s) if tracked else {}
        return [smoothed[one.track_id] if one.track_id >= 0 else _unsmoothed(one) for one in persons]

    def ahead_s(self, stamp_s: float, publish_s: float | None) -> float:
        """How far people of this stamp are predicted who are published then [s].

        Raises:
            StampError: a stamp is not finite.
        """
        stamp_s = checked_stamp(stamp_s)
        late_s = 0.0 if publish_s is None else checked_stamp(publish_s) - stamp_s
        return min(max(late_s, 0.0), self._settings.max_ahead_s)

    def _arrange(self, tracked: Mapping[int, Person]) -> None:
        """Rows for newcomers, and none for those unseen for long."""
        kept = np.flatnonzero(self._stamp_s - self._seen_s <= self._settings.forget_s)
        known = [self._ids[i] for i in kept.tolist()]
        fresh = [track_id for track_id in tracked if track_id not in known]
        if fresh or len(kept) < len(self._ids):
            self._ids = known + fresh
            people = np.array([*kept, *[-1] * len(fresh)], np.int64)
            self._select(people, len(next(iter(tracked.values())).skeleton) if tracked else self._count)

    def _select(self, people: np.ndarray, count: int) -> None:
        self._count = count
        self._seen_s = taken(self._seen_s, people, self._stamp_s)
        self._heights_px, self._lifted = taken(self._heights_px, people, 1.0), taken(self._lifted, people, False)
        rows = np.where(people[:, None] < 0, -1, people[:, None] * count + np.arange(count)).ravel()
        self._image.select(rows)
        self._space.select(rows)

    def _filtered(self, tracked: Mapping[int, Person], ahead_s: float) -> dict[int, Smoothed]:
        people = [tracked.get(track_id) for track_id in self._ids]
        nothing, unknown = _nothing(self._count)
        keypoints = np.array([one.keypoints if one else nothing for one in people])
        points = [one.points if one and one.points else unknown for one in people]
        self._lifted |= [one is not unknown for one in points]
        self._see(keypoints, np.array([one.positions for one in points]))
        units = np.repeat(self._heights_px / self._settings.person_height_m, self._count)
        image = self._run(self._image, keypoints.reshape(-1, 2), ahead_s, None, units)
        space = self._in_space(points, ahead_s) if self._lifted.any() else None
        return {one.track_id: _smoothed(one, image, row, space if self._lifted[row] else None)
                for row, one in enumerate(people) if one}

    def _in_space(self, points: Sequence[Points], ahead_s: float) -> tuple[list[Points], np.ndarray]:
        """Everyone's points, and (N, K, 3) their velocities."""
        space = self._run(self._space, np.concatenate([one.positions for one in points]), ahead_s,
                          np.concatenate([one.covariances for one in points]))
        sources = np.array([one.sources for one in points])
        sources[space.predicted] = PointSource.PREDICTED
        sources[~np.isfinite(space.values).all(axis=2)] = PointSource.NONE
        return Points.of_each(space.values, space.covariances, sources), space.velocities

    def _see(self, keypoints: np.ndarray, positions: np.ndarray) -> None:
        """Takes in (N, K, 2) keypoints [px] and (N, K, 3) points [m] of everyone."""
        seen = np.isfinite(keypoints).any(axis=(1, 2)) | np.isfinite(positions).any(axis=(1, 2))
        self._seen_s[seen] = self._stamp_s
        sides = np.fmax.reduce(keypoints, axis=1) - np.fmin.reduce(keypoints, axis=1)
        # A person half out of the image has a small box but is no smaller.
        self._heights_px = np.fmax(sides.max(axis=1), 0.98 * self._heights_px)

    def _run(self, one: KeypointFilter, values: np.ndarray, ahead_s: float, covariances: np.ndarray | None = None,
             unit: np.ndarray | float = 1.0) -> Filtered:
        """Everyone, (N, K, ...) in each array.

        What is not measured goes on as the whole person does: its own speed is noise, and would tear limbs off.
        """
        now = one.update(values, self._stamp_s, covariances, unit)
        unseen = now.predicted & np.isfinite(now.values).all(axis=1)
        if unseen.any():
            one.carry(unseen, _whole(now, self._count)[unseen])
        later = one.predict(self._stamp_s + ahead_s)
        parts = later.values, later.velocities, later.covariances, now.predicted
        return Filtered(*(part.reshape(-1, self._count, *part.shape[1:]) for part in parts))


def _unsmoothed(person: Person) -> Smoothed:
    count = len(person.skeleton)
    return Smoothed(person, np.full((count, 2), np.nan), np.full((count, 3), np.nan), np.zeros(count, bool))


def _smoothed(person: Person, image: Filtered, row: int, space: tuple[list[Points], np.ndarray] | None) -> Smoothed:
    """The person in one row of everyone, with points and their velocities if there are any."""
    points, velocities = (space[0][row], space[1][row]) if space else (None, np.full((len(person.skeleton), 3), np.nan))
    smooth = Person(person.skeleton, image.values[row], person.scores, person.score, person.track_id, points)
    return Smoothed(smooth, image.velocities[row], velocities, image.predicted[row])


@lru_cache(maxsize=4)
def _nothing(count: int) -> tuple[np.ndarray, Points]:
    """(K, 2) keypoints and K points of someone of whom nothing is known."""
    return np.full((count, 2), np.nan, np.float32), Points.unknown(count)


def _whole(now: Filtered, count: int) -> np.ndarray:
    """(N K, D) velocity of the whole person of each keypoint: the median of those measured, or else of those known."""
    velocities = now.velocities.reshape(-1, count, now.velocities.shape[1])
    measured = ~now.predicted.reshape(-1, count)
    measured = np.where(measured.any(axis=1, keepdims=True), measured, True)
    whole = medians(np.where(measured[:, :, None], velocities, np.nan))
    whole[np.isnan(whole)] = 0
    return np.repeat(whole, count, axis=0)
