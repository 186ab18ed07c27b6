"""The people that a robot sees: whose points may move it, whom it follows, and how near they are."""
from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from pose_ros.errors import RobotError
from pose_ros.types import Person, PointSource

# Points that nobody saw never move a robot.
UNSEEN = (PointSource.NONE, PointSource.PREDICTED)


def seen_points(person: Person, transform: np.ndarray | None = None) -> np.ndarray:
    """(K, 3) measured points [m], moved by `transform` (4, 4) if there is one; NaN = not measured."""
    transform = np.eye(4) if transform is None else transform
    if person.points is None:
        return np.full((len(person.scores), 3), np.nan)
    seen = person.points.known & ~np.isin(person.points.sources, UNSEEN)
    return np.where(seen[:, None], person.points.positions, np.nan) @ transform[:3, :3].T + transform[:3, 3]


def distance_between(points: np.ndarray, places: np.ndarray) -> float:
    """Smallest distance [m] of points (K, 3), NaN left out, to places (P, 3); NaN without any point."""
    known = points[np.isfinite(points).all(1)]
    gaps = np.linalg.norm(known[:, None] - places, axis=2)
    return float(gaps.min()) if gaps.size else math.nan


class People:
    """Who is there.

    Args:
        clock: steady time [s].
        timeout_s: people not seen for so long are gone [s].
        watch: False = never mind how near they are.
    """

    def __init__(self, clock: Callable[[], float], timeout_s: float, watch: bool) -> None:
        self._clock, self._timeout_s, self._watch = clock, timeout_s, watch
        self._selected = -1
        self._seen_at, self._nearest = -math.inf, math.inf
        self._distances: dict[int, float] = {}

    def see(self, persons: Sequence[Person], transform: np.ndarray | None, places: np.ndarray) -> None:
        """The people of one image.

        Args:
            persons: with points where they are known.
            transform: (4, 4) from the frame of their points to the base frame; None = unknown.
            places: (P, 3) of the robot in the base frame [m].
        """
        self._seen_at = self._clock()
        points = [seen_points(person, transform) for person in persons]
        distances = [distance_between(one, places) for one in points]
        self._distances = {person.track_id: distance for person, distance in zip(persons, distances)
                           if person.track_id >= 0 and math.isfinite(distance)}
        unknown = transform is None or any(map(math.isnan, distances))
        self._nearest = math.nan if persons and unknown else min(distances, default=math.inf)

    @property
    def nearest_m(self) -> float:
        """Distance of the nearest person to the robot [m]; infinite = nobody there, NaN = not known."""
        if not self._watch:
            return math.inf
        return math.nan if self._silent else self._nearest

    @property
    def _silent(self) -> bool:
        return self._clock() - self._seen_at > self._timeout_s

    def select(self, track_id: int) -> str:
        """Whom to follow from the next `enable` on, -1 = the nearest then; says so in words.

        Raises:
            RobotError: nobody with this track_id is seen in space.
        """
        if track_id >= 0:
            self._check(track_id)
        self._selected = max(track_id, -1)
        return f'person {track_id}' if track_id >= 0 else 'the nearest person'

    def chosen(self) -> int:
        """The track_id of the selected person.

        Raises:
            RobotError: nobody is seen in space, or not the selected one.
        """
        if self._selected >= 0:
            self._check(self._selected)
            return self._selected
        if self._silent or not self._distances:
            raise RobotError('no tracked person with points in metres is seen; a robot needs them: use a depth camera, '
                             'several calibrated cameras, or monocular lifting in pose_node')
        return min(self._distances, key=self._distances.__getitem__)

    def _check(self, track_id: int) -> None:
        if self._silent or track_id not in self._distances:
            there = ', '.join(map(str, sorted(self._distances))) if not self._silent else ''
            raise RobotError(f'nobody with track_id {track_id} and points in metres is seen; seen: {there or "nobody"}')
