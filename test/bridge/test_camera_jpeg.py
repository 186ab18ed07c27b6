import cv2
import numpy as np
import pytest
from std_msgs.msg import Header

from pose_ros.bridge.camera_jpeg import jpeg_from_msg
from pose_ros.bridge.compressed import compressed_to_msg
from pose_ros.bridge.images import image_to_msg
from pose_ros.errors import ImageError


def picture(width=320, height=240):
    """Red on the left, blue on the right."""
    image = np.zeros((height, width, 3), np.uint8)
    image[:, :width // 2, 0] = image[:, width // 2:, 2] = 200
    return image


def read(jpeg):
    return cv2.cvtColor(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_UNCHANGED), cv2.COLOR_BGR2RGB)


@pytest.mark.parametrize('make', [
    lambda image: image_to_msg(image, Header()), lambda image: image_to_msg(image, Header(), 'bgr8'),
    lambda image: compressed_to_msg(image, Header()), lambda image: compressed_to_msg(image, Header(), 'png')],
    ids=['rgb8', 'bgr8', 'jpeg', 'png'])
@pytest.mark.parametrize(('most', 'size'), [(640, (240, 320, 3)), (320, (240, 320, 3)), (100, (75, 100, 3))])
def test_images_become_jpegs_of_a_limited_width(make, most, size):
    found = read(jpeg_from_msg(make(picture()), most))
    assert found.shape == size
    middle, quarter = size[0] // 2, size[1] // 4
    np.testing.assert_allclose(found[middle, quarter], [200, 0, 0], atol=8)
    np.testing.assert_allclose(found[middle, -quarter], [0, 0, 200], atol=8)


def test_grey_images_get_colours():
    assert read(jpeg_from_msg(image_to_msg(picture(), Header(), 'mono8'), 640)).shape == (240, 320, 3)


def test_a_strip_keeps_a_row():
    assert read(jpeg_from_msg(image_to_msg(picture(1000, 2), Header()), 100)).shape == (1, 100, 3)


def test_what_is_no_image_is_told():
    broken = compressed_to_msg(picture(), Header())
    broken.data = broken.data[:100]
    with pytest.raises(ImageError, match='truncated'):
        jpeg_from_msg(broken, 640)
