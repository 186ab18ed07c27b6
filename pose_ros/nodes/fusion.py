"""Which images of several cameras are of one moment, and the people in all of them together."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from std_msgs.msg import Header

from pose_ros.bridge.stamps import seconds_of
from pose_ros.lifting.triangulation import View
from pose_ros.nodes.space_camera import Seen
from pose_ros.space.followed import Followed

_LEAST_CAMERAS = 2
_ROUNDING_S = 1e-6


class Fuses(Protocol):
    """Makes people of several cameras one; `FusedPeople` does.

    Attributes:
        predicted_s: how far beyond their stamp the newest people are predicted [s].
    """

    predicted_s: float

    def update(self, seen: Mapping[str, tuple[View, list[Followed]]], stamp_s: float,
               publish_s: float | None) -> list[Followed]:
        """Everyone at one moment, in the common frame, predicted to when they are published."""


@dataclass(frozen=True, eq=False)
class Moment:
    """Who is there at one moment.

    Attributes:
        header: stamp of the newest of its images, and the common frame.
        cameras: that saw it.
        followed: everyone, in the common frame.
        predicted_s: how far beyond that stamp they are predicted [s].
    """

    header: Header
    cameras: tuple[str, ...]
    followed: list[Followed]
    predicted_s: float


class Fusion:
    """Gathers what cameras see until all of them have told of a moment, or one tells of the next.

    Args:
        count: of the cameras.
        people: makes them one.
        slop_s: stamps of one moment differ by no more [s].
        publish_s: the moment [s] to which the people of a stamp [s] are predicted now; None = that stamp.
    """

    def __init__(self, count: int, people: Fuses, slop_s: float,
                 publish_s: Callable[[float], float | None] = lambda _: None) -> None:
        self._count, self._people, self._slop_s, self._publish_s = count, people, slop_s, publish_s
        self._pending: dict[str, tuple[float, Any, Seen]] = {}

    def add(self, camera: str, stamp: Any, seen: Seen) -> list[Moment]:
        """What one camera sees; the moments that are complete by it, mostly none or one.

        Args:
            camera: that tells.
            stamp: of its image.
            seen: in it; without a view it says nothing of the common frame.
        """
        stamp_s = seconds_of(stamp)
        done = self._complete() if camera in self._pending or not self._fits(stamp_s) else []
        if seen.view:
            self._pending[camera] = stamp_s, stamp, seen
        return done + (self._complete() if len(self._pending) == self._count else [])

    def _fits(self, stamp_s: float) -> bool:
        stamps_s = [stamp_s, *(other_s for other_s, _, _ in self._pending.values())]
        return max(stamps_s) - min(stamps_s) <= self._slop_s + _ROUNDING_S

    def _complete(self) -> list[Moment]:
        pending, self._pending = self._pending, {}
        if len(pending) < _LEAST_CAMERAS:
            return []
        stamp_s, stamp, newest = max(pending.values(), key=lambda told: told[0])
        followed = self._people.update({camera: (seen.view, seen.followed) for camera, (_, _, seen) in pending.items()
                                        if seen.view}, stamp_s, self._publish_s(stamp_s))
        header = Header(stamp=stamp, frame_id=newest.frame_id)
        return [Moment(header, tuple(pending), followed, self._people.predicted_s)]
