"""Calibration files become the camera they describe; bad ones say why not."""
from __future__ import annotations

import numpy as np
import pytest
import yaml

from pose_ros.bridge.calibration import camera_from_yaml
from pose_ros.errors import CameraError

GOOD = {
    'image_width': 640, 'image_height': 480, 'camera_name': 'head', 'distortion_model': 'plumb_bob',
    'camera_matrix': {'rows': 3, 'cols': 3, 'data': [500.0, 0, 320, 0, 510.0, 240, 0, 0, 1]},
    'distortion_coefficients': {'rows': 1, 'cols': 5, 'data': [0.1, -0.2, 0.001, 0.002, 0.0]},
}


def test_a_calibration_is_read(tmp_path):
    (tmp_path / 'head.yaml').write_text(yaml.safe_dump(GOOD))
    camera = camera_from_yaml(tmp_path / 'head.yaml')
    assert (camera.width, camera.height) == (640, 480)
    np.testing.assert_allclose(camera.matrix, np.reshape(GOOD['camera_matrix']['data'], (3, 3)))
    np.testing.assert_allclose(camera.distortion, GOOD['distortion_coefficients']['data'])


BAD = {
    'no yaml': ': : :', 'empty': '', 'a list': '[1, 2]', 'fields missing': 'image_width: 640',
    'zero': yaml.safe_dump({**GOOD, 'camera_matrix': {'data': [0.0] * 9}}),
    'nan': yaml.safe_dump({**GOOD, 'camera_matrix': {'data': [float('nan')] * 9}}),
}


@pytest.mark.parametrize('kind', BAD)
def test_a_bad_calibration_is_refused(kind, tmp_path):
    (tmp_path / 'head.yaml').write_text(BAD[kind])
    with pytest.raises(CameraError):
        camera_from_yaml(tmp_path / 'head.yaml')


def test_a_missing_calibration_is_named(tmp_path):
    with pytest.raises(CameraError, match='nowhere.yaml'):
        camera_from_yaml(tmp_path / 'nowhere.yaml')
