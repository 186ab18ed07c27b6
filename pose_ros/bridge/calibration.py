"""Calibration files as `camera_calibration` writes them: YAML with the fields of CameraInfo."""
from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import yaml

from pose_ros.bridge.cameras import camera_from_msg
from pose_ros.camera import Camera
from pose_ros.errors import CameraError

_WHOLE = SimpleNamespace(x_offset=0, y_offset=0, width=0, height=0)


def _info(values: dict[str, Any]) -> SimpleNamespace:
    return SimpleNamespace(
        width=int(values['image_width']), height=int(values['image_height']),
        distortion_model=values.get('distortion_model', 'plumb_bob'), d=values['distortion_coefficients']['data'],
        k=values['camera_matrix']['data'], roi=_WHOLE, binning_x=0, binning_y=0)


def camera_from_yaml(path: Path) -> Camera:
    """Reads image_width, image_height, camera_matrix, distortion_model and distortion_coefficients.

    Raises:
        CameraError: the file is missing, is no such YAML, or its values cannot be used.
    """
    try:
        info = _info(yaml.safe_load(path.expanduser().read_text()))
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise CameraError(f'{path} is no calibration that can be read: {error!r}; '
                          f'allowed: the YAML that camera_calibration writes') from error
    camera = camera_from_msg(info)
    if camera is None:
        raise CameraError(f'{path} is not calibrated: its camera_matrix is zero')
    return camera
