"""Points of a person, smoothed and predicted: a Kalman filter of constant velocity per point, with an innovation gate.

The motion model is piecewise constant white acceleration (Bar-Shalom, Li, Kirubarajan, *Estimation with Applications to
Tracking and Navigation*, section 6.3.2). The three axes of a point share one covariance.
"""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pose_ros.settings import Settings, setting

# Nobody stands further away [m].
FAR = 1e3
# Of a point seen for the first time: standard deviation of its speed [m/s].
FIRST_SPEED = 1.0


@dataclass(frozen=True)
class PointFilterSettings(Settings):
    """How much a point is believed, and for how long it is remembered."""

    noise_m: float = setting(0.01, 'Standard deviation of a point per axis, at score 1 [m]', low=1e-4, high=1.0)
    acceleration: float = setting(3.0, "Standard deviation of a point's acceleration [m/s^2]", low=0.01, high=1000.0)
    gate: float = setting(4.0, 'Measurements further off than this many standard deviations are rejected', low=1.0,
                          high=100.0)
    rejections: int = setting(3, 'After so many rejections in a row the point has really moved', low=1, high=100)
    memory_s: float = setting(0.15, 'A point not seen for so long is lost [s]', low=0.01, high=10.0)


@dataclass(frozen=True, eq=False)
class PointEstimate:
    """K points as they are believed to be.

    Attributes:
        points: (K, 3) [m]; NaN = lost.
        velocities: (K, 3) [m/s].
        variance: (K,) of each point per axis [m^2].
    """

    points: np.ndarray
    velocities: np.ndarray
    variance: np.ndarray


class PointFilter:
    """Follows K points of one person.

    Args:
        count: K.
        settings: see `PointFilterSettings`.
    """

    def __init__(self, count: int, settings: PointFilterSettings | None = None) -> None:
        self._settings = settings or PointFilterSettings()
        self._points = np.full((count, 3), np.nan)
        self._velocities = np.zeros((count, 3))
        self._covariance = np.zeros((count, 2, 2))
        self._rejected = np.zeros(count, int)
        self._seen = np.full(count, -np.inf)
        self._stamp = 0.0

    def update(self, points: np.ndarray, scores: np.ndarray, stamp: float) -> None:
        """Takes a new measurement.

        Args:
            points: (K, 3) [m], in any frame that does not move; NaN = not found.
            scores: (K,) 0..1; a lower score means more noise.
            stamp: [s]; greater than the one before.
        """
        self._points[stamp - self._seen > self._settings.memory_s] = np.nan
        self._advance(stamp - self._stamp)
        self._stamp = stamp
        found = (np.abs(points) < FAR).all(1) & (scores > 0)
        noise = (self._settings.noise_m / np.clip(scores, 0.05, 1)) ** 2
        offsets = np.where(found[:, None], points, np.nan) - self._points
        near = (offsets * offsets).sum(1) <= self._settings.gate ** 2 * (self._covariance[:, 0, 0] + noise)
        self._rejected = np.where(found & ~near, self._rejected + 1, 0)
        first = found & (np.isnan(self._points[:, 0]) | (self._rejected > self._settings.rejections))
        self._correct(np.flatnonzero(near), offsets, noise)
        self._begin(np.flatnonzero(first), points, noise)
        self._seen[near | first] = stamp

    def predict(self, horizon: float) -> PointEstimate:
        """Where the points will be.

        Args:
            horizon: so far after the last stamp [s].
        """
        step = np.array([1.0, horizon])
        variance = self._covariance @ step @ step + self._process(horizon)[0, 0]
        return PointEstimate(self._points + horizon * self._velocities, self._velocities.copy(), variance)

    def _process(self, dt: float) -> np.ndarray:
        gain = np.array([dt * dt / 2, dt]) * self._settings.acceleration
        return gain[:, None] * gain

    def _advance(self, dt: float) -> None:
        transition = np.array([[1.0, dt], [0.0, 1.0]])
        self._points = self._points + dt * self._velocities
        self._covariance = transition @ self._covariance @ transition.T + self._process(dt)

    def _correct(self, which: np.ndarray, offsets: np.ndarray, noise: np.ndarray) -> None:
        before = self._covariance[which]
        gain = before[:, :, 0] / (before[:, 0, 0] + noise[which])[:, None]
        self._points[which] += gain[:, :1] * offsets[which]
        self._velocities[which] += gain[:, 1:] * offsets[which]
        self._covariance[which] = before - gain[:, :, None] * before[:, None, 0, :]

    def _begin(self, which: np.ndarray, points: np.ndarray, noise: np.ndarray) -> None:
        self._points[which] = points[which]
        self._velocities[which] = 0
        self._covariance[which] = 0
        self._covariance[which, 0, 0] = noise[which]
        self._covariance[which, 1, 1] = FIRST_SPEED ** 2
        self._rejected[which] = 0
