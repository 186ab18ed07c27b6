import numpy as np
import pytest

from pose_ros.errors import ImageError
from pose_ros.image import MAX_SIDE_PX, Crop, Letterbox, check_image, same_sized

SIZES = [(1, 1), (640, 480), (480, 640), (1919, 1079), (333, 250), (7, 3000), (3000, 7), (20, 15)]


@pytest.mark.parametrize('width, height', SIZES)
@pytest.mark.parametrize('long_side, multiple', [(64, 8), (320, 32), (384, 32), (367, 16)])
def test_there_and_back(width, height, long_side, multiple):
    box = Letterbox.fit(width, height, long_side, multiple)
    points = np.random.default_rng(0).uniform(-5, 2 * width, (20, 2))
    np.testing.assert_allclose(box.to_image(box.to_network(points)), points, atol=1e-6)
    np.testing.assert_allclose(box.to_network(box.to_image(points)), points, atol=1e-6)


@pytest.mark.parametrize('width, height', SIZES)
@pytest.mark.parametrize('long_side, multiple', [(64, 8), (320, 32), (367, 16)])
def test_the_input_is_the_smallest_multiple_that_holds_the_image(width, height, long_side, multiple):
    box = Letterbox.fit(width, height, long_side, multiple)
    assert max(box.resized_width, box.resized_height) == long_side
    for padded, resized in ((box.input_width, box.resized_width), (box.input_height, box.resized_height)):
        assert padded % multiple == 0
        assert resized <= padded < resized + multiple
    assert box.apply(np.zeros((height, width, 3), np.uint8)).shape == (box.input_height, box.input_width, 3)


@pytest.mark.parametrize('width, height', [(640, 480), (481, 641), (100, 75)])
def test_the_corners_of_the_image_are_the_corners_of_the_resized_image(width, height):
    """Half a pixel outside the centres of the corner pixels."""
    box = Letterbox.fit(width, height, 320, 32)
    corners = np.array([[-0.5, -0.5], [width - 0.5, height - 0.5]])
    expected = [[-0.5, -0.5], [box.resized_width - 0.5, box.resized_height - 0.5]]
    np.testing.assert_allclose(box.to_network(corners), expected, atol=1e-9)


@pytest.mark.parametrize('width, height, long_side', [(640, 480, 320), (200, 150, 352), (1280, 720, 384)])
def test_a_point_of_the_picture_goes_where_the_formula_says(width, height, long_side):
    x, y = 0.37 * width, 0.61 * height
    rows, columns = np.mgrid[:height, :width]
    spot = 255 * np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * (width / 40) ** 2))
    box = Letterbox.fit(width, height, long_side, 32)
    seen = box.apply(np.repeat(spot[..., None], 3, axis=2).astype(np.uint8), fill=0)[..., 0].astype(float)
    rows, columns = np.mgrid[:seen.shape[0], :seen.shape[1]]
    centre = np.array([(seen * columns).sum(), (seen * rows).sum()]) / seen.sum()
    np.testing.assert_allclose(centre, box.to_network(np.array([x, y])), atol=0.05)


def test_the_padding_is_grey_and_right_and_below():
    box = Letterbox.fit(100, 50, 100, 64)
    padded = box.apply(np.full((50, 100, 3), 7, np.uint8))
    assert (padded[:50, :100] == 7).all()
    assert (padded[50:] == 128).all()
    assert (padded[:, 100:] == 128).all()


@pytest.mark.parametrize('image', [
    np.zeros((4, 4), np.uint8), np.zeros((4, 4, 1), np.uint8), np.zeros((4, 4, 4), np.uint8), np.zeros((4, 4, 3)),
    np.zeros((0, 4, 3), np.uint8), np.zeros((4, 0, 3), np.uint8), np.zeros((MAX_SIDE_PX + 1, 1, 3), np.uint8)])
def test_what_is_no_image_is_refused(image):
    with pytest.raises(ImageError, match='must'):
        check_image(image)


def test_images_pass_unchanged():
    for shape in ((1, 1, 3), (MAX_SIDE_PX, 1, 3)):
        image = np.zeros(shape, np.uint8)
        assert check_image(image) is image


BOXES = [(10, 20, 60, 90), (-30, -30, 10, 10), (100, 50, 100, 50), (600, 400, 900, 700), (0, 0, 639, 479)]


@pytest.mark.parametrize('box', BOXES)
def test_a_crop_knows_the_way_there_and_back(box):
    crop = Crop.fit(np.array(box, float), 128, 160, 1.25)
    points = np.random.default_rng(0).uniform(-50, 700, (20, 2))
    np.testing.assert_allclose(crop.to_image(crop.to_crop(points)), points)
    assert crop.apply(np.zeros((480, 640, 3), np.uint8)).shape == (160, 128, 3)


@pytest.mark.parametrize('box', BOXES)
def test_a_crop_holds_the_enlarged_box_in_its_middle(box):
    crop = Crop.fit(np.array(box, float), 128, 160, 1.25)
    corners = crop.to_crop(np.array(box, float).reshape(2, 2))
    np.testing.assert_allclose(corners.mean(0), [63.5, 79.5], atol=.5 * crop.scale.max() + 1e-6)
    slack = crop.scale.max()
    assert (corners > -slack).all() and (corners < np.array([128, 160]) + slack).all()


@pytest.mark.parametrize('scale', [.3, 1., 3.])
def test_a_spot_of_the_image_is_where_the_crop_says(scale):
    image = np.zeros((480, 640, 3), np.uint8)
    image[200:203, 300:303] = 255
    half = np.array([64, 80]) / scale
    crop = Crop.fit(np.concatenate([(320, 220) - half, (320, 220) + half]), 128, 160)
    picture = crop.apply(image, fill=0)[..., 0].astype(float)
    rows, columns = np.indices(picture.shape)
    got = np.array([(columns * picture).sum(), (rows * picture).sum()]) / picture.sum()
    np.testing.assert_allclose(got, crop.to_crop(np.array([301., 201.])), atol=.1)


def test_outside_the_image_a_crop_is_grey():
    crop = Crop.fit(np.array([-300., -300, -200, -200]), 128, 160)
    assert (crop.apply(np.zeros((48, 64, 3), np.uint8)) == 128).all()


def test_letterboxes_of_one_size_are_one_group():
    sizes = [(640, 480), (480, 640), (640, 480), (1280, 960)]
    boxes = [Letterbox.fit(width, height, 320, 32) for width, height in sizes]
    assert same_sized(boxes) == [[0, 2, 3], [1]]
    assert same_sized([]) == []
