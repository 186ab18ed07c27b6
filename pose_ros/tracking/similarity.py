"""How alike two people lie in an image: object keypoint similarity (OKS, COCO keypoint challenge)."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pose_ros.types import Person

# The square root of a standing person's area in COCO is about this part of the longer side of the box.
_AREA_TO_SIDE = 0.45
_FEW, _FRAGMENT = 3, 6  # keypoints: too few for a place; too few for a person within another's box
_SAME = 0.4


def oks(first: np.ndarray, second: np.ndarray, sizes: np.ndarray, sigmas: np.ndarray,
        spreads: np.ndarray | float = 0.0, doubt: float = 0.0) -> np.ndarray:
    """Similarity 0..1 of every person of one set to every person of another, over the keypoints found in both.

    Args:
        first: (N, K, 2) keypoints [px]; NaN = not found.
        second: (M, K, 2) likewise.
        sizes: (N,) square root of the area [px] of the first, see `size_px`.
        sigmas: (K,) OKS constants of the skeleton.
        spreads: (N,) variance [px^2] of where the first ones are, added to that of the keypoints.
        doubt: keypoints assumed to disagree in every pair, so that few common ones prove little.

    Returns:
        (N, M); 0 without common keypoints.
    """
    difference = first[:, None] - second[None]
    distances = np.einsum('nmkd,nmkd->nmk', difference, difference)
    variances = np.square(2 * sigmas * np.reshape(sizes, (-1, 1))) + np.reshape(spreads, (-1, 1))
    alike = np.exp(distances * (-0.5 / variances)[:, None])
    missing = np.isnan(alike)
    alike[missing] = 0
    return alike.sum(axis=2) / np.maximum(missing.shape[2] - missing.sum(axis=2) + doubt, 1)


def size_px(keypoints: np.ndarray) -> np.ndarray:
    """(N, K, 2) keypoints -> (N,) the square root of the area of each person [px]; NaN without any keypoint."""
    low = np.fmin.reduce(keypoints, axis=1, initial=np.nan)
    high = np.fmax.reduce(keypoints, axis=1, initial=np.nan)
    return np.asarray(_AREA_TO_SIDE * (high - low).max(axis=1))


def keypoints_of(persons: Sequence[Person], count: int) -> np.ndarray:
    """(N, K, 2) float64 keypoints [px] of N persons; `count` is K, for when there is nobody."""
    return np.array([person.keypoints for person in persons], float).reshape(len(persons), count, 2)


def places_m(persons: Sequence[Person]) -> np.ndarray:
    """(N, 3) where people are [m], the medians of their points; NaN = unknown."""
    places, lifted = np.full((len(persons), 3), np.nan), [row for row, one in enumerate(persons) if one.points]
    if lifted:
        points = np.array([one.points.positions for one in persons if one.points])
        enough = np.isfinite(points).all(axis=2).sum(axis=1) >= _FEW
        places[lifted] = np.where(enough[:, None], medians(points), np.nan)
    return places


def medians(values: np.ndarray) -> np.ndarray:
    """(N, K, D) -> (N, D) medians over the K that are known, one by one along each axis; NaN without any.

    A tenth of the time that `np.nanmedian` takes.
    """
    counts = np.isfinite(values).sum(axis=1, keepdims=True)
    # Sorting puts NaN last.
    middle = np.concatenate([(counts - 1) // 2, counts // 2], axis=1)
    people, axes = np.arange(len(values))[:, None, None], np.arange(values.shape[2])
    return np.asarray(np.sort(values, axis=1)[people, middle, axes].mean(axis=1))


def duplicates(keypoints: np.ndarray, others: np.ndarray, sigmas: np.ndarray) -> np.ndarray:
    """(N, M) bool: people (N, K, 2) who are one of the others (M, K, 2) found a second time.

    Those whose keypoints lie on the same ones of someone else, and fragments within someone else's box.
    """
    if not len(others) or not len(keypoints):
        return np.zeros((len(keypoints), len(others)), bool)
    same = oks(others, keypoints, size_px(others), sigmas).T > _SAME
    low, high = np.nanmin(others, axis=1)[:, None], np.nanmax(others, axis=1)[:, None]
    missing = np.isnan(keypoints[:, :, 0])
    inside = (keypoints[:, None] >= low) & (keypoints[:, None] <= high)
    within = (inside.all(axis=3) | missing[:, None]).all(axis=2)
    return same | (within & (missing.shape[1] - missing.sum(axis=1) < _FRAGMENT)[:, None])
