"""Keypoints of one person in two or more calibrated cameras to points in space, robust to cameras that are wrong."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from pose_ros.camera import Camera
from pose_ros.errors import CameraError
from pose_ros.settings import Settings, setting
from pose_ros.types import Points, PointSource


@dataclass(frozen=True)
class TriangulationSettings(Settings):
    """When cameras agree on a point."""

    max_error_px: float = setting(12.0, 'A camera agrees with a point this near to its keypoint [px]',
                                  low=0.1, high=1000.0)
    noise_px: float = setting(2.0, 'Standard deviation of a keypoint [px]', low=0.01, high=100.0)
    min_angle_deg: float = setting(2.0, 'Two rays that meet at a smaller angle give no point [deg]', low=0.0, high=90.0)
    min_score: float = setting(0.05, 'Keypoints of a lower score are not used', low=0.0, high=1.0)


@dataclass(frozen=True, eq=False)
class View:
    """A camera and where it stands.

    Attributes:
        camera: intrinsics, with distortion.
        transform_camera_to_world: (4, 4) points in its optical frame -> the common frame.
    """

    camera: Camera
    transform_camera_to_world: np.ndarray

    def __post_init__(self) -> None:
        transform = np.asarray(self.transform_camera_to_world, float)
        if transform.shape != (4, 4) or not np.isfinite(transform).all():
            raise CameraError(f'a view needs a finite 4x4 transform, got {transform.tolist()}')
        object.__setattr__(self, 'transform_camera_to_world', transform)

    @property
    def origin(self) -> np.ndarray:
        """(3,) where the camera stands, in the common frame [m]."""
        return self.transform_camera_to_world[:3, 3]

    @property
    def focal_px(self) -> float:
        """Focal length [px], the geometric mean of both."""
        return float(np.sqrt(self.camera.matrix[0, 0] * self.camera.matrix[1, 1]))

    def directions(self, keypoints: np.ndarray) -> np.ndarray:
        """(N, 2) px -> (N, 3) unit directions in the common frame; NaN stays NaN."""
        rays = self.camera.rays(keypoints) @ self.transform_camera_to_world[:3, :3].T
        return rays / np.linalg.norm(rays, axis=1, keepdims=True)


def triangulate(views: Sequence[View], keypoints: np.ndarray, scores: np.ndarray,
                settings: TriangulationSettings | None = None) -> Points:
    """The points that most cameras agree on: every pair of cameras proposes one (RANSAC over all pairs).

    Args:
        views: V cameras.
        keypoints: (V, K, 2) px of the same person, NaN = not found.
        scores: (V, K).

    Returns:
        K points in the common frame, with the covariance that keypoint noise causes.

    Raises:
        CameraError: fewer than two views, or not one set of keypoints per view.
    """
    settings = settings or TriangulationSettings()
    if len(views) < 2 or np.shape(keypoints)[0] != len(views):
        raise CameraError(f'got {len(views)} views and keypoints {np.shape(keypoints)}; allowed: two or more views, '
                          'and keypoints (views, K, 2)')
    directions = np.array([view.directions(pixels) for view, pixels in zip(views, keypoints)])
    directions[np.asarray(scores) < settings.min_score] = np.nan
    origins, focals = np.array([view.origin for view in views]), np.array([view.focal_px for view in views])
    agree = _consensus(origins, directions, focals, settings)
    points, information = meet(origins, directions, np.where(agree, 1.0, 0.0))
    for _ in range(2):
        ranges = np.linalg.norm(points - origins[:, None], axis=2)
        weights = np.where(agree, np.square(focals[:, None] / (settings.noise_px * np.maximum(ranges, 1e-3))), 0)
        points, information = meet(origins, directions, weights)
    known = (agree.sum(axis=0) >= 2) & np.isfinite(points).all(axis=1)
    covariances = np.linalg.inv(np.where(known[:, None, None], information, np.eye(3)))
    return Points(np.where(known[:, None], points, np.nan), np.where(known[:, None, None], covariances, np.nan),
                  np.where(known, PointSource.TRIANGULATED, PointSource.NONE))


def meet(origins: np.ndarray, directions: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The points nearest to rays, in weighted squares of distance.

    Args:
        origins: (V, 3); directions: (V, K, 3) unit; weights: (V, K) [1/m^2], 0 = not used.

    Returns:
        (K, 3) points, NaN where the rays do not determine one, and (K, 3, 3) information, the inverse covariance.
    """
    used = (weights > 0) & np.isfinite(directions).all(axis=2)
    clean = np.where(used[:, :, None], directions, 0)
    across = np.where(used, weights, 0)[:, :, None, None] * (np.eye(3) - clean[:, :, :, None] * clean[:, :, None, :])
    information = across.sum(axis=0)
    determined = np.linalg.cond(np.where(np.isfinite(information), information, 0)) < 1e8
    pull = np.einsum('vkij,vj->ki', across, origins)
    points = np.linalg.solve(np.where(determined[:, None, None], information, np.eye(3)), pull[:, :, None])[:, :, 0]
    return np.where(determined[:, None], points, np.nan), information


def _consensus(origins: np.ndarray, directions: np.ndarray, focals: np.ndarray,
               settings: TriangulationSettings) -> np.ndarray:
    """(V, K) bool: the largest set of cameras that agree on each point; of equal ones, that with the least error."""
    best = np.zeros(directions.shape[:2], bool)
    best_score = np.zeros(directions.shape[1])
    least_cosine = np.cos(np.deg2rad(settings.min_angle_deg))
    for pair in map(list, combinations(range(len(origins)), 2)):
        weights = np.zeros(directions.shape[:2])
        weights[pair] = 1
        errors = _errors_px(origins, directions, focals, meet(origins, directions, weights)[0])
        wide = np.abs((directions[pair[0]] * directions[pair[1]]).sum(axis=1)) < least_cosine
        agree = (errors <= settings.max_error_px) & wide
        score = np.where(agree, 1 - 0.5 * errors / settings.max_error_px, 0).sum(axis=0)
        better = (score > best_score) & agree[pair].all(axis=0)
        best, best_score = np.where(better, agree, best), np.where(better, score, best_score)
    return best


def _errors_px(origins: np.ndarray, directions: np.ndarray, focals: np.ndarray, points: np.ndarray) -> np.ndarray:
    """(V, K) angle between each ray and the way to the point, as pixels; inf where unknown or behind the camera."""
    apart = points - origins[:, None]
    along = (apart * directions).sum(axis=2)
    off = np.linalg.norm(apart - along[:, :, None] * directions, axis=2)
    return np.where(along > 0, focals[:, None] * off / np.where(along > 0, along, 1), np.inf)
