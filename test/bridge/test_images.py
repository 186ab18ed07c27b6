"""Raw images: every encoding with any padding and byte order; what OpenCV and plain formulas say; bad messages."""
from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from image_messages import HEIGHT, WIDTH, changed, message, values_for
from std_msgs.msg import Header

from pose_ros.bridge.encodings import ENCODINGS
from pose_ros.bridge.images import image_from_msg, image_to_msg, pixels_of
from pose_ros.errors import ImageError

BAYER = {'rggb': 'RGGB', 'bggr': 'BGGR', 'gbrg': 'GBRG', 'grbg': 'GRBG'}


@pytest.mark.parametrize('encoding', ENCODINGS)
@settings(max_examples=15, deadline=None)
@given(padding=st.integers(0, 67), big=st.booleans(), cut=st.booleans(), seed=st.integers(0, 9),
       width=st.integers(2, 8), height=st.integers(2, 8))
def test_padding_and_byte_order_change_nothing(encoding, padding, big, cut, seed, width, height):
    values = values_for(encoding, 2 * width, 2 * height, seed)
    plain = image_from_msg(message(values, encoding))
    assert plain.shape == (2 * height, 2 * width, 3) and plain.dtype == np.uint8
    np.testing.assert_array_equal(image_from_msg(message(values, encoding, padding, big, cut)), plain)


@pytest.mark.parametrize('encoding', ENCODINGS)
def test_pixels_are_the_values_in_memory(encoding):
    values = values_for(encoding)
    np.testing.assert_array_equal(pixels_of(message(values, encoding, 3)).reshape(values.shape), values)


@pytest.mark.parametrize(('encoding', 'order'), [
    ('rgb8', [0, 1, 2]), ('bgr8', [2, 1, 0]), ('rgba8', [0, 1, 2]), ('bgra8', [2, 1, 0]), ('mono8', [0, 0, 0]),
    ('8UC1', [0, 0, 0]), ('8UC3', [2, 1, 0]), ('8UC4', [2, 1, 0]), ('rgb16', [0, 1, 2]), ('bgr16', [2, 1, 0]),
    ('rgba16', [0, 1, 2]), ('bgra16', [2, 1, 0]), ('mono16', [0, 0, 0]), ('16UC1', [0, 0, 0])])
def test_channels_are_reordered_and_16_bits_scaled(encoding, order):
    values = values_for(encoding)
    expected = values[..., order]
    if values.dtype == np.uint16:
        expected = np.round(expected / 65535 * 255).astype(np.uint8)
    np.testing.assert_array_equal(image_from_msg(message(values, encoding)), expected)


