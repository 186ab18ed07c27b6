"""What a depth camera makes of the true depth: noise, depth shadows, flying pixels and holes."""
from __future__ import annotations

import cv2
import numpy as np

_EDGE_M = 0.1
_BLOBS = 40


def measured(clean: np.ndarray, rng: np.random.Generator, noise_m: float = 0.0, noise_fraction: float = 0.0,
             holes: bool = True) -> np.ndarray:
    """(H, W) float32 [m] as measured, 0 = no depth.

    Args:
        clean: (H, W) true depth along z [m].
        noise_m, noise_fraction: standard deviations of the noise, constant and as part of the depth.
        holes: half of the pixels at edges are missing and some lie between front and back; single pixels and blobs
            are missing anywhere.
    """
    depth = clean + rng.normal(0, 1, clean.shape) * np.hypot(noise_m, noise_fraction * clean)
    if holes:
        edge = _edges(clean)
        flying = edge & (rng.random(depth.shape) < 0.3)
        depth[flying] += rng.uniform(0, 0.5, flying.sum())
        depth[edge & (rng.random(depth.shape) < 0.5)] = 0
        depth[rng.random(depth.shape) < 0.1] = 0
        depth[_blobs(depth.shape, rng)] = 0
    return np.asarray(depth, np.float32)


def _edges(clean: np.ndarray) -> np.ndarray:
    edge = np.zeros(clean.shape, bool)
    jump = np.abs(np.diff(clean, axis=1)) > _EDGE_M
    edge[:, 1:] |= jump
    edge[:, :-1] |= jump
    return edge


def _blobs(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    mask = np.zeros(shape, np.uint8)
    for _ in range(_BLOBS):
        y, x, size = rng.uniform(0, shape[0]), rng.uniform(0, shape[1]), rng.uniform(2, 8)
        cv2.circle(mask, (int(x), int(y)), int(size), 1, -1)
    return mask.astype(bool)
