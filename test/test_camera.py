import cv2
import numpy as np
import pytest

from pose_ros.camera import Camera
from pose_ros.errors import CameraError

K = np.array([[520.0, 0, 318.2], [0, 515.0, 241.7], [0, 0, 1]])
CAMERAS = {
    'ideal': Camera.from_field_of_view(640, 480),
    'plumb_bob': Camera(640, 480, K, np.array([-0.28, 0.09, 1e-3, -7e-4, -0.01])),
    'rational': Camera(640, 480, K, np.array([-0.28, 0.09, 1e-3, -7e-4, -0.01, 0.01, 0.02, 0.001])),
    'fisheye': Camera(640, 480, K, np.array([0.05, -0.01, 0.003, -0.001]), fisheye=True),
}
every_camera = pytest.mark.parametrize('camera', CAMERAS.values(), ids=list(CAMERAS))


def grid(camera, margin=40):
    x, y = np.meshgrid(np.linspace(margin, camera.width - margin, 9), np.linspace(margin, camera.height - margin, 7))
    return np.column_stack([x.ravel(), y.ravel()])


@every_camera
def test_pixels_to_space_and_back(camera):
    pixels = grid(camera)
    depths = np.random.default_rng(0).uniform(0.3, 9, len(pixels))
    points = camera.unproject(pixels, depths)
    np.testing.assert_allclose(points[:, 2], depths)
    np.testing.assert_allclose(camera.project(points), pixels, atol=1e-4)


@every_camera
def test_right_is_x_and_down_is_y(camera):
    centre = camera.project(np.array([[0, 0, 2.0]]))[0]
    right, down = camera.project(np.array([[0.3, 0, 2.0], [0, 0.3, 2.0]]))
    assert right[0] > centre[0] + 20
    assert down[1] > centre[1] + 20
    np.testing.assert_allclose(centre, camera.matrix[:2, 2], atol=1e-6)


@every_camera
def test_rays_do_not_depend_on_the_distance(camera):
    pixels = grid(camera)
    np.testing.assert_allclose(camera.unproject(pixels, np.full(len(pixels), 3.0)) / 3, camera.rays(pixels))
    np.testing.assert_array_equal(camera.rays(pixels)[:, 2], 1)


@every_camera
def test_what_is_unknown_or_behind_stays_unknown(camera):
    rays = camera.rays(np.array([[np.nan, 5], [100, 100], [3, np.nan]]))
    assert np.isnan(rays[[0, 2], :2]).all()
    assert np.isfinite(rays[1]).all()
    pixels = camera.project(np.array([[0, 0, -1.0], [0, 0, 0.0], [np.nan, 0, 1.0], [0.1, 0.1, 1.0]]))
    assert np.isnan(pixels[:2]).all()
    assert np.isnan(pixels[2]).any()
    assert np.isfinite(pixels[3]).all()


def test_no_points_are_no_trouble():
    for camera in CAMERAS.values():
        assert camera.rays(np.zeros((0, 2))).shape == (0, 3)
        assert camera.project(np.zeros((0, 3))).shape == (0, 2)


def test_the_field_of_view_is_between_the_outer_edges():
    camera = Camera.from_field_of_view(640, 480, 90.0)
    left, right = camera.rays(np.array([[-0.5, 239.5], [639.5, 239.5]]))
    np.testing.assert_allclose([left[0], right[0]], [-1, 1], atol=1e-9)


@pytest.mark.parametrize('matrix, distortion', [
    (np.zeros((3, 3)), np.zeros(5)), (K * np.nan, np.zeros(5)), (K, np.full(5, np.nan)), (K[:2], np.zeros(5)),
    (np.diag([-500.0, 500, 1]), np.zeros(5)), (np.diag([500.0, 0, 1]), np.zeros(5))])
def test_calibrations_that_cannot_be_used_are_refused(matrix, distortion):
    with pytest.raises(CameraError):
        Camera(640, 480, matrix, distortion)


@pytest.mark.parametrize('count', [0, 4, 5, 8, 12, 14])
def test_points_land_where_opencv_puts_them(count):
    rng = np.random.default_rng(count)
    camera = Camera(640, 480, K, rng.normal(0, 0.02, count))
    points = rng.uniform([-1, -1, 1], [1, 1, 4], (50, 3))
    expected, _ = cv2.projectPoints(points, np.zeros(3), np.zeros(3), K, camera.distortion)
    np.testing.assert_allclose(camera.project(points), expected[:, 0], atol=1e-6)
