"""Who is who across cameras: people seen by several calibrated cameras become people in one frame."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from pose_ros.errors import CameraError
from pose_ros.lifting.triangulation import TriangulationSettings, View, triangulate
from pose_ros.settings import Settings, setting
from pose_ros.types import Person, Points


@dataclass(frozen=True)
class FusionSettings(Settings):
    """When two people in two cameras are one."""

    max_gap_m: float = setting(0.12, 'Median distance between the rays of the keypoints of one person [m]',
                               low=0.001, high=10.0)
    min_common: int = setting(4, 'Keypoints that two views of one person must share', low=1, high=200)
    min_agreeing: float = setting(0.5, 'Part of the keypoints shared by a group that must triangulate in all its views',
                                  low=0.0, high=1.0)


@dataclass(frozen=True, eq=False)
class FusedPerson:
    """One human seen by one or more cameras.

    Attributes:
        members: (view, index) of the persons that are this one, at most one of each view.
        points: in the common frame; None if seen by one camera only.
    """

    members: tuple[tuple[int, int], ...]
    points: Points | None


def fuse(views: Sequence[View], persons: Sequence[Sequence[Person]], settings: FusionSettings | None = None,
         triangulation: TriangulationSettings | None = None) -> list[FusedPerson]:
    """People across cameras, those seen by most cameras first.

    Pairs of people whose rays pass near each other are merged, the nearest first, unless two people of one camera would
    become one or the group's keypoints no longer meet in space.

    Args:
        views: V cameras.
        persons: per view, the people it sees at the same moment, all of the same skeleton.

    Raises:
        CameraError: not one list of people per view.
    """
    if len(views) != len(persons):
        raise CameraError(f'got {len(views)} views and people of {len(persons)}; allowed: as many')
    fusion = _Fusion(views, persons, settings or FusionSettings(), triangulation or TriangulationSettings())
    for _, first, second in fusion.pairs():
        fusion.merge(first, second)
    return sorted((fusion.fused(group) for group in fusion.groups), key=lambda one: -len(one.members))


class _Fusion:
    """Groups of (view, index) while they are merged."""

    def __init__(self, views: Sequence[View], persons: Sequence[Sequence[Person]], settings: FusionSettings,
                 triangulation: TriangulationSettings) -> None:
        self._views, self._persons = views, persons
        self._settings, self._triangulation = settings, triangulation
        self._directions = [[view.directions(one.keypoints) for one in seen] for view, seen in zip(views, persons)]
        self._done: dict[tuple[tuple[int, int], ...], Points] = {}
        self.groups = [[(view, index)] for view, seen in enumerate(persons) for index in range(len(seen))]

    def pairs(self) -> list[tuple[float, tuple[int, int], tuple[int, int]]]:
        """(gap [m], member, member) of people in different views that may be the same, the nearest first."""
        members = [group[0] for group in self.groups]
        pairs = [(self._gap(a, b), a, b) for a, b in combinations(members, 2) if a[0] != b[0]]
        return sorted(pair for pair in pairs if pair[0] <= self._settings.max_gap_m)

    def merge(self, first: tuple[int, int], second: tuple[int, int]) -> None:
        """Make one group of those of two members, if it can be one person."""
        one, other = (next(group for group in self.groups if member in group) for member in (first, second))
        both = sorted(one + other)
        if one is other or len({view for view, _ in both}) < len(both) or not self._meets(both):
            return
        self.groups = [group for group in self.groups if group is not one and group is not other] + [both]

    def fused(self, group: list[tuple[int, int]]) -> FusedPerson:
        """The person of a group."""
        return FusedPerson(tuple(group), self._triangulated(group) if len(group) > 1 else None)

    def _gap(self, first: tuple[int, int], second: tuple[int, int]) -> float:
        """The median distance [m] between the rays of shared keypoints; inf for too few."""
        (i, a), (j, b) = first, second
        ahead, other = self._directions[i][a], self._directions[j][b]
        normals = np.cross(ahead, other)
        lengths = np.linalg.norm(normals, axis=1)
        gaps = np.abs(normals @ (self._views[j].origin - self._views[i].origin))[lengths > 1e-3]
        gaps = gaps / lengths[lengths > 1e-3]
        return float(np.median(gaps)) if len(gaps) >= self._settings.min_common else np.inf

    def _triangulated(self, group: list[tuple[int, int]]) -> Points:
        key = tuple(group)
        if key not in self._done:
            people = [self._persons[view][index] for view, index in group]
            self._done[key] = triangulate(
                [self._views[view] for view, _ in group], np.array([one.keypoints for one in people]),
                np.array([one.scores for one in people]), self._triangulation)
        return self._done[key]

    def _meets(self, group: list[tuple[int, int]]) -> bool:
        found = np.array([self._persons[view][index].found for view, index in group])
        points = self._triangulated(group)
        pixels = np.array([_projected(self._views[view], points.positions) for view, _ in group])
        keypoints = np.array([self._persons[view][index].keypoints for view, index in group])
        near = np.linalg.norm(pixels - keypoints, axis=2) <= self._triangulation.max_error_px
        shared = found.sum(axis=0) >= 2
        agree = (near | ~found).all(axis=0) & points.known & shared
        return bool(agree.sum() >= self._settings.min_agreeing * max(shared.sum(), 1))


def _projected(view: View, positions: np.ndarray) -> np.ndarray:
    inverse = np.linalg.inv(view.transform_camera_to_world)
    return view.camera.project(np.nan_to_num(positions) @ inverse[:3, :3].T + inverse[:3, 3])
