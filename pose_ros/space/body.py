"""The mid-hip and the limbs of people, from their smooth points."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pose_ros.filtering.smoother import Smoothed
from pose_ros.lifting.orientations import LimbOrientations, body_axes, quaternions
from pose_ros.skeletons import Skeleton
from pose_ros.space.followed import Root
from pose_ros.space.space_settings import SpaceSettings
from pose_ros.types import Points


class Body:
    """Roots and limb orientations of the people of one camera."""

    def __init__(self, skeleton: Skeleton, settings: SpaceSettings) -> None:
        self._skeleton, self._settings = skeleton, settings
        self._hips = [skeleton.index(f'{side}_hip') for side in ('left', 'right')]
        self._limbs = LimbOrientations(skeleton, settings.hinge_memory_s)
        self._nowhere = Points.unknown(len(skeleton))

    def of(self, people: Sequence[Smoothed], stamp_s: float) -> list[tuple[Root, np.ndarray]]:
        """Root and (E, 4) limb orientations of each; those are (0, 4) if they are not asked for."""
        if not people:
            return []
        points = [one.person.points or self._nowhere for one in people]
        positions = np.array([one.positions for one in points])
        limbs = np.empty((len(people), 0, 4))
        if self._settings.limb_orientations:
            limbs = self._limbs.of([one.person.track_id for one in people], positions, stamp_s)
        # The errors of both hips are taken as independent.
        spreads = np.array([one.covariances for one in points])[:, self._hips].sum(axis=1) / 4
        velocities = np.array([one.point_velocities for one in people])[:, self._hips].mean(axis=1)
        turned = quaternions(body_axes(positions, self._skeleton))
        roots = map(Root, positions[:, self._hips].mean(axis=1), spreads, velocities, turned)
        return list(zip(roots, limbs))
