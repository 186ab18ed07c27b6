"""Heatmaps -> peaks at the network's resolution, with sub-cell positions: no map is ever enlarged."""
from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np


@dataclass(frozen=True, eq=False)
class Peaks:
    """Local maxima of the heatmaps of one image, sorted by keypoint.

    Attributes:
        keypoint: (P,) int64 index of the heatmap.
        position: (2, P) float32 x and y [cells], cell centres at integers.
        score: (P,) float32 heatmap value.
    """

    keypoint: np.ndarray
    position: np.ndarray
    score: np.ndarray


def find_peaks(heatmaps: np.ndarray, threshold: float, most: int) -> Peaks:
    """Maxima of 3x3 cells above a threshold; a plateau gives one peak.

    Args:
        heatmaps: (K, h, w) float32.
        threshold: smallest value of a peak.
        most: peaks kept per keypoint, the highest first.
    """
    count, height, width = heatmaps.shape
    # One row and two columns of zeros around each map let a single dilation serve all maps at once.
    padded = np.zeros((count * (height + 1) + 1, width + 2), np.float32)
    padded[1:].reshape(count, height + 1, width + 2)[:, :height, 1:-1] = heatmaps
    cells = _maxima(padded, threshold)
    row, column = np.divmod(cells, width + 2)
    keypoint, row = np.divmod(row - 1, height + 1)
    score = padded.ravel()[cells]
    kept = _highest(keypoint, score, count, most)
    if kept is not None:
        cells, keypoint, row, column, score = (values[kept] for values in (cells, keypoint, row, column, score))
    offset = _offsets(padded.ravel(), cells, width + 2)
    offset[0, (column == 1) | (column == width)] = 0
    offset[1, (row == 0) | (row == height - 1)] = 0
    return Peaks(keypoint, (np.stack([column - 1, row]) + offset).astype(np.float32), score)


def _maxima(padded: np.ndarray, threshold: float) -> np.ndarray:
    """Flat indices of the local maxima; of equal neighbours the first in reading order."""
    is_peak = padded == cv2.dilate(padded, np.ones((3, 3), np.uint8))
    is_peak &= padded >= np.float32(threshold)
    cells = np.flatnonzero(is_peak)
    width, flat = padded.shape[1], is_peak.ravel()
    earlier = flat[cells - 1] | flat[cells - width - 1] | flat[cells - width] | flat[cells - width + 1]
    return cells[~earlier]


def _highest(keypoint: np.ndarray, score: np.ndarray, count: int, most: int) -> np.ndarray | None:
    """Which peaks are among the `most` highest of their keypoint; None if all are."""
    counts = np.bincount(keypoint, minlength=count)
    if counts.max(initial=0) <= most:
        return None
    order = np.lexsort((-score, keypoint))
    rank = np.arange(len(order)) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.sort(order[rank < most])


def _offsets(flat: np.ndarray, cells: np.ndarray, width: int) -> np.ndarray:
    """(2, P) sub-cell offsets along x and y, -0.5..0.5, from the 3x3 cells around each peak."""
    steps = np.array([-1, 0, 1])
    around = np.maximum(flat[cells + np.add.outer(steps * width, steps)[..., None]], 1e-3)
    logarithm, weight = np.log(around), around * around
    return np.stack([_vertex(logarithm.swapaxes(0, 1), weight[:, 1]), _vertex(logarithm, weight[1])])


def _vertex(logarithm: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """(P,) where parabolas through the logarithms (3 along, 3 beside, P) have their top: exact for a Gaussian.

    The three parabolas weigh by the square of their height (3, P), as the noise of a logarithm is inverse to it.
    """
    before, centre, after = logarithm
    slope = (weight * (before - after)).sum(axis=0)
    curvature = (weight * (before + after - 2 * centre)).sum(axis=0)
    return np.clip(0.5 * slope / np.minimum(curvature, -1e-6), -0.5, 0.5)
