"""Depth images as the colour camera would see them, from a depth camera that stands elsewhere."""
from __future__ import annotations

from functools import cached_property

import numpy as np

from pose_ros.camera import Camera
from pose_ros.errors import CameraError
from pose_ros.lifting.depth_image import DepthImage


class DepthRegistration:
    """Registers depth images; made once for a pair of cameras, for it remembers the rays of all depth pixels.

    Args:
        depth_camera, colour_camera: with their distortions.
        transform_depth_to_colour: (4, 4) points in the optical frame of the depth camera -> that of the colour camera.

    Raises:
        CameraError: the transform is no rigid motion.
    """

    def __init__(self, depth_camera: Camera, colour_camera: Camera, transform_depth_to_colour: np.ndarray) -> None:
        transform = np.asarray(transform_depth_to_colour, float)
        if transform.shape != (4, 4) or not _is_rigid(transform):
            raise CameraError(f'transform {transform.tolist()}; allowed: a rigid 4x4 transform, rotation and '
                              'translation [m]')
        self._depth_camera, self._colour_camera, self._transform = depth_camera, colour_camera, transform

    def register(self, depth: DepthImage) -> DepthImage:
        """The depth image [m] that the colour camera would see; NaN where no depth pixel lands. The nearest wins.

        Raises:
            CameraError: the depth image has not the size of the depth camera's.
        """
        height, width = depth.values.shape
        camera = self._depth_camera
        if (width, height) != (camera.width, camera.height):
            raise CameraError(f'the depth image has {width}x{height} px, its camera {camera.width}x{camera.height}; '
                              'allowed: the same size')
        metres = depth.metres().ravel()
        known = np.isfinite(metres)
        points = self._turned_rays[known] * metres[known, None] + self._transform[:3, 3].astype(np.float32)
        return DepthImage(self._splat(points), '32FC1')

    @cached_property
    def _turned_rays(self) -> np.ndarray:
        camera = self._depth_camera
        pixels = np.stack(np.meshgrid(np.arange(camera.width), np.arange(camera.height)), -1).reshape(-1, 2)
        return (camera.rays(pixels) @ self._transform[:3, :3].T).astype(np.float32)

    def _splat(self, points: np.ndarray) -> np.ndarray:
        camera = self._colour_camera
        points = points[points[:, 2] > 0]
        pixels = np.rint(camera.project(points) - self._half_footprint).astype(np.int64)
        nearest = np.full(camera.width * camera.height, np.inf, np.float32)
        for shift in np.ndindex(self._footprint, self._footprint):
            columns, rows = (pixels + shift).T
            inside = (columns >= 0) & (columns < camera.width) & (rows >= 0) & (rows < camera.height)
            np.minimum.at(nearest, rows[inside] * camera.width + columns[inside], points[inside, 2])
        nearest[np.isinf(nearest)] = np.nan
        return nearest.reshape(camera.height, camera.width)

    @property
    def _footprint(self) -> int:
        """Side [px] of a depth pixel in the colour image, so that a finer colour image has no holes."""
        return int(np.ceil(self._colour_camera.matrix[0, 0] / self._depth_camera.matrix[0, 0] - 0.05))

    @property
    def _half_footprint(self) -> float:
        return (self._footprint - 1) / 2


def _is_rigid(transform: np.ndarray) -> bool:
    rotation = transform[:3, :3]
    return bool(np.isfinite(transform).all() and np.allclose(transform[3], [0, 0, 0, 1], atol=1e-6)
                and np.allclose(rotation @ rotation.T, np.eye(3), atol=1e-3) and np.linalg.det(rotation) > 0)
