"""sensor_msgs/CameraInfo <-> Camera."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pose_ros.camera import Camera
from pose_ros.errors import CameraError

# Allowed numbers of coefficients D: those of sensor_msgs/distortion_models.hpp, with OpenCV's longer rational ones.
_COEFFICIENTS = {'': (0,), 'plumb_bob': (0, 4, 5), 'rational_polynomial': (0, 8, 12, 14), 'equidistant': (0, 4)}


def _numbers(values: Sequence[float], count: int, name: str) -> np.ndarray:
    numbers = np.asarray(values, float)
    if numbers.shape != (count,) or not np.isfinite(numbers).all():
        raise CameraError(f'CameraInfo.{name} must be {count} finite numbers, got {numbers.tolist()}')
    return numbers


def _distortion(info: Any) -> np.ndarray:
    coefficients = np.asarray(info.d, float)
    if not coefficients.any():
        return np.zeros(4)
    allowed = _COEFFICIENTS.get(info.distortion_model)
    if allowed is None:
        raise CameraError(f'distortion_model {info.distortion_model!r} is unknown; '
                          f'allowed: {", ".join(name for name in _COEFFICIENTS if name)}, or D all zero')
    if coefficients.shape not in [(count,) for count in allowed]:
        raise CameraError(f'distortion_model {info.distortion_model!r} takes {allowed} coefficients D, '
                          f'got {coefficients.tolist()}')
    return _numbers(info.d, len(coefficients), 'd')


def _window(info: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Offset and size of the image on the sensor [px of full resolution] and its binning, each (2,) as x, y."""
    roi, full = info.roi, np.array([info.width, info.height])
    offset, size = np.array([roi.x_offset, roi.y_offset]), np.array([roi.width, roi.height])
    size = np.where(size > 0, size, full - offset)
    if (full <= 0).any() or (size <= 0).any() or (offset + size > full).any():
        raise CameraError(f'the region of interest {size.tolist()} px at {offset.tolist()} must lie in an image '
                          f'of {full.tolist()} px, and both must be larger than zero')
    return offset, size, np.maximum(1, [info.binning_x, info.binning_y])


def camera_from_msg(info: Any, *, rectified: bool = False) -> Camera | None:
    """sensor_msgs/CameraInfo -> Camera of the image as it is published: region of interest and binning applied.

    Args:
        info: K and P refer to full resolution, as REP-104 and image_geometry say.
        rectified: the images are undistorted already (image_rect): takes P and no distortion.

    Returns:
        None where the camera is not calibrated (K all zero).

    Raises:
        CameraError: NaN, a wrong number of values, an unknown distortion model, or an impossible region.
    """
    matrix = _numbers(info.p, 12, 'p').reshape(3, 4)[:, :3] if rectified else _numbers(info.k, 9, 'k').reshape(3, 3)
    if not matrix.any():
        return None
    offset, size, binning = _window(info)
    scale = np.diag([1 / binning[0], 1 / binning[1], 1])
    # Pixel centres are at integers, so a binned pixel's centre lies between those of the pixels it sums.
    scale[:2, 2] = ((0.5 - offset) / binning) - 0.5
    width, height = (size // binning).tolist()
    distortion = np.zeros(4) if rectified else _distortion(info)
    return Camera(width, height, scale @ matrix, distortion, info.distortion_model == 'equidistant' and not rectified)


def camera_to_msg(camera: Camera, header: Any) -> Any:
    """Camera -> sensor_msgs/CameraInfo of a camera that is not rectified: R is the identity, P is K.

    Args:
        camera: to publish.
        header: std_msgs/Header, put into the message as it is: that of the image.
    """
    from sensor_msgs.msg import CameraInfo
    count = len(camera.distortion)
    model = 'equidistant' if camera.fisheye else 'plumb_bob' if count <= 5 else 'rational_polynomial'
    matrix = np.asarray(camera.matrix, float)
    return CameraInfo(header=header, width=camera.width, height=camera.height, distortion_model=model,
                      d=np.asarray(camera.distortion, float).tolist(), k=matrix.ravel(), r=np.eye(3).ravel(),
                      p=np.column_stack([matrix, np.zeros(3)]).ravel())
