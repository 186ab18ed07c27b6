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
        regions = self._regions(np.reshape(boxes, (-1, 4)), nearest_m, farthest_m)
        stride = max([1, *np.ceil(np.sqrt(np.prod(regions[:, 1] - regions[:, 0], axis=1) / _MAX_PIXELS)).astype(int)])
        points = [self._points(depth, tuple(slice(start, end, stride) for start, end in zip(*region)))
                  for region in regions.tolist()]
        return self._splat(np.concatenate([np.zeros((0, 3), np.float32), *points]), stride)

    @cached_property
    def _turned_rays(self) -> np.ndarray:
        """(H, W, 3) directions of the depth pixels in the frame of the colour camera."""
        camera = self._depth_camera
        pixels = np.stack(np.meshgrid(np.arange(camera.width), np.arange(camera.height)), -1).reshape(-1, 2)
        turned = camera.rays(pixels) @ self._transform[:3, :3].T
        return turned.astype(np.float32).reshape(camera.height, camera.width, 3)

    def _regions(self, boxes: np.ndarray, nearest_m: float, farthest_m: float) -> np.ndarray:
        """(P, 2, 2) row and column at which the depth pixels begin that may lie in boxes of the colour image, and end.

        Nothing, where that is unknown.
        """
        margins = _MARGIN * boxes[:, 2:].max(axis=1, keepdims=True, initial=0)
        low, high = boxes[:, :2] - margins, boxes[:, :2] + boxes[:, 2:] + margins
        corners = np.stack([low, high, np.stack([low[:, 0], high[:, 1]], 1), np.stack([high[:, 0], low[:, 1]], 1)], 1)
        rays = self._colour_camera.rays(corners.reshape(-1, 2)).reshape(-1, 4, 3)
        points = np.concatenate([rays * nearest_m, rays * farthest_m], axis=1).reshape(-1, 3)
        pixels = self._depth_camera.project((points - self._transform[:3, 3]) @ self._transform[:3, :3])
        pixels = pixels.reshape(-1, 8, 2)[:, :, ::-1]
        ends = np.stack([np.floor(pixels.min(axis=1)), np.ceil(pixels.max(axis=1)) + 1], axis=1)
        ends[np.isnan(ends).any(axis=(1, 2))] = 0
        return np.clip(ends, 0, (self._depth_camera.height, self._depth_camera.width)).astype(int)

    def _points(self, depth: DepthImage, pixels: tuple[slice, ...]) -> np.ndarray:
        """(N, 3) float32 points [m] of some depth pixels in the frame of the colour camera, in front of it."""
        metres = depth.metres(pixels)
        known = np.isfinite(metres)
        points = self._turned_rays[pixels][known] * metres[known][:, None]
        points += self._transform[:3, 3].astype(np.float32)
        return points[points[:, 2] > 0]

    def _splat(self, points: np.ndarray, stride: int) -> DepthImage:
        """Every point covers two by two cells of the colour image, together as wide as the points are apart."""
        camera, side = self._colour_camera, self._footprint(stride)
        cell, count = (side + 1) // 2, min(side, 2)
        width, height = -(-camera.width // cell), -(-camera.height // cell)
        nearest = np.full(height * width, np.inf, np.float32)
        corners = np.floor((camera.project(points) + 0.5) / cell - (count - 1) / 2).astype(np.int64)
        for shift in np.ndindex(count, count):
            columns, rows = (corners + shift).T
            inside = (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
            np.minimum.at(nearest, rows[inside] * width + columns[inside], points[inside, 2])
        nearest[np.isinf(nearest)] = np.nan
        whole = np.repeat(np.repeat(nearest.reshape(height, width), cell, axis=1), cell, axis=0)
        return DepthImage(whole[:camera.height, :camera.width], '32FC1')

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
