"""People as a camera would see them that looks straight at them: what the network for one camera takes.

Turning a camera about its centre changes no ray, only their names. So every person is seen by a camera of its own,
turned to the middle of its keypoints and zoomed to their size; what is left to learn depends neither on lens nor place.
"""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_SMALLEST = 1e-3


@dataclass(frozen=True, eq=False)
class PersonViews:
    """P people, each seen by a camera turned to it.

    Attributes:
        features: (P, 3 K + 1) float32: x and y of each keypoint in sizes of the person, 0 where it is missing; 1 where
            it is found; the logarithm of the size.
        rotations: (P, 3, 3) that turn rays of the real camera into those of the turned one.
        rays: (P, K, 3) of the turned camera, z = 1; NaN = missing.
    """

    features: np.ndarray
    rotations: np.ndarray
    rays: np.ndarray


def person_views(rays: np.ndarray) -> PersonViews:
    """(P, K, 3) rays of one camera, NaN = missing, at least one per person -> its people."""
    low, high = np.nanmin(rays, axis=1), np.nanmax(rays, axis=1)
    rotations = _towards((low + high) / 2)
    turned = rays @ np.swapaxes(rotations, 1, 2)
    turned /= turned[:, :, 2:]
    flat = turned[:, :, :2]
    low, high = np.nanmin(flat, axis=1), np.nanmax(flat, axis=1)
    sizes = np.maximum((high - low).max(axis=1), _SMALLEST)
    found = np.isfinite(flat[:, :, 0])
    places = np.where(found[:, :, None], (flat - ((low + high) / 2)[:, None]) / sizes[:, None, None], 0)
    features = np.concatenate([places.reshape(len(rays), -1), found, np.log(sizes)[:, None]], axis=1)
    return PersonViews(features.astype(np.float32), rotations, turned)


def _towards(directions: np.ndarray) -> np.ndarray:
    """(P, 3, 3) rotations that make (P, 3) directions the z axis and keep x level in the image."""
    z = directions / np.linalg.norm(directions, axis=1, keepdims=True)
    x = np.cross([0.0, 1.0, 0.0], z)
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    return np.stack([x, np.cross(z, x), z], axis=1)


def place(shapes: np.ndarray, rays: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """(P, 3) where bodies stand that rays see: the translation that brings each point nearest to its ray.

    Of a point X + t on the ray (u, v, 1), x - u z and y - v z vanish: two linear equations in t per keypoint.

    Args:
        shapes: (P, K, 3) points [m] relative to their root.
        rays: (P, K, 3) with z = 1; NaN = missing.
        weights: (P, K) of the keypoints, 0 = not used.
    """
    used = np.isfinite(rays[:, :, 0]) & (weights > 0)
    uv = np.where(used[:, :, None], rays[:, :, :2], 0)
    across = np.zeros((*uv.shape, 3))
    across[:, :, [0, 1], [0, 1]] = 1
    across[:, :, :, 2] = -uv
    misses = shapes[:, :, :2] - uv * shapes[:, :, 2:]
    weighted = across * np.where(used, weights, 0)[:, :, None, None]
    normal = np.einsum('pkai,pkaj->pij', weighted, across) + 1e-9 * np.eye(3)
    return np.linalg.solve(normal, -np.einsum('pkai,pka->pi', weighted, misses)[:, :, None])[:, :, 0]
