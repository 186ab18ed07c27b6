"""People as RViz markers: bones and keypoints, with ids that stay with a person, and DELETE for who has left."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from geometry_msgs.msg import Point, Vector3
from std_msgs.msg import ColorRGBA
from visualization_msgs.msg import Marker, MarkerArray

from pose_ros.bridge.stamps import duration_of
from pose_ros.camera import Camera
from pose_ros.drawing import colour_of
from pose_ros.types import Person

_KEYPOINT_SIZE, _BONE_WIDTH, _TEXT_SIZE = 0.025, 0.012, 0.06  # per metre of distance
_SPACE_DISTANCE_M = 2.0
_FAINT = 0.35


def marker_id(person: Person, index: int) -> int:
    """Who the markers belong to: the track_id, or below zero the place in the list of a person without one."""
    return person.track_id if person.track_id >= 0 else -1 - index


class MarkerBoard:
    """Draws the people of one camera and remembers who was drawn, to delete who has left.

    A person's points are drawn where they are. Without them the keypoints lie where their rays meet a plane in front of
    the camera, so that they cover the person in the image. Namespaces are `<camera>/bones`, `/keypoints` and `/labels`.

    Attributes:
        camera_name: keeps the ids of several cameras on one topic apart.
        distance_m: of the plane along z of the optical frame [m].
        lifetime_s: after which RViz forgets markers that nobody renews [s].
        labels: also write each person's id and score.
    """

    def __init__(self, camera_name: str = 'camera', *, distance_m: float = 2.0, lifetime_s: float = 2.0,
                 labels: bool = True) -> None:
        self.camera_name = camera_name
        self.distance_m = distance_m
        self.lifetime_s = lifetime_s
        self.labels = labels
        self._drawn: set[tuple[str, int]] = set()

    def draw(self, persons: Sequence[Person], header: Any, camera: Camera, space_header: Any = None,
             more: Sequence[Marker] = ()) -> MarkerArray:
        """The people of one image -> MarkerArray at its stamp.

        Args:
            persons: in px of the original image.
            header: of the image; its frame must be the optical frame of the camera.
            camera: intrinsics of the image.
            space_header: with the frame of the points; None = that of the image.
            more: markers of these people in that frame, deleted with them; such as those of a `SpaceBoard`.
        """
        space_header = space_header or header
        for marker in more:
            marker.header = space_header
        markers = [marker for index, person in enumerate(persons)
                   for marker in self._person(person, index, camera, space_header if person.points else header)]
        now = {(marker.ns, marker.id) for marker in (*markers, *more)}
        gone = [Marker(header=header, ns=ns, id=id_, action=Marker.DELETE) for ns, id_ in sorted(self._drawn - now)]
        self._drawn = now
        return MarkerArray(markers=[*gone, *markers, *more])

    def clear(self, header: Any) -> MarkerArray:
        """DELETE for everyone who is drawn."""
        return self.draw([], header, Camera.from_field_of_view(1, 1))

    def _person(self, person: Person, index: int, camera: Camera, header: Any) -> list[Marker]:
        points = (person.points.positions if person.points else
                  camera.unproject(person.keypoints, np.full(len(person.keypoints), self.distance_m)))
        found = np.isfinite(points).all(axis=1)
        edges = person.skeleton.edges[found[person.skeleton.edges].all(axis=1)]
        pen = _Pen(self, person, index, header)
        markers = [pen.bones(points[edges].reshape(-1, 3)), pen.keypoints(points[found])]
        if self.labels and found.any():
            markers.append(pen.label(points[found]))
        return [marker for marker in markers if marker.points or marker.text]


class _Pen:
    """Makes the markers of one person; sizes grow with the distance, so that they look the same in the image."""

    def __init__(self, board: MarkerBoard, person: Person, index: int, header: Any) -> None:
        self._board, self._person, self._id, self._header = board, person, marker_id(person, index), header
        self._distance_m = _SPACE_DISTANCE_M if person.points else board.distance_m
        # Who is not seen, only extrapolated, is faint.
        self._colour = colour_to_msg(index if person.track_id < 0 else person.track_id,
                                     1.0 if person.scores.any() else _FAINT)

    def bones(self, ends: np.ndarray) -> Marker:
        width = self._distance_m * _BONE_WIDTH
        return self._marker('bones', Marker.LINE_LIST, Vector3(x=width), points=points_to_msg(ends))

    def keypoints(self, points: np.ndarray) -> Marker:
        size = self._distance_m * _KEYPOINT_SIZE
        return self._marker('keypoints', Marker.SPHERE_LIST, Vector3(x=size, y=size, z=size),
                            points=points_to_msg(points))

    def label(self, points: np.ndarray) -> Marker:
        height = self._distance_m * _TEXT_SIZE
        name = f'{self._id}: ' if self._id >= 0 else ''
        text = f'{name}{self._person.score:.2f}'
        label = self._marker('labels', Marker.TEXT_VIEW_FACING, Vector3(z=height), text=text)
        above = np.array([[points[:, 0].mean(), points[:, 1].min() - height, points[:, 2].mean()]])
        label.pose.position = points_to_msg(above)[0]
        return label

    def _marker(self, part: str, kind: int, scale: Vector3, **fields: Any) -> Marker:
        return Marker(header=self._header, ns=f'{self._board.camera_name}/{part}', id=self._id, type=kind,
                      action=Marker.ADD, scale=scale, color=self._colour,
                      lifetime=duration_of(self._board.lifetime_s), **fields)


def colour_to_msg(index: int, alpha: float = 1.0) -> ColorRGBA:
    """The colour of a person by track_id, or place in the list."""
    red, green, blue = colour_of(index)
    return ColorRGBA(r=red, g=green, b=blue, a=alpha)


def points_to_msg(points: np.ndarray) -> list[Point]:
    """(N, 3) [m] -> N messages."""
    return [Point(x=x, y=y, z=z) for x, y, z in points.tolist()]
