"""Takes trembling and short gaps out of a body."""
from __future__ import annotations

import math
from dataclasses import replace

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
        self._known_s = np.where(unknown, self._known_s, body.stamp_s)
        share = self._share(body.stamp_s - self._stamp_s)
        moved = body.points + share * (self._points - body.points)
        # A point that comes back is where it is now.
        fresh = np.where(np.isnan(moved), body.points, moved)
        bridged = unknown & (body.stamp_s - self._known_s <= self._settings.bridge_s)
        self._points = np.where(bridged[:, None], self._points, fresh)
        self._stamp_s = body.stamp_s
        return replace(body, points=self._points)

    def _share(self, passed_s: float) -> float:
        return math.exp(-passed_s / self._settings.smooth_s) if self._settings.smooth_s else 0.0
