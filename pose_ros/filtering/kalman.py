"""Kalman filters with constant velocity or acceleration that open up when measurements surprise them.

At rest the process noise is small and the output calm. When the normalised innovation exceeds what noise explains, the
predicted covariance is multiplied by that excess (the fading factor of Zhou and Frank's strong tracking filter, 1996,
here one factor per keypoint), so that the filter follows a starting movement at once.

Derivatives come first in every array, (S, ...) of S = order + 1: a step then multiplies all keypoints at once.
"""
from __future__ import annotations

from math import exp

import numpy as np

from pose_ros.filtering.keypoint_filter import Filtered, FilterSettings, checked_stamp, taken

_START_SPEED_M_S, _START_ACCELERATION_M_S2 = 1.0, 3.0
_MAX_FADING = 100.0


class KalmanFilter:
    """Any number of keypoints at once; a `KeypointFilter`.

    Args:
        order: 1 = constant velocity, 2 = constant acceleration; each dies away at `drag_hz`.
    """

    def __init__(self, settings: FilterSettings | None = None, order: int = 1) -> None:
        self._settings, self._order = settings or FilterSettings(), order
        self._stamp_s = np.inf
        self._means: np.ndarray
        self._spreads: np.ndarray
        self._seen_s: np.ndarray
        self._surprises: np.ndarray
        self._unit: np.ndarray

    def update(self, values: np.ndarray, stamp_s: float, covariances: np.ndarray | None = None,
               unit: np.ndarray | float = 1.0) -> Filtered:
        """Predict to the stamp, then correct what was measured. See `KeypointFilter.update`."""
        values, stamp_s = np.asarray(values, float), checked_stamp(stamp_s)
        if stamp_s < self._stamp_s:
            self._start(values, stamp_s)
        step_s, self._stamp_s, self._unit = stamp_s - self._stamp_s, stamp_s, unit * np.ones(len(values))
        self._means, self._spreads = self._moved(step_s)
        noise = self._noise(values, covariances)
        found = np.isfinite(values).all(axis=1) & np.isfinite(noise).all(axis=(1, 2))
        self._begin(values, noise, found & ~(stamp_s - self._seen_s <= self._settings.max_gap_s))
        self._correct(values, noise, found, step_s)
        self._seen_s[found] = stamp_s
        return self.predict(stamp_s)

    def predict(self, stamp_s: float) -> Filtered:
        """See `KeypointFilter.predict`; the covariance grows with the time ahead."""
        ahead_s = checked_stamp(stamp_s) - self._stamp_s
        means, spreads = self._moved(ahead_s) if ahead_s > 0 else (self._means.copy(), self._spreads.copy())
        gone = self._stamp_s - self._seen_s > self._settings.max_gap_s
        if gone.any():
            means[:, gone], spreads[:, :, gone] = np.nan, np.nan
        return Filtered(means[0], means[1], spreads[0, 0], self._seen_s < stamp_s)

    def carry(self, rows: np.ndarray, velocities: np.ndarray) -> None:
        """See `KeypointFilter.carry`."""
        self._means[1:, rows] = 0.0
        self._means[1, rows] = velocities

    def select(self, rows: np.ndarray) -> None:
        """See `KeypointFilter.select`."""
        if np.isfinite(self._stamp_s):
            self._means, self._spreads = taken(self._means, rows, np.nan, 1), taken(self._spreads, rows, np.nan, 2)
            self._seen_s, self._surprises = taken(self._seen_s, rows, -np.inf), taken(self._surprises, rows, 1.0)
            self._unit = taken(self._unit, rows, 1.0)

    def _start(self, values: np.ndarray, stamp_s: float) -> None:
        count, size = values.shape
        states = self._order + 1
        self._stamp_s = stamp_s
        self._means = np.full((states, count, size), np.nan)
        self._spreads = np.full((states, states, count, size, size), np.nan)
        self._seen_s = np.full(count, -np.inf)
        self._surprises = np.ones(count)

    def _begin(self, values: np.ndarray, noise: np.ndarray, fresh: np.ndarray) -> None:
        if not fresh.any():
            return
        axes, starts = np.eye(values.shape[1]), np.square([0, _START_SPEED_M_S, _START_ACCELERATION_M_S2])
        self._means[:, fresh], self._spreads[:, :, fresh] = 0.0, 0.0
        self._means[0, fresh] = values[fresh]
        for state in range(1, self._order + 1):
            self._spreads[state, state, fresh] = starts[state] * np.square(self._unit[fresh])[:, None, None] * axes
        # Twice the noise before the correction leaves about one noise after it.
        self._spreads[0, 0, fresh] = 2 * noise[fresh]
        self._surprises[fresh] = 1.0

    def _moved(self, step_s: float) -> tuple[np.ndarray, np.ndarray]:
        transition, wander = _dynamics(self._order, step_s, self._settings.drag_hz)
        states = len(self._means)
        means = (transition @ self._means.reshape(states, -1)).reshape(self._means.shape)
        half = (transition @ self._spreads.reshape(states, -1)).reshape(states, states, -1)
        spreads = (transition @ half).reshape(self._spreads.shape)
        process = np.square(self._settings.wander * self._unit)
        variances = np.einsum('...ii->...i', spreads)  # a view
        variances += (wander[:, :, None] * process)[..., None]
        return means, spreads

    def _noise(self, values: np.ndarray, covariances: np.ndarray | None) -> np.ndarray:
        if covariances is not None:
            return np.asarray(covariances, float)
        return np.square(self._settings.noise_m * self._unit)[:, None, None] * np.eye(values.shape[1])

    def _correct(self, values: np.ndarray, noise: np.ndarray, found: np.ndarray, step_s: float) -> None:
        if not found.any():
            return
        rows = slice(None) if found.all() else found  # a slice copies nothing
        spreads, noise = self._spreads[:, :, rows], noise[rows]
        innovations = values[rows] - self._means[0, rows]
        inverse = np.linalg.inv(spreads[0, 0] + noise)
        fading = self._fading(innovations, inverse, rows, step_s)
        if (fading > 1).any():
            spreads *= fading[:, None, None]
            inverse = np.linalg.inv(spreads[0, 0] + noise)
        gains = spreads[:, 0] @ inverse
        self._means[:, rows] += np.einsum('skij,kj->ski', gains, innovations)
        spreads -= gains[:, None] @ spreads[0]
        # Fading would amplify the rounding errors in which the two halves differ.
        self._spreads[:, :, rows] = (spreads + spreads.transpose(1, 0, 2, 4, 3)) / 2

    def _fading(self, innovations: np.ndarray, inverse: np.ndarray, rows: slice | np.ndarray,
                step_s: float) -> np.ndarray:
        surprises = np.einsum('ki,kij,kj->k', innovations, inverse, innovations) / innovations.shape[1]
        keep = np.exp(-step_s / self._settings.memory_s) if self._settings.memory_s else 0.0
        self._surprises[rows] = surprises = keep * self._surprises[rows] + (1 - keep) * surprises
        return np.clip(surprises / self._settings.surprise, 1.0, _MAX_FADING)


def _dynamics(order: int, step_s: float, drag_hz: float) -> tuple[np.ndarray, np.ndarray]:
    """Transition and process noise (unit density) of a step; the highest derivative dies away (Singer 1970)."""
    left = exp(-drag_hz * step_s)
    once = (1 - left) / drag_hz if drag_hz else step_s
    transition = [[1.0, once], [0.0, left]]
    driven = [step_s ** 2 / 2, step_s]
    if order == 2:
        twice = (step_s - once) / drag_hz if drag_hz else step_s ** 2 / 2
        transition = [[1.0, step_s, twice], [0.0, 1.0, once], [0.0, 0.0, left]]
        driven = [step_s ** 3 / 6, step_s ** 2 / 2, step_s]
    wander = [[one * other / step_s if step_s > 0 else 0.0 for other in driven] for one in driven]
    return np.array(transition), np.array(wander)
