"""Depth moved from one camera to another lies where a camera there would have seen it."""

import numpy as np
import pytest

from pose_ros.camera import Camera
from pose_ros.errors import CameraError
from pose_ros.lifting.depth_image import DepthImage
from pose_ros.lifting.registration import DepthRegistration
from pose_ros.synthetic.depth_scenes import CAMERA, flesh, render
from pose_ros.synthetic.stick_people import looking_along_x, placed, reaching, transformed

DEPTH_CAMERA = Camera(320, 240, np.array([[290.0, 0, 161], [0, 291.0, 118], [0, 0, 1]]),
                      np.array([0.05, -0.02, 0.001, 0.0, 0.0]))
ANGLE = 0.05
DEPTH_TO_COLOUR = np.array([[np.cos(ANGLE), 0, np.sin(ANGLE), 0.06], [0, 1, 0, -0.01],
                            [-np.sin(ANGLE), 0, np.cos(ANGLE), 0.01], [0, 0, 0, 1]])


@pytest.fixture(scope='module')
def points():
    body = placed(reaching(1.75, np.random.default_rng(0)), np.array([2.4, 0.0]), np.pi)
    return transformed(looking_along_x(1.0), body)


def test_the_registered_person_is_where_the_colour_camera_sees_it(points):
    seen = render(CAMERA, flesh(points), 9.0)
    back = transformed(np.linalg.inv(DEPTH_TO_COLOUR), points)
    measured = render(DEPTH_CAMERA, flesh(back), 9.0)
    measured[measured == 9.0] = np.nan
    got = DepthRegistration(DEPTH_CAMERA, CAMERA, DEPTH_TO_COLOUR).register(DepthImage(measured)).values
    body = seen < 9
    both = body & np.isfinite(got)
    assert both.sum() > 0.93 * body.sum() and np.isfinite(got[~body]).mean() < 0.01
    assert np.median(np.abs(got - seen)[both]) < 0.005
    assert np.percentile(np.abs(got - seen)[both], 90) < 0.03


def test_a_camera_on_itself_changes_nothing(points):
    depth = DepthImage(render(CAMERA, flesh(points), 3.0))
    got = DepthRegistration(CAMERA, CAMERA, np.eye(4)).register(depth).values
    np.testing.assert_allclose(got, depth.values, atol=1e-5)


def test_no_depth_stays_none_and_millimetres_are_understood():
    values = np.full((240, 320), 2000, np.uint16)
    values[100:] = 0
    got = DepthRegistration(DEPTH_CAMERA, DEPTH_CAMERA, np.eye(4)).register(DepthImage(values)).values
    assert got[50, 160] == pytest.approx(2.0) and np.isnan(got[150, 160])
    assert np.isnan(DepthRegistration(DEPTH_CAMERA, CAMERA, DEPTH_TO_COLOUR).register(
        DepthImage(np.zeros((240, 320), np.uint16))).values).all()


def test_around_people_it_is_the_same_and_elsewhere_nothing(points):
    back = transformed(np.linalg.inv(DEPTH_TO_COLOUR), points)
    depth = DepthImage(render(DEPTH_CAMERA, flesh(back), 4.0))
    registration = DepthRegistration(DEPTH_CAMERA, CAMERA, DEPTH_TO_COLOUR)
    pixels = CAMERA.project(points)
    box = np.array([[*pixels.min(axis=0), *np.ptp(pixels, axis=0)]])
    whole, part = registration.register(depth).values, registration.register(depth, box).values
    x, y, width, height = box[0].astype(int)
    inside = np.s_[y:y + height, x:x + width]
    both = np.isfinite(whole[inside]) & np.isfinite(part[inside])
    assert both.sum() > 0.97 * np.isfinite(whole[inside]).sum()
    assert (np.abs(whole - part)[inside][both] < 0.02).mean() > 0.93
    assert np.isfinite(part).sum() < 0.7 * np.isfinite(whole).sum()


def test_boxes_of_nobody_and_outside_give_nothing():
    registration = DepthRegistration(DEPTH_CAMERA, CAMERA, DEPTH_TO_COLOUR)
    depth = DepthImage(np.full((240, 320), 2.0, np.float32))
    for boxes in (np.zeros((0, 4)), np.full((1, 4), np.nan), np.array([[5000.0, 5000, 10, 10]])):
        assert np.isnan(registration.register(depth, boxes).values).all()


def test_it_knows_what_it_was_made_for():
    registration = DepthRegistration(DEPTH_CAMERA, CAMERA, DEPTH_TO_COLOUR)
    assert registration.fits(DEPTH_CAMERA, CAMERA, DEPTH_TO_COLOUR.copy())
    assert not registration.fits(CAMERA, CAMERA, DEPTH_TO_COLOUR) and not registration.fits(
        DEPTH_CAMERA, CAMERA, np.eye(4))


@pytest.mark.parametrize('transform', [np.eye(3), np.diag([2.0, 2, 2, 1]), np.full((4, 4), np.nan),
                                       np.diag([1.0, 1, -1, 1])])
def test_a_transform_that_is_no_motion_is_refused(transform):
    with pytest.raises(CameraError, match='rigid'):
        DepthRegistration(DEPTH_CAMERA, CAMERA, transform)


def test_a_depth_image_of_another_size_is_refused():
    with pytest.raises(CameraError, match='640x480.*320x240'):
        DepthRegistration(DEPTH_CAMERA, CAMERA, DEPTH_TO_COLOUR).register(DepthImage(np.ones((480, 640), np.float32)))


def test_a_coarse_depth_camera_leaves_no_holes_in_a_wall():
    """Of every fourth pixel of a camera that looks at the wall as wide, or wider."""
    coarse = Camera(160, 120, np.array([[140.0, 0, 80], [0, 140.0, 60], [0, 0, 1]]))
    registration = DepthRegistration(coarse, CAMERA, np.eye(4))
    got = registration.register(DepthImage(np.full((120, 160), 2.0, np.float32))).values
    seen = CAMERA.project(coarse.rays(np.array([[0.0, 0], [159, 119]])))
    low, high = np.ceil(np.maximum(seen[0], 0)).astype(int), np.floor(np.minimum(seen[1], (639, 479))).astype(int)
    assert np.isfinite(got[low[1]:high[1], low[0]:high[0]]).all()
    np.testing.assert_allclose(got[np.isfinite(got)], 2.0)
