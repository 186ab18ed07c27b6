"""The depth of both ends of a straight limb from the depths all along it.

A straight limb in space is a straight line of inverse depth in the image, so the many good samples in its middle speak
for the ends, where a keypoint that is a little off already lies on the wall.
"""
from __future__ import annotations

from functools import lru_cache

import numpy as np

from pose_ros.lifting.foreground import Surface

_MIN_BINS = 4


def limb_ends(bins: Surface, tolerance_m: float) -> tuple[Surface, Surface]:
    """Depths at the two ends of R limbs.

    Every pair of bins proposes a line; the one that most bins agree with wins and is fitted to those (RANSAC over all
    pairs, then least squares).

    Args:
        bins: (R, B) depths [m] and variances of the limb at the middles of B equal pieces from one end to the other.
        tolerance_m: distance from a line within which a bin agrees with it [m], beyond its own noise.

    Returns:
        The first and the other ends; NaN where fewer than four bins agree.
    """
    count = bins.depths.shape[1]
    places = (np.arange(count) + 0.5) / count
    inverse = 1 / bins.depths
    # The inverse of a depth z with deviation s deviates by s / z^2.
    slack = (tolerance_m + 2 * np.sqrt(bins.variances)) * inverse ** 2
    first, second = _pairs(count)
    slopes = (inverse[:, second] - inverse[:, first]) / (places[second] - places[first])
    lines = inverse[:, first, None] + slopes[:, :, None] * (places - places[first, None])
    agree = np.abs(inverse[:, None] - lines) <= slack[:, None]
    best = agree[np.arange(len(inverse)), agree.sum(axis=2).argmax(axis=1)]
    variances = np.where(np.isfinite(bins.variances), bins.variances + (tolerance_m / 2) ** 2, np.inf)
    weights = np.where(best, 1 / (variances * np.where(best, inverse, 1) ** 4), 0)
    start, end = _fitted(np.where(best, inverse, 0), weights, places)
    enough = best.sum(axis=1) >= _MIN_BINS
    return _surface(*start, enough), _surface(*end, enough)


@lru_cache(maxsize=4)
def _pairs(count: int) -> tuple[np.ndarray, np.ndarray]:
    """All pairs of bins that do not touch."""
    first, second = np.triu_indices(count, 2)
    return first, second


def _fitted(values: np.ndarray, weights: np.ndarray, places: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Weighted least squares of value over place per row: value and variance at places 0 and 1."""
    total = np.maximum(weights.sum(axis=1), 1e-12)
    middle = (weights * places).sum(axis=1) / total
    level = (weights * values).sum(axis=1) / total
    offsets = places - middle[:, None]
    spread = np.maximum((weights * offsets ** 2).sum(axis=1), 1e-12)
    slope = (weights * offsets * values).sum(axis=1) / spread
    return [(level + slope * (end - middle), 1 / total + (end - middle) ** 2 / spread) for end in (0.0, 1.0)]


def _surface(inverse: np.ndarray, variances: np.ndarray, enough: np.ndarray) -> Surface:
    good = enough & (inverse > 1e-3)
    depths = 1 / np.where(good, inverse, np.nan)
    return Surface(depths, np.where(good, variances * np.where(good, depths, 1) ** 4, np.inf))
