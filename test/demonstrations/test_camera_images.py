import numpy as np
import pytest
from demonstrations_made import make_images

from pose_ros.demonstrations.camera_images import CameraImages, decode, decode_all, histogram, shape_of
from pose_ros.errors import DatasetError

STAMPS = 10 + np.arange(5) / 10
IMAGES = make_images(STAMPS)


def test_the_newest_image_counts():
    assert IMAGES.at(np.array([10.0, 10.09, 10.1, 10.4, 11.3])) == tuple(IMAGES.jpegs[i] for i in (0, 0, 1, 4, 4))


def test_before_the_first_image_that_one_counts():
    assert IMAGES.at(np.array([9.5, 9.9])) == IMAGES.jpegs[:1] * 2


def test_images_come_in_any_order():
    mixed = CameraImages.of(reversed(list(zip(STAMPS, IMAGES.jpegs))))
    np.testing.assert_array_equal(mixed.stamps, STAMPS)
    assert mixed.jpegs == IMAGES.jpegs


@pytest.mark.parametrize(('images', 'moment'), [(IMAGES, 11.5), (IMAGES, 8.9), (CameraImages.of(()), 10.0)])
def test_a_camera_that_was_silent_is_told(images, moment):
    with pytest.raises(DatasetError, match=f'no camera image within 1 s of {moment:.3f} s; allowed: images = false'):
        images.at(np.array([10.0, moment]) if len(images) else np.array([moment]))


def test_colours_are_rgb():
    image = decode(IMAGES.jpegs[-1])
    assert image.shape == shape_of(IMAGES.jpegs) == (48, 64, 3)
    np.testing.assert_allclose(image[24, 5], [200, 0, 0], atol=4)
    np.testing.assert_allclose(image[24, -5], [0, 0, 200], atol=4)


def test_nothing_has_no_shape():
    assert shape_of(()) == ()


def test_damaged_images_and_other_sizes_are_named():
    with pytest.raises(DatasetError, match='of 9 bytes is no JPEG'):
        decode(b'not a jpg')
    other = make_images(STAMPS, 32, 24).jpegs
    with pytest.raises(DatasetError, match='64x48 and 32x24 px cannot be one dataset'):
        list(decode_all(IMAGES.jpegs + other, (48, 64, 3)))


def test_a_histogram_counts_every_fourth_pixel():
    images = [decode(jpeg) for jpeg in IMAGES.jpegs]
    counts = histogram(images)
    np.testing.assert_array_equal(counts.sum(1), 5 * 12 * 16)
    mean = counts @ np.arange(256) / counts.sum(1)
    np.testing.assert_allclose(mean, np.mean([image[::4, ::4] for image in images], axis=(0, 1, 2)))
    assert not histogram([]).any()
