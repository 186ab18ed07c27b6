"""Logistic regression by Newton's method (iteratively reweighted least squares)."""
from __future__ import annotations

import numpy as np

_RIDGE = 1e-2
_STEPS = 50


def fit_logistic(features: np.ndarray, is_true: np.ndarray) -> np.ndarray:
    """(F,) weights w, so that 1 / (1 + exp(-features w)) is the probability of being true.

    A small ridge keeps the weights finite where the data can be parted without error, or where there is none.

    Args:
        features: (n, F), the first column 1.
        is_true: (n,) bool.
    """
    weights = np.zeros(features.shape[1])
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(features @ weights, -30, 30)))
        slope = features.T @ (is_true - chance) - _RIDGE * weights
        curvature = (features * (chance * (1 - chance))[:, None]).T @ features + _RIDGE * np.eye(len(weights))
        step = np.linalg.solve(curvature, slope)
        weights += step * min(1.0, 4 / max(np.abs(step).max(), 1e-12))
        if np.abs(step).max() < 1e-8:
            break
    return weights


def log_odds(right: np.ndarray, of: np.ndarray) -> np.ndarray:
    """Logarithm of the odds of `right` out of `of`, as if one more of each kind had been seen (Laplace)."""
    return np.log((right + 1) / (of - right + 1))
