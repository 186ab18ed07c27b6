"""Activities <-> PersonActivityArray, and as text over people in RViz."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from geometry_msgs.msg import Point, Vector3
from visualization_msgs.msg import Marker, MarkerArray

from pose_ros.activity.activity import Activity, Kind
from pose_ros.activity.caption import caption
from pose_ros.bridge.markers import colour_to_msg
from pose_ros.bridge.stamps import duration_of, seconds_of, time_of
from pose_ros.msg import PersonActivity, PersonActivityArray
from pose_ros.types import Person

__all__ = ['CaptionBoard', 'PersonActivityArray', 'activities_from_msg', 'activities_to_msg']

_TEXT_M = 0.12
_ABOVE_M = 0.3
_LIFETIME_S = 2.0


def activities_to_msg(found: Mapping[int, Sequence[Activity]], header: Any, camera: str) -> PersonActivityArray:
    """What the people of one image do -> PersonActivityArray.

    Args:
        found: by track_id.
        header: of the PersonPoseArray.
        camera: of the PersonPoseArray.
    """
    return PersonActivityArray(header=header, camera=camera, activities=[
        _activity_to_msg(track_id, activity) for track_id, activities in found.items() for activity in activities])


def _activity_to_msg(track_id: int, activity: Activity) -> PersonActivity:
    return PersonActivity(
        track_id=track_id, kind=int(activity.kind), label=activity.label, score=float(activity.score),
        since=time_of(activity.since_s), count=activity.count, value_names=list(activity.values),
        values=list(activity.values.values()), advice=activity.advice)


def activities_from_msg(msg: Any) -> dict[int, list[Activity]]:
    """PersonActivityArray -> what everyone does, by track_id; those who do nothing are absent."""
    found: dict[int, list[Activity]] = {}
    for one in msg.activities:
        values = dict(zip(one.value_names, map(float, one.values)))
        found.setdefault(one.track_id, []).append(
            Activity(Kind(one.kind), one.label, one.score, seconds_of(one.since), one.count, values, one.advice))
    return found


class CaptionBoard:
    """What people do as text over their heads; remembers who had one, to delete it."""

    def __init__(self) -> None:
        self._drawn: set[int] = set()

    def draw(self, persons: Sequence[Person], found: Mapping[int, Sequence[Activity]], header: Any,
             up: np.ndarray) -> MarkerArray:
        """The texts over the people of one image; those without points have none.

        Args:
            persons: of the image.
            found: what they do, by track_id.
            header: with the frame of their points.
            up: (3,) the direction that is up in that frame.
        """
        texts = {person.track_id: _text(person, found.get(person.track_id, ()), header, up)
                 for person in persons if person.points is not None and person.points.known.any()}
        now = {track_id for track_id, marker in texts.items() if marker.text}
        gone = [Marker(header=header, ns='activity', id=track_id, action=Marker.DELETE)
                for track_id in sorted(self._drawn - now)]
        self._drawn = now
        return MarkerArray(markers=[*gone, *(texts[track_id] for track_id in sorted(now))])


def _text(person: Person, activities: Sequence[Activity], header: Any, up: np.ndarray) -> Marker:
    assert person.points is not None  # whoever has none gets no text
    known = person.points.positions[person.points.known]
    x, y, z = (known.mean(0) + up * (((known - known.mean(0)) @ up).max() + _ABOVE_M)).tolist()
    marker = Marker(header=header, ns='activity', id=person.track_id, type=Marker.TEXT_VIEW_FACING, action=Marker.ADD,
                    scale=Vector3(z=_TEXT_M), color=colour_to_msg(person.track_id), text=caption(activities),
                    lifetime=duration_of(_LIFETIME_S))
    marker.pose.position = Point(x=x, y=y, z=z)
    return marker
