"""The pinhole camera with lens distortion: image pixels from and to rays in the optical frame.

Optical frame (REP-103): x right, y down, z forward [m].
"""
from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

from pose_ros.errors import CameraError

_ENOUGH_PX = 1e-4
_THIN_PRISM = 12  # coefficients of the longest model without a tilted sensor


@dataclass(frozen=True, eq=False)
class Camera:
    """Intrinsics of one camera.

    Attributes:
        width, height: of its image [px].
        matrix: (3, 3) K with focal lengths and centre [px].
        distortion: (n,) coefficients in OpenCV's order (plumb_bob 5 or rational_polynomial 8, or 4 if fisheye).
        fisheye: the `equidistant` model instead of plumb_bob.

    Raises:
        CameraError: the matrix is not finite, or has no positive focal lengths.
    """

    width: int
    height: int
    matrix: np.ndarray
    distortion: np.ndarray = field(default_factory=lambda: np.zeros(5))
    fisheye: bool = False

    def __post_init__(self) -> None:
        matrix = np.asarray(self.matrix, float)
        if matrix.shape != (3, 3) or not np.isfinite(matrix).all() or not np.isfinite(self.distortion).all():
            raise CameraError(f'a camera needs a finite 3x3 K and finite D, got K {matrix.tolist()}')
        if matrix[0, 0] <= 0 or matrix[1, 1] <= 0:
            raise CameraError(f'focal lengths must be positive, got {matrix[0, 0]} and {matrix[1, 1]}: uncalibrated?')

    @classmethod
    def from_field_of_view(cls, width: int, height: int, horizontal_deg: float = 60.0) -> Camera:
        """An undistorted camera with the given horizontal field of view [deg], for images without calibration."""
        focal = width / 2 / np.tan(np.deg2rad(horizontal_deg) / 2)
        return cls(width, height, np.array([[focal, 0, (width - 1) / 2], [0, focal, (height - 1) / 2], [0, 0, 1]]))

    def rays(self, pixels: np.ndarray) -> np.ndarray:
        """(N, 2) image px -> (N, 3) directions in the optical frame with z = 1; NaN stays NaN."""
        pixels = np.asarray(pixels, float)
        if not len(pixels):
            return np.zeros((0, 3))
        rays = np.ones((len(pixels), 3))
        rays[:, :2] = self._straightened(pixels)
        # OpenCV stops after five iterations, up to a tenth of a pixel early near the corners.
        for _ in range(10 if np.any(self.distortion) else 0):
            misses = pixels - self.project(rays)
            rays[:, :2] += misses / self.matrix[[0, 1], [0, 1]]
            if not np.any(np.abs(misses) > _ENOUGH_PX):
                break
        rays[np.isnan(pixels).any(axis=1), :2] = np.nan
        return rays

    def _straightened(self, pixels: np.ndarray) -> np.ndarray:
        """(N, 2) px -> (N, 2) at z = 1, nearly."""
        if not self.fisheye and not np.any(self.distortion):
            return (pixels - self.matrix[:2, 2]) / self.matrix.diagonal()[:2]
        undistort = cv2.fisheye.undistortPoints if self.fisheye else cv2.undistortPoints
        start = undistort(pixels.reshape(-1, 1, 2), np.asarray(self.matrix, float), np.asarray(self.distortion, float))
        return start.reshape(-1, 2)

    def unproject(self, pixels: np.ndarray, depths: np.ndarray) -> np.ndarray:
        """(N, 2) image px at (N,) depths along z [m] -> (N, 3) points [m], optical frame."""
        return self.rays(pixels) * np.asarray(depths, float).reshape(-1, 1)

    def project(self, points: np.ndarray) -> np.ndarray:
        """(N, 3) points [m], optical frame -> (N, 2) image px; NaN for points behind the camera."""
        points = np.asarray(points, float)
        if not len(points):
            return np.zeros((0, 2))
        ahead = np.where(points[:, 2:] > 0, points[:, 2:], np.nan)
        if not self.fisheye and len(self.distortion) <= _THIN_PRISM:
            pixels = self._bent(points[:, :2] / ahead) * self.matrix[[0, 1], [0, 1]] + self.matrix[:2, 2]
            return np.where(np.isnan(pixels).any(axis=1, keepdims=True), np.nan, pixels)
        model = cv2.fisheye.projectPoints if self.fisheye else cv2.projectPoints
        pixels, _ = model(points.reshape(-1, 1, 3), np.zeros(3), np.zeros(3), np.asarray(self.matrix, float),
                          np.asarray(self.distortion, float))
        return np.where(np.isnan(ahead), np.nan, pixels.reshape(-1, 2))

    def _bent(self, plane: np.ndarray) -> np.ndarray:
        """OpenCV's distortion of (N, 2) at z = 1; OpenCV itself also takes the derivatives, fifty times the work."""
        if not np.any(self.distortion):
            return plane
        given = np.asarray(self.distortion, float).ravel().tolist()
        k1, k2, p1, p2, k3, k4, k5, k6, s1, s2, s3, s4 = given + [0.0] * (_THIN_PRISM - len(given))
        x, y = plane.T
        r2 = x * x + y * y
        radial = (1 + r2 * (k1 + r2 * (k2 + r2 * k3))) / (1 + r2 * (k4 + r2 * (k5 + r2 * k6)))
        return np.column_stack([
            x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x) + r2 * (s1 + r2 * s2),
            y * radial + 2 * p2 * x * y + p1 * (r2 + 2 * y * y) + r2 * (s3 + r2 * s4)])
