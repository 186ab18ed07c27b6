"""The pixel layouts of sensor_msgs/Image, and how each becomes RGB: the only table of them.

The names are those of sensor_msgs/image_encodings.hpp, the conversions those of cv_bridge. A Bayer name in ROS tells
the first pixels of the first row (`bayer_rggb8`: R G), OpenCV's code of the same pattern those one row and column
further in (`BG`). Generic OpenCV types are read as what OpenCV itself would show: 8UC1 grey, 8UC3 BGR, 16UC1 grey.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import cv2
import numpy as np

from pose_ros.errors import ImageError


@dataclass(frozen=True)
class Encoding:
    """How the bytes of one encoding are laid out.

    Attributes:
        channels: values per pixel in memory.
        bits: of one value, 8 or 16.
        code: OpenCV's conversion to RGB; None = it is RGB.
        chroma_rows: rows of colour below the image, per image row (0.5 for 4:2:0).
        multiple: (x, y) of which width and height must be multiples.
        least_px: smallest width and height that can be converted.
    """

    channels: int
    code: int | None
    bits: int = 8
    chroma_rows: float = 0
    multiple: tuple[int, int] = (1, 1)
    least_px: int = 1

    @property
    def row_bytes_per_px(self) -> int:
        """Bytes of one pixel in a row."""
        return self.channels * self.bits // 8

    def to_rgb(self, pixels: np.ndarray) -> np.ndarray:
        """(rows, W, channels) uint8 or uint16 in native byte order -> (H, W, 3) uint8 RGB."""
        rgb = pixels if self.code is None else cv2.cvtColor(pixels, self.code)
        return rgb if self.bits == 8 else cv2.convertScaleAbs(rgb, alpha=255 / 65535)


def _colour(bits: int) -> dict[str, Encoding]:
    return {f'rgb{bits}': Encoding(3, None, bits), f'bgr{bits}': Encoding(3, cv2.COLOR_BGR2RGB, bits),
            f'rgba{bits}': Encoding(4, cv2.COLOR_RGBA2RGB, bits), f'bgra{bits}': Encoding(4, cv2.COLOR_BGRA2RGB, bits),
            f'mono{bits}': Encoding(1, cv2.COLOR_GRAY2RGB, bits)}


def _bayer(bits: int) -> dict[str, Encoding]:
    codes = {'rggb': cv2.COLOR_BayerBG2RGB, 'bggr': cv2.COLOR_BayerRG2RGB,
             'gbrg': cv2.COLOR_BayerGR2RGB, 'grbg': cv2.COLOR_BayerGB2RGB}
    return {f'bayer_{name}{bits}': Encoding(1, code, bits, least_px=3) for name, code in codes.items()}


_UYVY = Encoding(2, cv2.COLOR_YUV2RGB_UYVY, multiple=(2, 1))
_YUYV = Encoding(2, cv2.COLOR_YUV2RGB_YUYV, multiple=(2, 1))
_NAMED = {
    **_colour(8), **_colour(16), **_bayer(8), **_bayer(16),
    'uyvy': _UYVY, 'yuv422': _UYVY, 'yuyv': _YUYV, 'yuv422_yuy2': _YUYV,
    'nv12': Encoding(1, cv2.COLOR_YUV2RGB_NV12, chroma_rows=0.5, multiple=(2, 2)),
    'nv21': Encoding(1, cv2.COLOR_YUV2RGB_NV21, chroma_rows=0.5, multiple=(2, 2)),
}
_SAME_AS = {'8UC1': 'mono8', '8UC3': 'bgr8', '8UC4': 'bgra8', '16UC1': 'mono16', '16UC3': 'bgr16', '16UC4': 'bgra16'}

ENCODINGS: Mapping[str, Encoding] = MappingProxyType(
    _NAMED | {generic: _NAMED[name] for generic, name in _SAME_AS.items()})


def encoding_of(name: str) -> Encoding:
    """The layout of an encoding.

    Raises:
        ImageError: it is not one that can be read.
    """
    if name not in ENCODINGS:
        raise ImageError(f'encoding {name!r} cannot be read as an image; allowed: {", ".join(ENCODINGS)}')
    return ENCODINGS[name]
