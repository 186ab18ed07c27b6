"""sensor_msgs/CompressedImage (JPEG, PNG) <-> RGB arrays. Sizes and ends are checked before anything is decoded."""
from __future__ import annotations

import struct
from typing import Any

import cv2
import numpy as np

from pose_ros.errors import ImageError
from pose_ros.image import MAX_SIDE_PX, check_image

_JPEG_START, _JPEG_END = b'\xff\xd8', b'\xff\xd9'
_PNG_START, _PNG_END = b'\x89PNG\r\n\x1a\n', b'IEND'
# Start-of-frame markers of ITU-T T.81, table B.1: C0..CF but for C4 (DHT), C8 (JPG) and CC (DAC).
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_SCAN = 0xDA
# An image of one value takes a byte per 1020 px as PNG, per 254 px as JPEG: twice that is a bomb.
_MOST_PX_PER_BYTE = 2048
_FORMATS = {'jpeg': '.jpg', 'png': '.png'}


def _jpeg_header(data: bytes) -> tuple[int, int, int]:
    """Width, height and where the pixels of the first scan begin (T.81, annex B.1.1.3 and B.2.2)."""
    at, width, height = len(_JPEG_START), 0, 0
    while data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2:at + 4], 'big')
        if marker in _JPEG_FRAMES:
            height, width = struct.unpack_from('>HH', data, at + 5)
        if marker == _JPEG_SCAN:
            return width, height, at + 2 + length
        # A marker may be preceded by any number of fill bytes FF.
        at += 1 if marker == 0xFF else 2 + length
    raise ImageError(f'the JPEG of {len(data)} bytes is corrupt: no marker at byte {at}')


def _size(data: bytes) -> tuple[int, int]:
    """Width and height [px] that the file says it has; it must have an end."""
    try:
        if data.startswith(_JPEG_START):
            width, height, pixels = _jpeg_header(data)
            complete = data.rfind(_JPEG_END) >= pixels
        elif data.startswith(_PNG_START):
            width, height = struct.unpack_from('>II', data, 16)
            complete = _PNG_END in data[-64:]
        else:
            raise ImageError(f'the data is neither JPEG nor PNG: {len(data)} bytes that begin with {data[:8].hex(" ")}')
    except (IndexError, struct.error):
        complete = False
    if not complete:
        raise ImageError(f'the compressed image is truncated: it has {len(data)} bytes and no end')
    return width, height


def compressed_from_msg(msg: Any) -> np.ndarray:
    """sensor_msgs/CompressedImage -> (H, W, 3) uint8 RGB. What the data is counts, not what `format` says.

    An orientation in EXIF is ignored: the pixels are those of the sensor, as CameraInfo describes them.

    Raises:
        ImageError: neither JPEG nor PNG (compressedDepth, H.264, ...), truncated, corrupt, sides not in 1..16384 px, or
            more pixels than its bytes can hold.
    """
    data = bytes(msg.data)
    width, height = _size(data)
    if not all(1 <= side <= MAX_SIDE_PX for side in (width, height)):
        raise ImageError(f'a compressed image of {width}x{height} px cannot be read; '
                         f'allowed: sides of 1..{MAX_SIDE_PX} px')
    if width * height > _MOST_PX_PER_BYTE * len(data):
        raise ImageError(f'{len(data)} bytes cannot hold {width}x{height} px; '
                         f'allowed: {_MOST_PX_PER_BYTE} px per byte at most')
    decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
    if decoded is None:
        raise ImageError(f'the compressed image of {len(data)} bytes ({msg.format!r}, {width}x{height} px) is corrupt')
    return cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB)


def compressed_to_msg(image: np.ndarray, header: Any, format: str = 'jpeg', quality: int = 90) -> Any:
    """(H, W, 3) uint8 RGB -> sensor_msgs/CompressedImage, described as image_transport describes it.

    Args:
        image: (H, W, 3) uint8 RGB.
        header: std_msgs/Header, put into the message as it is.
        format: 'jpeg' or 'png'.
        quality: of a JPEG, 1..100.

    Raises:
        ImageError: it is no such image, or the format is neither.
    """
    from sensor_msgs.msg import CompressedImage
    if format not in _FORMATS:
        raise ImageError(f'images cannot be compressed as {format!r}; allowed: {", ".join(_FORMATS)}')
    options = [cv2.IMWRITE_JPEG_QUALITY, quality] if format == 'jpeg' else []
    _, data = cv2.imencode(_FORMATS[format], cv2.cvtColor(check_image(image), cv2.COLOR_RGB2BGR), options)
    msg = CompressedImage(header=header, format=f'rgb8; {format} compressed bgr8')
    msg.data.frombytes(data.data)
    return msg
