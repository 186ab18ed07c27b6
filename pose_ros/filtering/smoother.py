"""Filters for all tracked people of one camera: keypoints [px] and points [m], each track with filters of its own."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from pose_ros.filtering.kalman import KalmanFilter
from pose_ros.filtering.keypoint_filter import Filtered, FilterSettings, KeypointFilter, checked_stamp
from pose_ros.filtering.one_euro import OneEuroFilter
from pose_ros.settings import Settings, setting
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
    """Smooths people by their track_id; those without one come back unsmoothed, with unknown velocities."""

    def __init__(self, settings: SmootherSettings | None = None, filters: FilterSettings | None = None) -> None:
        self._settings, self._filters = settings or SmootherSettings(), filters or FilterSettings()
        self._people: dict[int, _PersonFilter] = {}
        self._stamp_s = -np.inf

    def smooth(self, persons: Sequence[Person], stamp_s: float, publish_s: float | None = None) -> list[Smoothed]:
        """The same people in the same order, smooth.

        Args:
            persons: as measured (`Track.measured`), so that the filter bridges gaps by itself.
            stamp_s: of their image [s]. Going backwards starts anew.
            publish_s: predict to this moment [s], at most `max_ahead_s` after the stamp; None = to the stamp.

        Raises:
            StampError: a stamp is not finite.
        """
        stamp_s = checked_stamp(stamp_s)
        if stamp_s < self._stamp_s:
            self._people.clear()
        self._stamp_s = stamp_s
        ahead_s = 0.0 if publish_s is None else min(max(checked_stamp(publish_s) - stamp_s, 0.0),
                                                    self._settings.max_ahead_s)
        smoothed = [self._smooth(person, stamp_s, ahead_s) for person in persons]
        self._forget(stamp_s)
        return smoothed

    def _smooth(self, person: Person, stamp_s: float, ahead_s: float) -> Smoothed:
        if person.track_id < 0:
            count = len(person.skeleton)
            return Smoothed(person, np.full((count, 2), np.nan), np.full((count, 3), np.nan), np.zeros(count, bool))
        if person.track_id not in self._people:
            self._people[person.track_id] = _PersonFilter(self._settings, self._filters)
        return self._people[person.track_id].smooth(person, stamp_s, ahead_s)

    def _forget(self, stamp_s: float) -> None:
        for track_id in [key for key, one in self._people.items() if stamp_s - one.seen_s > self._settings.forget_s]:
            del self._people[track_id]


class _PersonFilter:
    """The two filters of one person."""

    def __init__(self, settings: SmootherSettings, filters: FilterSettings) -> None:
        self._image, self._space = FILTERS[settings.filter](filters), FILTERS[settings.filter](filters)
        self._height_m = settings.person_height_m
        self._height_px = 1.0
        self._lifted = False
        self.seen_s = -np.inf

    def smooth(self, person: Person, stamp_s: float, ahead_s: float) -> Smoothed:
        self.seen_s = stamp_s if person.found.any() else self.seen_s
        # A person half out of the image has a small box but is no smaller.
        self._height_px = max(np.nan_to_num(person.bbox[2:].max()), 0.98 * self._height_px)
        unit = self._height_px / self._height_m
        image = _filtered(self._image, person.keypoints, stamp_s, ahead_s, None, unit)
        points, velocities = self._smooth_points(person, stamp_s, ahead_s)
        return Smoothed(replace(person, keypoints=image.values, points=points), image.velocities, velocities,
                        image.predicted)

    def _smooth_points(self, person: Person, stamp_s: float, ahead_s: float) -> tuple[Points | None, np.ndarray]:
        self._lifted = self._lifted or person.points is not None
        nothing = np.full((len(person.skeleton), 3), np.nan)
        if not self._lifted:
            return None, nothing
        raw = person.points or Points(nothing, np.full((len(nothing), 3, 3), np.nan), np.zeros(len(nothing)))
        space = _filtered(self._space, raw.positions, stamp_s, ahead_s, raw.covariances)
        sources = np.where(raw.known, raw.sources, PointSource.PREDICTED)
        sources = np.where(np.isfinite(space.values).all(axis=1), sources, PointSource.NONE)
        return Points(space.values, space.covariances, sources), space.velocities


def _filtered(one: KeypointFilter, values: np.ndarray, stamp_s: float, ahead_s: float,
              covariances: np.ndarray | None = None, unit: float = 1.0) -> Filtered:
    now = one.update(values, stamp_s, covariances, unit)
    return replace(one.predict(stamp_s + ahead_s), predicted=now.predicted) if ahead_s else now
