"""Depth images say what they hold."""
import numpy as np
import pytest

from pose_ros.errors import ImageError
from pose_ros.lifting.depth_image import DepthImage

PIXELS = np.array([[0.0, 0.0], [1.4, 0.6], [2.0, 1.0], [3.0, 0.0], [-0.6, 0.0], [np.nan, 0.0]])


@pytest.mark.parametrize(('values', 'encoding'), [
    (np.array([[1000, 2000, 0], [3000, 4000, 65535]], np.uint16), '16UC1'),
    (np.array([[1000, 2000, 0], [3000, 4000, 65535]], np.uint16), 'mono16'),
    (np.array([[1, 2, np.nan], [3, 4, np.inf]], np.float32), '32FC1')])
def test_depth_is_metres_or_nan(values, encoding):
    depth = DepthImage(values, encoding)
    np.testing.assert_allclose(depth.at(PIXELS, 0.5, 10), [1, 4, np.nan, np.nan, np.nan, np.nan])
    np.testing.assert_allclose(depth.metres()[0], [1, 2, np.nan])
    np.testing.assert_allclose(DepthImage(values).at(PIXELS, 1.5, 3.5), [np.nan] * 6)


@pytest.mark.parametrize(('values', 'encoding', 'message'), [
    (np.ones((2, 2), np.uint8), '', 'uint8.*allowed'), (np.ones((2, 2), np.float64), '', 'float64.*allowed'),
    (np.ones((2, 2), np.uint16), '32FC1', '32FC1 depth image of uint16'),
    (np.ones((2, 2), np.float32), '16UC1', '16UC1 depth image of float32'),
    (np.ones((2, 2, 3), np.uint16), '16UC1', r'\(2, 2, 3\)'), (np.ones((0, 2), np.uint16), '16UC1', 'not empty'),
    (np.ones((2, 2), np.uint16), 'rgb8', 'rgb8'),
    (np.full((9, 9), 2500, np.float32), '32FC1', 'millimetres')])
def test_what_is_no_depth_is_refused(values, encoding, message):
    with pytest.raises(ImageError, match=message):
        DepthImage(values, encoding)
