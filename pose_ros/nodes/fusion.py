"""Which images of several cameras are of one moment, and the people in all of them together."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from pose_ros.lifting.triangulation import View
from pose_ros.nodes.space_camera import Seen
from pose_ros.space.followed import Followed

_LEAST_CAMERAS = 2
_ROUNDING_S = 1e-6


class Fuses(Protocol):
    """Makes people of several cameras one; `FusedPeople` does."""

    def update(self, seen: Mapping[str, tuple[View, list[Followed]]], stamp_s: float) -> list[Followed]:
        """Everyone at one moment, in the common frame."""


@dataclass(frozen=True, eq=False)
class Moment:
    """Who is there at one moment.

    Attributes:
        stamp_s: of the newest of its images [s].
        cameras: that saw it.
        followed: everyone, in the common frame.
    """

    stamp_s: float
    cameras: tuple[str, ...]
    followed: list[Followed]


class Fusion:
    """Gathers what cameras see until all of them have told of a moment, or one tells of the next.

    Args:
        count: of the cameras.
        people: makes them one.
        slop_s: stamps of one moment differ by no more [s].
    """

    def __init__(self, count: int, people: Fuses, slop_s: float) -> None:
        self._count, self._people, self._slop_s = count, people, slop_s
        self._pending: dict[str, tuple[View, list[Followed]]] = {}
        self._first_s = self._newest_s = 0.0

    def add(self, camera: str, stamp_s: float, seen: Seen) -> list[Moment]:
        """What one camera sees; the moments that are complete by it, mostly none or one.

        Args:
            camera: that tells.
            stamp_s: of its image [s].
            seen: in it; without a view it says nothing of the common frame.
        """
        done = []
        if self._pending and (camera in self._pending or not self._fits(stamp_s)):
            done += self._complete()
        if seen.view:
            self._newest_s = max(self._newest_s, stamp_s) if self._pending else stamp_s
            self._first_s = min(self._first_s, stamp_s) if self._pending else stamp_s
            self._pending[camera] = seen.view, seen.followed
        return done + (self._complete() if len(self._pending) == self._count else [])

    def _fits(self, stamp_s: float) -> bool:
        return max(self._newest_s, stamp_s) - min(self._first_s, stamp_s) <= self._slop_s + _ROUNDING_S

    def _complete(self) -> list[Moment]:
        pending, self._pending = self._pending, {}
        if len(pending) < _LEAST_CAMERAS:
            return []
        return [Moment(self._newest_s, tuple(pending), self._people.update(pending, self._newest_s))]
