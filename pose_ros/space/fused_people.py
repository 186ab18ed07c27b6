"""The people whom several calibrated cameras see, as one list in one frame, with identities of their own."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from pose_ros.filtering.keypoint_filter import FilterSettings
from pose_ros.filtering.smoother import Smoother, SmootherSettings
from pose_ros.lifting.fusion import FusedPerson, FusionSettings, fuse
from pose_ros.lifting.triangulation import TriangulationSettings, View
from pose_ros.skeletons import Skeleton
from pose_ros.space.body import Body
from pose_ros.space.followed import Followed
from pose_ros.space.space_settings import SpaceSettings
from pose_ros.types import Person, Points, TrackState

Member = tuple[str, int]  # camera, and track_id there


@dataclass
class _Known:
    """What is remembered of a fused person: who it was in which camera, and its newest points."""

    members: set[Member]
    person: Person
    seen_s: float
    frames: int = 0


@dataclass(frozen=True)
class FusedSettings:
    """The settings of every step."""

    fusion: FusionSettings = field(default_factory=FusionSettings)
    triangulation: TriangulationSettings = field(default_factory=TriangulationSettings)
    space: SpaceSettings = field(default_factory=SpaceSettings)
    smoother: SmootherSettings = field(default_factory=SmootherSettings)
    filters: FilterSettings = field(default_factory=FilterSettings)


class FusedPeople:
    """Fuses what the `People` of several cameras follow.

    Identities come from those of the cameras: whoever is one person in two of them stays it, and who is lost to all of
    them and comes back near the same place soon is the same again.

    Attributes:
        predicted_s: how far beyond their stamp the newest people are predicted [s].
    """

    def __init__(self, skeleton: Skeleton, settings: FusedSettings | None = None) -> None:
        self._skeleton, self._settings = skeleton, settings or FusedSettings()
        self._body = Body(skeleton, self._settings.space)
        self._next_id = 0
        self.predicted_s = 0.0
        self.reset()

    def reset(self) -> None:
        """Forget everyone; identities are not used again."""
        self._smoother = Smoother(self._settings.smoother, self._settings.filters)
        self._known: dict[int, _Known] = {}
        self._stamp_s = -np.inf

    def update(self, seen: Mapping[str, tuple[View, Sequence[Followed]]], stamp_s: float,
               publish_s: float | None = None) -> list[Followed]:
        """Everyone whom two cameras or more see at the same moment, and those they saw a moment ago, PREDICTED.

        Args:
            seen: by camera, where it stands and whom it follows.
            stamp_s: of the images [s]. Going backwards starts anew.
            publish_s: the moment for which `smooth` is predicted [s]; None = the stamp.

        Returns:
            People with points in the common frame of the views and no keypoints, which are those of no image.

        Raises:
            StampError: a stamp is not finite.
        """
        self.predicted_s = self._smoother.ahead_s(stamp_s, publish_s)
        if stamp_s < self._stamp_s:
            self.reset()
        self._stamp_s = stamp_s
        cameras = list(seen)
        people = [[one.raw for one in seen[camera][1] if one.state is not TrackState.PREDICTED] for camera in cameras]
        fused = fuse([seen[camera][0] for camera in cameras], people, self._settings.fusion,
                     self._settings.triangulation)
        self._identify([(one, self._members(one, cameras, people), one.points) for one in fused if one.points])
        return self._followed(publish_s)

    def _members(self, one: FusedPerson, cameras: Sequence[str], people: Sequence[Sequence[Person]]) -> set[Member]:
        ids = {(cameras[view], people[view][index].track_id) for view, index in one.members}
        return {member for member in ids if member[1] >= 0}

    def _identify(self, fused: Sequence[tuple[FusedPerson, set[Member], Points]]) -> None:
        """Those who share most members with someone known choose first."""
        votes = sorted(((self._likeness(members, points, key), place, key)
                        for place, (_, members, points) in enumerate(fused) for key in self._known), reverse=True)
        given: dict[int, int] = {}
        for likeness, place, key in votes:
            if likeness > 0 and place not in given and key not in given.values():
                given[place] = key
        for place, (_, members, points) in enumerate(fused):
            self._see(given.get(place, self._next_id), members, points)

    def _likeness(self, members: set[Member], points: Points, key: int) -> float:
        """Shared members, plus up to one for nearness; 0 = someone else."""
        known = self._known[key]
        apart = _apart(points, known.person.points)
        reach = self._settings.space.same_place_m + self._settings.space.same_speed_m_s * (self._stamp_s - known.seen_s)
        near = max(0.0, 1 - apart / reach) if np.isfinite(apart) else 0.0
        return len(members & known.members) + near

    def _see(self, key: int, members: set[Member], points: Points) -> None:
        self._next_id = max(self._next_id, key + 1)
        nothing = np.full((len(self._skeleton), 2), np.nan)
        person = Person(self._skeleton, nothing, points.known, 1.0, key, points)
        before = self._known.get(key)
        self._known[key] = _Known(members, person, self._stamp_s, before.frames + 1 if before else 1)

    def _followed(self, publish_s: float | None) -> list[Followed]:
        space = self._settings.space
        self._known = {key: one for key, one in self._known.items() if self._stamp_s - one.seen_s <= space.remember_s}
        recent = [one for one in self._known.values() if self._stamp_s - one.seen_s <= self._settings.filters.max_gap_s]
        unknown = Points.unknown(len(self._skeleton))
        raw = [one.person if one.seen_s == self._stamp_s else replace(one.person, points=unknown, scores=np.zeros(
            len(self._skeleton))) for one in recent]
        smoothed = self._smoother.smooth(raw, self._stamp_s, publish_s)
        bodies = self._body.of(smoothed, self._stamp_s)
        states = [TrackState.TRACKED if one.seen_s == self._stamp_s else TrackState.PREDICTED for one in recent]
        return [Followed(before, after.person, state, one.frames, ~before.points.known, *body)
                for one, before, after, state, body in zip(recent, raw, smoothed, states, bodies) if before.points]


def _apart(first: Points, second: Points | None) -> float:
    """Median distance of the points that both have [m]; NaN without any."""
    both = first.known & second.known if second else np.zeros(0, bool)
    return float(np.median(np.linalg.norm(first.positions[both] - second.positions[both], axis=1))) if (
        second and both.any()) else float('nan')
