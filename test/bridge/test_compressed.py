"""Compressed images: JPEG and PNG there and back, and every way in which one can be broken."""
from __future__ import annotations

import struct
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sensor_msgs.msg import CompressedImage
from std_msgs.msg import Header

from pose_ros.bridge.compressed import compressed_from_msg, compressed_to_msg
from pose_ros.errors import ImageError

EXIF_ROTATED = bytes.fromhex('ffe10022 457869660000 4d4d002a 00000008 0001 0112 0003 00000001 00060000 00000000')


def smooth_image(width: int = 64, height: int = 48) -> np.ndarray:
    coarse = np.random.default_rng(0).integers(40, 216, (3, 4, 3), np.uint8)
    return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)


def message(data: bytes, format: str = 'jpeg') -> CompressedImage:
    return CompressedImage(header=Header(), format=format, data=data)


def jpeg(*options: int, image: np.ndarray | None = None) -> bytes:
    return cv2.imencode('.jpg', smooth_image() if image is None else image, options)[1].tobytes()


def png() -> bytes:
    return cv2.imencode('.png', smooth_image())[1].tobytes()


def test_png_there_and_back_is_exact():
    header = Header(frame_id='camera')
    msg = compressed_to_msg(smooth_image(), header, 'png')
    assert msg.header is header and msg.format == 'rgb8; png compressed bgr8'
    np.testing.assert_array_equal(compressed_from_msg(msg), smooth_image())


def test_jpeg_there_and_back_is_close_and_better_with_quality():
    errors = [np.abs(compressed_from_msg(compressed_to_msg(smooth_image(), Header(), quality=quality)).astype(int)
                     - smooth_image()).mean() for quality in (30, 95)]
    assert errors[1] < errors[0] < 6 and errors[1] < 2


@pytest.mark.parametrize('options', [
    (), (cv2.IMWRITE_JPEG_PROGRESSIVE, 1), (cv2.IMWRITE_JPEG_OPTIMIZE, 1), (cv2.IMWRITE_JPEG_RST_INTERVAL, 2)])
def test_every_kind_of_jpeg_has_a_size_and_an_end(options):
    assert compressed_from_msg(message(jpeg(*options))).shape == (48, 64, 3)


@pytest.mark.parametrize('format', ['.jpg', '.png'])
def test_the_emptiest_image_is_no_bomb(format):
    options = [cv2.IMWRITE_JPEG_PROGRESSIVE, 1, cv2.IMWRITE_JPEG_OPTIMIZE, 1] if format == '.jpg' else [
        cv2.IMWRITE_PNG_COMPRESSION, 9]
    data = cv2.imencode(format, np.zeros((2160, 3840), np.uint8), options)[1].tobytes()
    assert compressed_from_msg(message(data)).shape == (2160, 3840, 3)


def test_grey_becomes_rgb():
    image = compressed_from_msg(message(jpeg(image=smooth_image()[..., 0])))
    assert (image[..., 0] == image[..., 1]).all() and (image[..., 0] == image[..., 2]).all()


@pytest.mark.parametrize('channels', [3, 4])
@pytest.mark.parametrize('bits', [8, 16])
def test_deep_and_transparent_png_becomes_rgb(channels, bits):
    image = np.full((5, 6, channels), 2 ** bits - 1, np.uint8 if bits == 8 else np.uint16)
    image[..., 0] = 0
    rgb = compressed_from_msg(message(cv2.imencode('.png', image)[1].tobytes(), 'png'))
    np.testing.assert_array_equal(rgb, np.broadcast_to([255, 255, 0], (5, 6, 3)))


def test_an_orientation_in_exif_is_ignored():
    data = jpeg()
    rotated = data[:2] + EXIF_ROTATED + data[2:]
    assert cv2.imdecode(np.frombuffer(rotated, np.uint8), cv2.IMREAD_COLOR).shape == (64, 48, 3)
    np.testing.assert_array_equal(compressed_from_msg(message(rotated)), compressed_from_msg(message(data)))


def test_what_a_camera_appends_is_ignored():
    padded = compressed_from_msg(message(jpeg() + bytes(100)))
    np.testing.assert_array_equal(padded, compressed_from_msg(message(jpeg())))