def bt601(y: np.ndarray, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """ITU-R BT.601 with limited range: what cameras mean by YUV; below 16 is black."""
    y, u, v = 1.164383 * (y.clip(16).astype(float) - 16), u.astype(float) - 128, v.astype(float) - 128
    rgb = np.stack([y + 1.596027 * v, y - 0.391762 * u - 0.812968 * v, y + 2.017232 * u], axis=-1)
    return rgb.clip(0, 255)


@pytest.mark.parametrize(('encoding', 'luma'), [('uyvy', 1), ('yuv422', 1), ('yuyv', 0), ('yuv422_yuy2', 0)])
def test_yuv422_follows_bt601(encoding, luma):
    values = values_for(encoding)
    chroma = values[:, :, 1 - luma]
    u, v = chroma[:, 0::2].repeat(2, axis=1), chroma[:, 1::2].repeat(2, axis=1)
    np.testing.assert_allclose(image_from_msg(message(values, encoding)), bt601(values[:, :, luma], u, v), atol=1.5)


@pytest.mark.parametrize(('encoding', 'first'), [('nv12', 'u'), ('nv21', 'v')])
def test_yuv420_follows_bt601(encoding, first):
    values = values_for(encoding)[..., 0]
    luma, chroma = values[:HEIGHT], values[HEIGHT:].repeat(2, axis=0)
    a, b = chroma[:, 0::2].repeat(2, axis=1), chroma[:, 1::2].repeat(2, axis=1)
    expected = bt601(luma, *((a, b) if first == 'u' else (b, a)))
    np.testing.assert_allclose(image_from_msg(message(values[..., None], encoding)), expected, atol=1.5)


@pytest.mark.parametrize('bits', [8, 16])
@pytest.mark.parametrize('pattern', BAYER)
def test_bayer_names_the_first_four_pixels(pattern, bits):
    colour = {'r': 0.9, 'g': 0.5, 'b': 0.2}
    tile = np.array([colour[letter] for letter in pattern]).reshape(2, 2) * (2 ** bits - 1)
    values = np.tile(tile, (4, 5)).round().astype(np.uint8 if bits == 8 else np.uint16)[..., None]
    rgb = image_from_msg(message(values, f'bayer_{pattern}{bits}'))
    np.testing.assert_allclose(rgb / 255, np.broadcast_to([0.9, 0.5, 0.2], rgb.shape), atol=0.004)


@pytest.mark.parametrize('pattern', BAYER)
def test_bayer_equals_opencv_by_its_honest_names(pattern):
    values = values_for(f'bayer_{pattern}8')
    code = getattr(cv2, f'COLOR_Bayer{BAYER[pattern]}2RGB')
    np.testing.assert_array_equal(image_from_msg(message(values, f'bayer_{pattern}8')), cv2.cvtColor(values, code))


@pytest.mark.parametrize('encoding', ['rgb8', 'bgr8'])
@given(width=st.integers(1, 40), height=st.integers(1, 40))
@settings(max_examples=20, deadline=None)
def test_there_and_back(encoding, width, height):
    image = values_for('rgb8', width, height)
    header = Header(frame_id='camera')
    msg = image_to_msg(image, header, encoding)
    assert (msg.width, msg.height, msg.step, len(msg.data)) == (width, height, 3 * width, 3 * width * height)
    assert msg.header is header
    np.testing.assert_array_equal(image_from_msg(msg), image)


def test_a_view_that_is_not_contiguous_can_be_sent():
    image = values_for('rgb8')[::-1, ::2]
    np.testing.assert_array_equal(image_from_msg(image_to_msg(image, Header())), image)


def test_mono_is_the_luma():
    image = values_for('rgb8')
    grey = image_from_msg(image_to_msg(image, Header(), 'mono8'))[..., 0]
    np.testing.assert_allclose(grey, image @ [0.299, 0.587, 0.114], atol=1)


def test_rgb_is_not_copied_and_cannot_be_written():
    msg = message(values_for('rgb8'), 'rgb8', padding=5)
    image = image_from_msg(msg)
    assert np.shares_memory(image, np.frombuffer(msg.data, np.uint8))
    with pytest.raises(ValueError, match='read-only'):
        image[0, 0, 0] = 1


@pytest.mark.parametrize('kind', [bytes, memoryview, lambda data: np.frombuffer(data, np.uint8)])
def test_data_may_be_any_buffer(kind):
    class Message:
        """As `rosbags` makes them: plain attributes."""

    values, msg = values_for('bgr8'), Message()
    msg.width, msg.height, msg.encoding, msg.is_bigendian, msg.step = WIDTH, HEIGHT, 'bgr8', 0, 3 * WIDTH
    msg.data = kind(values.tobytes())
    np.testing.assert_array_equal(image_from_msg(msg), values[..., ::-1])


@pytest.mark.parametrize(('msg', 'words'), [
    (changed(encoding='jpeg'), ["'jpeg'", 'bgr8', 'bayer_rggb8']),
    (changed(encoding=''), ["''", 'rgb8']),
    (changed(encoding='32FC1'), ['32FC1', 'mono8']),
    (changed(width=0), ['0x10', '1..16384']),
    (changed(width=0, height=0, step=0, data=[]), ['0x0', '1..16384']),
    (changed(width=20000, height=20000, step=60000), ['20000x20000', '1..16384']),
    (changed(step=3 * WIDTH - 1), ['step is 35', '12 px', 'bgr8', '36 or more']),
    (changed(step=0), ['step is 0', '36']),
    (changed(step=3 * WIDTH + 1), ['360 bytes', 'step 37', '370', '369']),
    (changed(step=2 ** 32 - 1), ['360 bytes', '4294967295']),
    (changed(data=bytes(359)), ['359 bytes', '360', 'truncated']),
    (changed(data=[]), ['0 bytes', '360']),
    (changed(data=bytes(361)), ['361 bytes', '360', 'wrong step']),
    (changed(encoding='uyvy', width=11, step=22, data=bytes(220)), ['11x10', 'uyvy', 'multiples of 2']),
    (changed(encoding='nv12', height=9, step=12, data=bytes(162)), ['12x9', 'nv12', 'multiples of 2']),
    (changed(encoding='nv12', step=12, data=bytes(120)), ['120 bytes', '15 rows', '180']),
    (changed(encoding='bayer_rggb8', width=2, step=2, data=bytes(20)), ['2x10', 'bayer_rggb8', '3..']),
    (changed(encoding='mono16', step=WIDTH, data=bytes(120)), ['step is 12', 'mono16', '24']),
])
def test_a_bad_message_says_what_is_wrong_got_and_allowed(msg, words):
    with pytest.raises(ImageError) as error:
        image_from_msg(msg)
    assert [word for word in words if word not in str(error.value)] == []


@pytest.mark.parametrize(('image', 'encoding', 'words'), [
    (values_for('rgb8'), 'uyvy', ['uyvy', 'rgb8, bgr8, mono8']),
    (values_for('mono8'), 'rgb8', ['(10, 12, 1)', '(H, W, 3)']),
    (values_for('rgb16'), 'rgb8', ['uint16', 'uint8']),
    (np.zeros((0, 4, 3), np.uint8), 'rgb8', ['4x0', '1..16384']),
])
def test_what_cannot_be_sent(image, encoding, words):
    with pytest.raises(ImageError) as error:
        image_to_msg(image, Header(), encoding)
    assert [word for word in words if word not in str(error.value)] == []
