"""The One-Euro filter: an exponential smoother whose cutoff grows with speed (Casiez, Roussel, Vogel: CHI 2012)."""
from __future__ import annotations

import numpy as np

from pose_ros.filtering.keypoint_filter import Filtered, FilterSettings, checked_stamp, taken


class OneEuroFilter:
    """Any number of keypoints at once; a `KeypointFilter`."""

    def __init__(self, settings: FilterSettings | None = None) -> None:
        self._settings = settings or FilterSettings()
        self._stamp_s = np.inf
        self._values: np.ndarray
        self._speeds: np.ndarray
        self._seen_s: np.ndarray
        self._weights: np.ndarray

    def update(self, values: np.ndarray, stamp_s: float, covariances: np.ndarray | None = None,
               unit: np.ndarray | float = 1.0) -> Filtered:
        """Equations 1-6 of the paper; missing keypoints move on with their speed. See `KeypointFilter.update`."""
        values, stamp_s = np.asarray(values, float), checked_stamp(stamp_s)
        if stamp_s < self._stamp_s:
            self._start(values, stamp_s)
        step_s, self._stamp_s = stamp_s - self._stamp_s, stamp_s
        self._unit, self._covariances = np.broadcast_to(unit, len(values)), covariances
        found = np.isfinite(values).all(axis=1)
        self._forget(stamp_s)
        fresh = found & np.isnan(self._values).any(axis=1)
        self._values[fresh], self._speeds[fresh] = values[fresh], 0.0
        if step_s > 0:
            self._smooth(values, found, step_s)
        self._seen_s[found] = stamp_s
        return self.predict(stamp_s)

    def predict(self, stamp_s: float) -> Filtered:
        """See `KeypointFilter.predict`; the covariance is that of the noise alone."""
        ahead_s = checked_stamp(stamp_s) - self._stamp_s
        return Filtered(self._values + ahead_s * self._speeds, self._speeds.copy(), self._smoothed_covariances(),
                        self._seen_s < stamp_s)

    def carry(self, rows: np.ndarray, velocities: np.ndarray) -> None:
        """See `KeypointFilter.carry`."""
        self._speeds[rows] = velocities

    def select(self, rows: np.ndarray) -> None:
        """See `KeypointFilter.select`."""
        if np.isfinite(self._stamp_s):
            self._values, self._speeds = taken(self._values, rows, np.nan), taken(self._speeds, rows, np.nan)
            self._seen_s, self._weights = taken(self._seen_s, rows, -np.inf), taken(self._weights, rows, 1.0)

    def _start(self, values: np.ndarray, stamp_s: float) -> None:
        self._stamp_s = stamp_s
        self._values = np.full(values.shape, np.nan)
        self._speeds = np.full(values.shape, np.nan)
        self._seen_s = np.full(len(values), -np.inf)
        self._weights = np.ones(len(values))

    def _forget(self, stamp_s: float) -> None:
        gone = stamp_s - self._seen_s > self._settings.max_gap_s
        self._values[gone], self._speeds[gone], self._weights[gone] = np.nan, np.nan, 1.0

    def _smooth(self, values: np.ndarray, found: np.ndarray, step_s: float) -> None:
        settings, seen = self._settings, found[:, None]
        speeds = (values - self._values) / step_s
        self._speeds = np.where(
            seen, self._speeds + _weight(settings.speed_cutoff_hz, step_s) * (speeds - self._speeds), self._speeds)
        cutoffs = settings.min_cutoff_hz + settings.beta * np.linalg.norm(self._speeds, axis=1) / self._unit
        self._weights = np.where(found, _weight(cutoffs, step_s), self._weights)
        self._values = np.where(seen, self._values + self._weights[:, None] * (values - self._values),
                                self._values + step_s * self._speeds)

    def _smoothed_covariances(self) -> np.ndarray:
        noise = self._covariances
        if noise is None:
            size = self._values.shape[1]
            noise = np.square(self._settings.noise_m * self._unit)[:, None, None] * np.eye(size)
        # An exponential smoother of weight a leaves a / (2 - a) of the variance of white noise.
        return np.asarray(self._weights / (2 - self._weights))[:, None, None] * noise


def _weight(cutoff_hz: np.ndarray | float, step_s: float) -> np.ndarray:
    return np.asarray(1 / (1 + 1 / (2 * np.pi * np.asarray(cutoff_hz) * step_s)))
