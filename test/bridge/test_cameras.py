"""CameraInfo to Camera and back; regions, binning and models; calibrations that cannot be used."""
from __future__ import annotations

import numpy as np
import pytest
from rclpy.serialization import deserialize_message, serialize_message
from sensor_msgs.msg import CameraInfo, RegionOfInterest
from std_msgs.msg import Header

from pose_ros.bridge.cameras import camera_from_msg, camera_to_msg
from pose_ros.camera import Camera
from pose_ros.errors import CameraError

MATRIX = np.array([[500.0, 0, 321], [0, 510, 235], [0, 0, 1]])
PLUMB_BOB = np.array([-0.2, 0.05, 0.001, -0.002, 0.01])
CAMERAS = {
    'plain': Camera(640, 480, MATRIX),
    'plumb_bob': Camera(640, 480, MATRIX, PLUMB_BOB),
    'rational_polynomial': Camera(640, 480, MATRIX, np.array([0.1, 0.02, 0.001, 0.002, 0.01, 0.2, 0.03, 0.004])),
    'equidistant': Camera(640, 480, MATRIX, np.array([0.1, -0.02, 0.003, -0.0004]), fisheye=True),
}
POINTS = np.array([[0.1, -0.2, 1.5], [-0.4, 0.3, 2.0], [0.0, 0.0, 1.0], [0.5, 0.4, 3.0]])


def info(camera: Camera = CAMERAS['plumb_bob'], **changes) -> CameraInfo:
    msg = camera_to_msg(camera, Header(frame_id='camera_optical_frame'))
    for name, value in changes.items():
        setattr(msg, name, value)
    return deserialize_message(serialize_message(msg), CameraInfo)


@pytest.mark.parametrize('name', CAMERAS)
def test_there_and_back(name):
    camera, back = CAMERAS[name], camera_from_msg(info(CAMERAS[name]))
    assert (back.width, back.height, back.fisheye) == (camera.width, camera.height, camera.fisheye)
    np.testing.assert_array_equal(back.matrix, camera.matrix)
    np.testing.assert_allclose(back.project(POINTS), camera.project(POINTS), atol=1e-9)


@pytest.mark.parametrize('name', ['plumb_bob', 'rational_polynomial', 'equidistant'])
def test_the_message_names_its_model(name):
    msg = info(CAMERAS[name])
    assert msg.distortion_model == name and msg.header.frame_id == 'camera_optical_frame'
    np.testing.assert_array_equal(np.reshape(msg.p, (3, 4)), np.column_stack([MATRIX, np.zeros(3)]))
    np.testing.assert_array_equal(np.reshape(msg.r, (3, 3)), np.eye(3))


def test_an_uncalibrated_camera_is_none():
    assert camera_from_msg(CameraInfo(width=640, height=480)) is None
    assert camera_from_msg(CameraInfo(width=640, height=480), rectified=True) is None


def test_a_rectified_image_has_no_distortion_and_the_projection_of_p():
    projection = [450.0, 0, 310, 0, 0, 450, 240, 0, 0, 0, 1, 0]
    camera = camera_from_msg(info(p=projection), rectified=True)
    np.testing.assert_array_equal(camera.matrix, np.reshape(projection, (3, 4))[:, :3])
    assert not camera.distortion.any() and not camera.fisheye


@pytest.mark.parametrize('offset', [(0, 0), (40, 30), (301, 7)])
def test_a_region_of_interest_moves_every_pixel(offset):
    x, y = offset
    camera = camera_from_msg(info(roi=RegionOfInterest(x_offset=x, y_offset=y, width=320, height=240)))
    assert (camera.width, camera.height) == (320, 240)
    np.testing.assert_allclose(camera.project(POINTS), CAMERAS['plumb_bob'].project(POINTS) - offset, atol=1e-9)


@pytest.mark.parametrize('binning', [(1, 1), (2, 2), (4, 2)])
def test_a_binned_pixel_is_centred_between_those_it_sums(binning):
    camera = camera_from_msg(info(binning_x=binning[0], binning_y=binning[1]))
    assert (camera.width, camera.height) == (640 // binning[0], 480 // binning[1])
    summed = CAMERAS['plumb_bob'].project(POINTS)
    np.testing.assert_allclose(camera.project(POINTS), (summed + 0.5) / binning - 0.5, atol=1e-9)


def test_binning_of_a_region():
    camera = camera_from_msg(info(binning_x=2, binning_y=2,
                                  roi=RegionOfInterest(x_offset=100, y_offset=50, width=320, height=240)))
    assert (camera.width, camera.height) == (160, 120)
    expected = (CAMERAS['plumb_bob'].project(POINTS) - (100, 50) + 0.5) / 2 - 0.5
    np.testing.assert_allclose(camera.project(POINTS), expected, atol=1e-9)


def test_a_region_without_a_size_reaches_to_the_edge():
    camera = camera_from_msg(info(roi=RegionOfInterest(x_offset=40, y_offset=80)))
    assert (camera.width, camera.height) == (600, 400)


@pytest.mark.parametrize(('model', 'coefficients'), [
    ('', []), ('', [0.0] * 5), ('plumb_bob', []), ('plumb_bob', [0.1, 0.2, 0.0, 0.0]), ('anything', [0.0] * 3)])
def test_models_that_drivers_send(model, coefficients):
    camera = camera_from_msg(info(distortion_model=model, d=coefficients))
    assert np.isfinite(camera.project(POINTS)).all()
    assert camera.distortion.any() == any(coefficients)


NOT_A_NUMBER = [float('nan'), *MATRIX.ravel()[1:].tolist()]


@pytest.mark.parametrize(('msg', 'rectified', 'words'), [
    (info(k=np.array(NOT_A_NUMBER)), False, ['CameraInfo.k', '9 finite', 'nan']),
    (info(p=np.full(12, np.nan)), True, ['CameraInfo.p', '12 finite', 'nan']),
    (info(d=[float('nan')] * 5), False, ['CameraInfo.d', 'finite', 'nan']),
    (info(d=[float('inf'), 0.0, 0.0, 0.0, 0.0]), False, ['finite', 'inf']),
    (info(k=-MATRIX.ravel()), False, ['focal lengths must be positive', '-500']),
    (info(distortion_model='pincushion'), False, ["'pincushion'", 'plumb_bob', 'equidistant']),
    (info(distortion_model=''), False, ["''", '0.01']),
    (info(distortion_model='equidistant'), False, ["'equidistant'", '(0, 4)', '0.01']),
    (info(d=[0.1, 0.2, 0.3]), False, ["'plumb_bob'", '(0, 4, 5)', '0.3']),
    (info(width=0, height=0), False, ['[0, 0]']),
    (info(roi=RegionOfInterest(x_offset=600, width=320, height=240)), False, ['[320, 240]', '[600, 0]', '[640, 480]']),
    (info(roi=RegionOfInterest(x_offset=700)), False, ['[700, 0]', '[640, 480]']),
])
def test_a_calibration_that_cannot_be_used(msg, rectified, words):
    with pytest.raises(CameraError) as error:
        camera_from_msg(msg, rectified=rectified)
    assert [word for word in words if word not in str(error.value)] == []


def test_a_matrix_of_the_wrong_size():
    msg = camera_to_msg(CAMERAS['plain'], Header())
    msg.k = np.ones(8)
    with pytest.raises(CameraError, match='9 finite'):
        camera_from_msg(msg)
