"""The mid-hip and the limbs of people, from their smooth points."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pose_ros.filtering.smoother import Smoothed
from pose_ros.lifting.orientations import LimbOrientations, body_axes, quaternions
from pose_ros.skeletons import Skeleton
from pose_ros.space.followed import Root
from pose_ros.space.space_settings import SpaceSettings


class Body:
    """Roots and limb orientations of the people of one camera."""

    def __init__(self, skeleton: Skeleton, settings: SpaceSettings) -> None:
        self._skeleton, self._settings = skeleton, settings
        self._hips = [skeleton.index(f'{side}_hip') for side in ('left', 'right')]
        self._limbs = LimbOrientations(skeleton, settings.hinge_memory_s)

    def of(self, people: Sequence[Smoothed], stamp_s: float) -> list[tuple[Root, np.ndarray]]:
        """Root and (E, 4) limb orientations of each; those are (0, 4) if they are not asked for."""
        count = len(self._skeleton)
        points = np.array([one.person.points.positions if one.person.points else np.full((count, 3), np.nan)
                           for one in people]).reshape(-1, count, 3)
        limbs = np.empty((len(people), 0, 4))
        if self._settings.limb_orientations and len(people):
            limbs = self._limbs.of([one.person.track_id for one in people], points, stamp_s)
        turned = quaternions(body_axes(points, self._skeleton))
        return [(self._root(one, orientation), limb) for one, orientation, limb in zip(people, turned, limbs)]

    def _root(self, one: Smoothed, orientation: np.ndarray) -> Root:
        points = one.person.points
        if points is None:
            return Root(np.full(3, np.nan), np.full((3, 3), np.nan), np.full(3, np.nan), orientation)
        # The errors of both hips are taken as independent.
        return Root(points.positions[self._hips].mean(axis=0), points.covariances[self._hips].sum(axis=0) / 4,
                    one.point_velocities[self._hips].mean(axis=0), orientation)
