"""Heatmaps -> peaks at the network's resolution, with sub-cell positions: no map is ever enlarged."""
from __future__ import annotations

from dataclasses import dataclass

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
    # One row and two columns of zeros around each map let all maps be searched at once.
    padded = np.zeros((count * (height + 1) + 1, width + 2), np.float32)
    padded[1:].reshape(count, height + 1, width + 2)[:, :height, 1:-1] = heatmaps
    cells, around = _maxima(padded, threshold)
    row, column = np.divmod(cells, width + 2)
    keypoint, row = np.divmod(row - 1, height + 1)
    offset = _offsets(around)
    offset[0, (column == 1) | (column == width)] = 0
    offset[1, (row == 0) | (row == height - 1)] = 0
    position = (np.stack([column - 1, row]) + offset).astype(np.float32)
    return _highest(Peaks(keypoint, position, around[1, 1]), count, most)


def _maxima(padded: np.ndarray, threshold: float) -> tuple[np.ndarray, np.ndarray]:
    """Flat indices (P,) of the local maxima, of equal neighbours the first in reading order; (3, 3, P) around each."""
    flat, width = padded.ravel(), padded.shape[1]
    cells = np.flatnonzero(padded >= np.float32(threshold))
    steps = np.add.outer([-width, 0, width], [-1, 0, 1]).ravel()
    around = flat.take(cells + steps[:, None])
    is_peak = (around[4] > around[:4].max(axis=0)) & (around[4] >= around[5:].max(axis=0))
    return cells[is_peak], around[:, is_peak].reshape(3, 3, -1)


def _highest(peaks: Peaks, count: int, most: int) -> Peaks:
    """The `most` highest of each keypoint."""
    counts = np.bincount(peaks.keypoint, minlength=count)
    if counts.max(initial=0) <= most:
        return peaks
    order = np.lexsort((-peaks.score, peaks.keypoint))
    rank = np.arange(len(order)) - np.repeat(np.cumsum(counts) - counts, counts)
    kept = np.sort(order[rank < most])
    return Peaks(peaks.keypoint[kept], peaks.position[:, kept], peaks.score[kept])


def _offsets(around: np.ndarray) -> np.ndarray:
    """(2, P) sub-cell offsets along x and y, -0.5..0.5, from the (3, 3, P) cells around each peak."""
    around = np.maximum(around, np.float32(1e-3))
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
