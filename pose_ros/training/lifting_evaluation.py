"""How far guessed bodies are from the truth: MPJPE and PA-MPJPE (Ionescu 2014; Martinez 2017, section 4)."""
from __future__ import annotations

import numpy as np


def mpjpe(guess: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """(N,) mean distance of the known points of each body, both (N, K, 3) relative to their root; NaN = unknown."""
    return np.asarray(np.nanmean(np.linalg.norm(guess - truth, axis=2), axis=1))


def pa_mpjpe(guess: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """(N,) the same after the rotation, scale and translation that fit each guess best (Procrustes analysis)."""
    return mpjpe(aligned(guess, truth), truth)


def aligned(guess: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """(N, K, 3) guesses moved onto the truth by the best similarity (Umeyama 1991); unknown points do not count."""
    known = np.isfinite(guess).all(axis=2) & np.isfinite(truth).all(axis=2)
    count = known.sum(axis=1)[:, None, None]
    one, other = (np.where(known[:, :, None], points, 0) for points in (guess, truth))
    centres = [points.sum(axis=1, keepdims=True) / count for points in (one, other)]
    one, other = (np.where(known[:, :, None], points - centre, 0) for points, centre in zip((one, other), centres))
    left, sizes, right = np.linalg.svd(np.swapaxes(one, 1, 2) @ other)
    # A reflection would fit better than any rotation where the determinant is negative.
    signs = np.ones_like(sizes)
    signs[:, 2] = np.sign(np.linalg.det(left @ right))
    turn = (left * signs[:, None]) @ right
    scale = (sizes * signs).sum(axis=1) / np.square(one).sum(axis=(1, 2))
    return np.asarray(scale[:, None, None] * (guess - centres[0]) @ turn + centres[1])
