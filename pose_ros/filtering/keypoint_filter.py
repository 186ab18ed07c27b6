"""The interface of the filters: K keypoints in D dimensions in, smooth ones with velocity and covariance out.

Filters count in metres. In an image, `unit` says how many pixels are one metre there, so that the same settings fit
near and far people and points in space (unit 1).
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from pose_ros.errors import StampError
from pose_ros.settings import Settings, setting


@dataclass(frozen=True)
class FilterSettings(Settings):
    """What every filter of keypoints needs to know; lengths in metres, also for keypoints in an image."""

    noise_m: float = setting(0.01, 'Standard deviation of a measured keypoint [m] where no covariance is given',
                             low=1e-4, high=1.0)
    max_gap_s: float = setting(0.5, 'A keypoint missing for longer is forgotten [s]; until then it is predicted',
                               low=0.0, high=10.0)
    min_cutoff_hz: float = setting(1.0, 'One-Euro: cutoff frequency at rest [Hz]', low=0.01, high=100.0)
    beta: float = setting(10.0, 'One-Euro: growth of the cutoff with speed [Hz per m/s]', low=0.0, high=1000.0)
    speed_cutoff_hz: float = setting(1.0, 'One-Euro: cutoff frequency of the speed itself [Hz]', low=0.01, high=100.0)
    wander: float = setting(0.02, 'Kalman: random change at rest, per square root of a second, of velocity [m/s] or, '
                                  'in that model, of acceleration [m/s^2]', low=1e-4, high=100.0)
    drag_hz: float = setting(0.0, 'Kalman: rate at which velocity (or acceleration) dies away [1/s]; calmer, but '
                                  'steady velocities come out too small', low=0.0, high=100.0)
    surprise: float = setting(2.0, 'Kalman: how far measurements may leave the prediction, in variances, before the '
                                   'filter opens up', low=1.0, high=100.0)
    memory_s: float = setting(0.1, 'Kalman: time over which that surprise is averaged [s]', low=0.0, high=10.0)


@dataclass(frozen=True, eq=False)
class Filtered:
    """K keypoints in D dimensions at one stamp, in the unit of the measurements.

    Attributes:
        values, velocities: (K, D) and (K, D) per second; NaN = never seen, or missing for longer than max_gap_s.
        covariances: (K, D, D) of the values.
        predicted: (K,) bool, extrapolated: not measured at this stamp.
    """

    values: np.ndarray
    velocities: np.ndarray
    covariances: np.ndarray
    predicted: np.ndarray


class KeypointFilter(Protocol):
    """Keypoints over time, of one person or of many. A stamp before the newest one starts anew (a bag in a loop)."""

    def update(self, values: np.ndarray, stamp_s: float, covariances: np.ndarray | None = None,
               unit: np.ndarray | float = 1.0) -> Filtered:
        """Takes (K, D) measurements, NaN = missing, with (K, D, D) covariances if known; `unit` is one or (K,).

        Raises:
            StampError: the stamp is not finite.
        """

    def carry(self, rows: np.ndarray, velocities: np.ndarray) -> None:
        """Gives keypoints (K,) bool the velocities (R, D) of the R of them, for as long as they are not measured."""

    def select(self, rows: np.ndarray) -> None:
        """Keeps these keypoints, in this order, and forgets the others; -1 stands for one never seen."""

    def predict(self, stamp_s: float) -> Filtered:
        """The keypoints at a later stamp [s]; the filter itself stays as it is."""


def checked_stamp(stamp_s: float) -> float:
    """The stamp as it is.

    Raises:
        StampError: it is not finite.
    """
    if not np.isfinite(stamp_s):
        raise StampError(f'stamp {stamp_s} s; allowed: a finite time in seconds')
    return float(stamp_s)


def taken(array: np.ndarray, rows: np.ndarray, missing: float, axis: int = 0) -> np.ndarray:
    """The rows of an array along an axis; a row -1 is filled with `missing`."""
    chosen = np.take(array, rows, axis=axis) if array.shape[axis] else np.empty(
        (*array.shape[:axis], len(rows), *array.shape[axis + 1:]), array.dtype)
    chosen[(slice(None),) * axis + (np.asarray(rows) < 0,)] = missing
    return chosen
