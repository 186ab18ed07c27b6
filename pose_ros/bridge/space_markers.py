"""What is drawn of people in space beside their skeletons: where they came from, how fast they are, how sure it is."""
from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any

import numpy as np
from geometry_msgs.msg import Point, Quaternion, Vector3
from visualization_msgs.msg import Marker

from pose_ros.bridge.markers import colour_to_msg, points_to_msg
from pose_ros.bridge.stamps import duration_of
from pose_ros.space.followed import Followed
from pose_ros.transforms import quaternion_of
from pose_ros.types import Points

_TRAIL_WIDTH_M, _SLOW_M_S, _ID_STEP = 0.02, 0.1, 1000
_ARROW = Vector3(x=0.03, y=0.06, z=0.1)  # widths of shaft and head, length of the head [m]
_ALPHA = 0.4


class SpaceBoard:
    """Trails, velocity arrows and ellipsoids of one camera's people; ids are track_ids, so each keeps its own.

    Namespaces are `<camera>/trails`, `/velocities` and `/covariances`.

    Attributes:
        trail_s: length of the trails [s]; 0 = none.
        covariances: whether every point gets an ellipsoid of one sigma.
    """

    def __init__(self, camera_name: str, *, trail_s: float = 2.0, covariances: bool = False,
                 lifetime_s: float = 2.0) -> None:
        self.trail_s, self.covariances = trail_s, covariances
        self._camera_name, self._lifetime = camera_name, duration_of(lifetime_s)
        self._trails: dict[int, deque[tuple[float, np.ndarray]]] = {}

    def draw(self, followed: Sequence[Followed], stamp_s: float) -> list[Marker]:
        """The markers of people who have an identity and a place in space, without a header."""
        known = [one for one in followed if one.smooth.track_id >= 0 and np.isfinite(one.root.position).all()]
        self._trails = {one.smooth.track_id: self._trails.get(one.smooth.track_id, deque()) for one in known}
        markers = []
        for one in known:
            markers += [*self._trail(one, stamp_s), *self._arrow(one)]
            if self.covariances and one.smooth.points:
                markers += self._ellipsoids(one, one.smooth.points)
        return markers

    def _trail(self, one: Followed, stamp_s: float) -> list[Marker]:
        trail = self._trails[one.smooth.track_id]
        trail.append((stamp_s, one.root.position))
        while not 0 <= stamp_s - trail[0][0] <= self.trail_s and len(trail) > 1:
            trail.popleft()
        if len(trail) < 2 or not self.trail_s:
            return []
        return [self._marker(one, 'trails', Marker.LINE_STRIP, Vector3(x=_TRAIL_WIDTH_M),
                             points=points_to_msg(np.array([place for _, place in trail])))]

    def _arrow(self, one: Followed) -> list[Marker]:
        """From the mid-hip to where it will be in a second."""
        velocity = one.root.velocity
        if not np.linalg.norm(velocity) >= _SLOW_M_S:
            return []
        ends = points_to_msg(np.stack([one.root.position, one.root.position + velocity]))
        return [self._marker(one, 'velocities', Marker.ARROW, _ARROW, points=ends)]

    def _ellipsoids(self, one: Followed, points: Points) -> list[Marker]:
        drawn = np.flatnonzero(points.known & np.isfinite(points.covariances).all(axis=(1, 2)))
        variances, axes = np.linalg.eigh(points.covariances[drawn])
        axes[:, :, 0] *= np.sign(np.linalg.det(axes))[:, None]
        diameters = 2 * np.sqrt(np.maximum(variances, 1e-8))
        return [self._ellipsoid(one, *parts) for parts in zip(drawn.tolist(), points.positions[drawn], diameters, axes)]

    def _ellipsoid(self, one: Followed, keypoint: int, place: np.ndarray, diameters: np.ndarray,
                   axes: np.ndarray) -> Marker:
        marker = self._marker(one, 'covariances', Marker.SPHERE, Vector3(**dict(zip('xyz', diameters.tolist()))))
        marker.id = one.smooth.track_id * _ID_STEP + keypoint
        marker.pose.position = Point(**dict(zip('xyz', place.tolist())))
        marker.pose.orientation = Quaternion(**dict(zip('xyzw', quaternion_of(axes).tolist())))
        return marker

    def _marker(self, one: Followed, part: str, kind: int, scale: Vector3, **fields: Any) -> Marker:
        return Marker(ns=f'{self._camera_name}/{part}', id=one.smooth.track_id, type=kind, action=Marker.ADD,
                      scale=scale, color=colour_to_msg(one.smooth.track_id, _ALPHA), lifetime=self._lifetime, **fields)
