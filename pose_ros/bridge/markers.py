"""People as RViz markers: bones and keypoints, with ids that stay with a person, and DELETE for who has left."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from builtin_interfaces.msg import Duration
from geometry_msgs.msg import Point, Vector3
from std_msgs.msg import ColorRGBA
from visualization_msgs.msg import Marker, MarkerArray

from pose_ros.camera import Camera
from pose_ros.drawing import colour_of, side_colour
from pose_ros.types import Person

_KEYPOINT_SIZE, _BONE_WIDTH, _TEXT_SIZE = 0.025, 0.012, 0.06  # per metre of distance
_NANOSECONDS = 1_000_000_000


def marker_id(person: Person, index: int) -> int:
    """Who the markers belong to: the track_id, or below zero the place in the list of a person without one."""
    return person.track_id if person.track_id >= 0 else -1 - index


class MarkerBoard:
    """Draws the people of one camera and remembers who was drawn, to delete who has left.

    Without depth the keypoints lie where their rays meet a plane in front of the camera, so that they cover the person
    in the image. Namespaces are `<camera>/bones`, `/keypoints` and `/labels`.

    Attributes:
        camera_name: keeps the ids of several cameras on one topic apart.
        distance_m: of the plane along z of the optical frame [m].
        lifetime_s: after which RViz forgets markers that nobody renews [s].
        labels: also write each person's id and score.
    """

    def __init__(self, camera_name: str = 'camera', *, distance_m: float = 2.0, lifetime_s: float = 1.0,
                 labels: bool = True) -> None:
        self.camera_name = camera_name
        self.distance_m = distance_m
        self.lifetime_s = lifetime_s
        self.labels = labels
        self._drawn: set[tuple[str, int]] = set()

    def draw(self, persons: Sequence[Person], header: Any, camera: Camera) -> MarkerArray:
        """The people of one image -> MarkerArray in the image's frame and at its stamp.

        Args:
            persons: in px of the original image.
            header: of the image; its frame must be the optical frame of the camera.
            camera: intrinsics of the image.
        """
        markers = [marker for index, person in enumerate(persons) for marker in self._person(person, index, camera)]
        now = {(marker.ns, marker.id) for marker in markers}
        gone = [Marker(ns=ns, id=id_, action=Marker.DELETE) for ns, id_ in sorted(self._drawn - now)]
        for marker in markers + gone:
            marker.header = header
        self._drawn = now
        return MarkerArray(markers=gone + markers)

    def clear(self, header: Any) -> MarkerArray:
        """DELETE for everyone who is drawn."""
        return self.draw([], header, Camera.from_field_of_view(1, 1))

    def _person(self, person: Person, index: int, camera: Camera) -> list[Marker]:
        points = camera.unproject(person.keypoints, np.full(len(person.keypoints), self.distance_m))
        found = np.flatnonzero(np.isfinite(points).all(axis=1))
        edges = [edge for edge in person.skeleton.edges.tolist() if set(edge) <= set(found.tolist())]
        id_ = marker_id(person, index)
        colours = _Colours(person, index if person.track_id < 0 else person.track_id)
        size, width = self.distance_m * _KEYPOINT_SIZE, self.distance_m * _BONE_WIDTH
        markers = [
            self._marker('bones', id_, Marker.LINE_LIST, Vector3(x=width), points=_points(points[edges].reshape(-1, 3)),
                         colors=[colours.of(edge) for edge in edges for _ in edge]),
            self._marker('keypoints', id_, Marker.SPHERE_LIST, Vector3(x=size, y=size, z=size),
                         points=_points(points[found]), colors=[colours.of([keypoint]) for keypoint in found])]
        if self.labels and len(found):
            markers.append(self._label(person, id_, points[found], colours))
        return [marker for marker in markers if marker.points or marker.text]

    def _marker(self, part: str, id_: int, kind: int, scale: Vector3, **fields: Any) -> Marker:
        seconds, rest = divmod(round(self.lifetime_s * _NANOSECONDS), _NANOSECONDS)
        return Marker(ns=f'{self.camera_name}/{part}', id=id_, type=kind, action=Marker.ADD, scale=scale,
                      lifetime=Duration(sec=seconds, nanosec=rest), **fields)

    def _label(self, person: Person, id_: int, points: np.ndarray, colours: _Colours) -> Marker:
        height = self.distance_m * _TEXT_SIZE
        label = self._marker('labels', id_, Marker.TEXT_VIEW_FACING, Vector3(z=height), color=colours.of([]),
                             text=f'{id_}: {person.score:.2f}' if id_ >= 0 else f'{person.score:.2f}')
        above = np.array([points[:, 0].mean(), points[:, 1].min() - height, self.distance_m])
        label.pose.position = _points(above[None])[0]
        return label


class _Colours:
    """A person's colours: as in the overlay, lighter on the left side and darker on the right."""

    def __init__(self, person: Person, index: int) -> None:
        self._names = person.skeleton.keypoints
        self._colour = colour_of(index)

    def of(self, keypoints: Sequence[int]) -> ColorRGBA:
        """The colour of a keypoint or of a limb between keypoints."""
        red, green, blue = side_colour(self._colour, [self._names[keypoint] for keypoint in keypoints])
        return ColorRGBA(r=red, g=green, b=blue, a=1.0)


def _points(points: np.ndarray) -> list[Point]:
    return [Point(x=x, y=y, z=z) for x, y, z in points.tolist()]
