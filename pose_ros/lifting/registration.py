"""Depth images as the colour camera would see them, from a depth camera that stands elsewhere."""
from __future__ import annotations

from functools import cached_property

import numpy as np

from pose_ros.camera import Camera
from pose_ros.errors import CameraError
from pose_ros.lifting.depth_image import DepthImage

_MARGIN = 0.1  # flesh around the keypoints, as part of the box
_MAX_PIXELS = 4000  # of one person; more tell the medians of lifting nothing new


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

    def fits(self, depth_camera: Camera, colour_camera: Camera, transform_depth_to_colour: np.ndarray) -> bool:
        """Whether this was made for these."""
        return (_same(self._depth_camera, depth_camera) and _same(self._colour_camera, colour_camera)
                and np.array_equal(self._transform, transform_depth_to_colour))

    def register(self, depth: DepthImage, boxes: np.ndarray | None = None, nearest_m: float = 0.3,
                 farthest_m: float = 8.0) -> DepthImage:
        """The depth image [m] that the colour camera would see; NaN where no depth pixel lands. The nearest wins.

        Args:
            boxes: (P, 4) x, y, width, height [px] in the colour image; only what may lie in them is registered, large
                ones on a coarser grid. None = everything, at full resolution.
            nearest_m, farthest_m: the depths [m] that decide where a box may lie in the depth image.

        Raises:
            CameraError: the depth image has not the size of the depth camera's.
        """
        height, width = depth.values.shape
        camera = self._depth_camera
        if (width, height) != (camera.width, camera.height):
            raise CameraError(f'the depth image has {width}x{height} px, its camera {camera.width}x{camera.height}; '
                              'allowed: the same size')
        if boxes is None:
            return self._splat(self._points(depth, ()), 1)
        regions = [self._region(box, nearest_m, farthest_m) for box in boxes]
        stride = max([1, *(int(np.ceil(np.sqrt(np.prod(size) / _MAX_PIXELS))) for _, size in regions)])
        points = [self._points(depth, tuple(slice(start, start + length, stride) for start, length in zip(*region)))
                  for region in regions]
        return self._splat(np.concatenate([np.zeros((0, 3), np.float32), *points]), stride)

    @cached_property
    def _turned_rays(self) -> np.ndarray:
        """(H, W, 3) directions of the depth pixels in the frame of the colour camera."""
        camera = self._depth_camera
        pixels = np.stack(np.meshgrid(np.arange(camera.width), np.arange(camera.height)), -1).reshape(-1, 2)
        turned = camera.rays(pixels) @ self._transform[:3, :3].T
        return turned.astype(np.float32).reshape(camera.height, camera.width, 3)

    def _region(self, box: np.ndarray, nearest_m: float, farthest_m: float) -> tuple[np.ndarray, np.ndarray]:
        """Row and column at which the depth pixels begin that may lie in a box of the colour image, and how many."""
        x, y, width, height = box
        margin = _MARGIN * max(width, height)
        corners = np.array([[x + i * width + (2 * i - 1) * margin, y + j * height + (2 * j - 1) * margin]
                            for i in (0, 1) for j in (0, 1)])
        rays = self._colour_camera.rays(corners)
        points = np.concatenate([rays * nearest_m, rays * farthest_m])
        pixels = self._depth_camera.project((points - self._transform[:3, 3]) @ self._transform[:3, :3])[:, ::-1]
        if not np.isfinite(pixels).all():
            return np.zeros(2, int), np.zeros(2, int)
        size = self._depth_camera.height, self._depth_camera.width
        low = np.clip(np.floor(pixels.min(axis=0)), 0, size).astype(int)
        return low, np.clip(np.ceil(pixels.max(axis=0)) + 1, 0, size).astype(int) - low

    def _points(self, depth: DepthImage, pixels: tuple[slice, ...]) -> np.ndarray:
        """(N, 3) float32 points [m] of some depth pixels in the frame of the colour camera, in front of it."""
        metres = depth.metres(pixels)
        known = np.isfinite(metres)
        points = self._turned_rays[pixels][known] * metres[known][:, None]
        points += self._transform[:3, 3].astype(np.float32)
        return points[points[:, 2] > 0]

    def _splat(self, points: np.ndarray, stride: int) -> DepthImage:
        camera, side = self._colour_camera, self._footprint(stride)
        nearest = np.full(camera.height * camera.width, np.inf, np.float32)
        corners = np.rint(camera.project(points) - (side - 1) / 2).astype(np.int64)
        for shift in np.ndindex(side, side):
            columns, rows = (corners + shift).T
            inside = (columns >= 0) & (columns < camera.width) & (rows >= 0) & (rows < camera.height)
            np.minimum.at(nearest, rows[inside] * camera.width + columns[inside], points[inside, 2])
        nearest[np.isinf(nearest)] = np.nan
        return DepthImage(nearest.reshape(camera.height, camera.width), '32FC1')

    def _footprint(self, stride: int) -> int:
        """Side [px] of a depth pixel in the colour image, so that a finer colour image has no holes."""
        return int(np.ceil(stride * self._colour_camera.matrix[0, 0] / self._depth_camera.matrix[0, 0] - 0.05))


def _same(first: Camera, second: Camera) -> bool:
    return first is second or (
        (first.width, first.height, first.fisheye) == (second.width, second.height, second.fisheye)
        and np.array_equal(first.matrix, second.matrix) and np.array_equal(first.distortion, second.distortion))


def _is_rigid(transform: np.ndarray) -> bool:
    rotation = transform[:3, :3]
    return bool(np.isfinite(transform).all() and np.allclose(transform[3], [0, 0, 0, 1], atol=1e-6)
                and np.allclose(rotation @ rotation.T, np.eye(3), atol=1e-3) and np.linalg.det(rotation) > 0)
