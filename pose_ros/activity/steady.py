"""Takes trembling and short gaps out of a body."""
from __future__ import annotations

import math

import numpy as np

from pose_ros.activity.body import Body
from pose_ros.activity.movement import MovementSettings


class Steady:
    """Smooths the points of one person, and keeps those that are missing for a moment."""

    def __init__(self, settings: MovementSettings) -> None:
        self._settings = settings
        self._points: np.ndarray | None = None
        self._known_s: np.ndarray | None = None
        self._stamp_s = -math.inf

    def update(self, body: Body) -> Body:
        """The body with steady points; stamps grow."""
        if self._points is None or self._known_s is None:
            self._points, self._known_s = body.points, np.full(len(body.points), -math.inf)
        unknown = np.isnan(body.points[:, 0])
        self._known_s[~unknown] = body.stamp_s
        share = self._share(body.stamp_s - self._stamp_s)
        steady = body.points + share * (self._points - body.points)
        lost = np.isnan(steady)
        if lost.any():
            # A point that comes back is where it is now; one that is missing for a moment is where it was.
            steady[lost] = body.points[lost]
            bridged = unknown & (body.stamp_s - self._known_s <= self._settings.bridge_s)
            steady[bridged] = self._points[bridged]
        self._points, self._stamp_s = steady, body.stamp_s
        return Body(body.stamp_s, steady, body.score)

    def _share(self, passed_s: float) -> float:
        return math.exp(-passed_s / self._settings.smooth_s) if self._settings.smooth_s else 0.0