def test_fill_bytes_before_a_marker_are_legal():
    data = jpeg()
    assert compressed_from_msg(message(data[:2] + b'\xff\xff' + data[2:])).shape == (48, 64, 3)


def test_the_data_counts_and_not_the_format():
    assert compressed_from_msg(message(png(), 'jpeg')).shape == (48, 64, 3)


def png_of(width: int, height: int) -> bytes:
    """A PNG that only says how large it is: a decompression bomb."""
    header = struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0)
    chunks = [(b'IHDR', header), (b'IDAT', zlib.compress(b'')), (b'IEND', b'')]
    return b'\x89PNG\r\n\x1a\n' + b''.join(
        struct.pack('>I', len(body)) + kind + body + struct.pack('>I', zlib.crc32(kind + body))
        for kind, body in chunks)


def jpeg_of(width: int, height: int) -> bytes:
    data = jpeg()
    at = data.index(b'\xff\xc0') + 5
    return data[:at] + struct.pack('>HH', height, width) + data[at + 4:]


@pytest.mark.parametrize(('data', 'words'), [
    (b'', ['neither JPEG nor PNG', '0 bytes']),
    (b'hello world', ['neither', '11 bytes', '68 65']),
    (b'\x00' * 12 + png(), ['neither']),
    (jpeg()[:1], ['neither']),
    (jpeg()[:3], ['truncated', '3 bytes']),
    (jpeg()[:200], ['truncated']),
    (jpeg()[:len(jpeg()) // 2], ['truncated']),
    (jpeg()[:-2], ['truncated']),
    (jpeg()[:2] + bytes(50), ['corrupt', 'no marker at byte 2']),
    (png()[:20], ['truncated', '20 bytes']),
    (png()[:-12], ['truncated']),
    (png()[:40] + bytes(40) + png()[80:], ['corrupt', '64x48']),
    (png_of(20000, 20000), ['20000x20000', '1..16384']),
    (png_of(0, 4), ['0x4', '1..16384']),
    (jpeg_of(30000, 30000), ['30000x30000', '1..16384']),
    (jpeg_of(0, 0), ['0x0', '1..16384']),
    (jpeg_of(16384, 16384), ['16384x16384', '2048 px per byte']),
])
def test_a_broken_image_says_what_is_wrong(data, words):
    with pytest.raises(ImageError) as error:
        compressed_from_msg(message(data))
    assert [word for word in words if word not in str(error.value)] == []


def test_a_thumbnail_does_not_hide_a_missing_end():
    thumbnail = b'\xff\xe1' + struct.pack('>H', 2 + len(jpeg())) + jpeg()
    with pytest.raises(ImageError, match='truncated'):
        compressed_from_msg(message(jpeg()[:2] + thumbnail + jpeg()[2:-2]))


def test_every_cut_of_a_file_is_an_error():
    for data in (jpeg(), png()):
        for length in range(0, len(data) - 2, 37):
            with pytest.raises(ImageError):
                compressed_from_msg(message(data[:length]))


@pytest.mark.parametrize(('image', 'format', 'words'), [
    (smooth_image(), 'gif', ["'gif'", 'jpeg, png']), (smooth_image()[..., 0], 'jpeg', ['(48, 64)'])])
def test_what_cannot_be_compressed(image, format, words):
    with pytest.raises(ImageError) as error:
        compressed_to_msg(image, Header(), format)
    assert [word for word in words if word not in str(error.value)] == []


@pytest.mark.parametrize('original', [jpeg(), jpeg(cv2.IMWRITE_JPEG_PROGRESSIVE, 1), png()],
                         ids=['jpeg', 'progressive', 'png'])
@given(damage=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=5))
@settings(max_examples=150, deadline=None)
def test_damaged_bytes_give_an_image_or_an_image_error(original, damage):
    data = bytearray(original)
    for place, value in damage:
        data[int(place ** 2 * len(data))] = value
    try:
        image = compressed_from_msg(message(bytes(data)))
    except ImageError:
        return
    assert image.ndim == 3 and image.shape[2] == 3 and image.dtype == np.uint8
