"""Images of a camera as JPEG files: found by stamp, decoded, and summed up for those who normalise with it."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from pose_ros.errors import DatasetError

# The image of a moment is not older than this, or there is none [s].
STALE_S = 1.0
# Every so many pixels across and down count for the statistics.
STRIDE = 4


@dataclass(frozen=True, eq=False)
class CameraImages:
    """N images, in order.

    Attributes:
        stamps: (N,) increasing [s].
        jpegs: N JPEG files.
    """

    stamps: np.ndarray
    jpegs: tuple[bytes, ...]

    @classmethod
    def of(cls, stamped: Iterable[tuple[float, bytes]]) -> CameraImages:
        """Images in any order, with their stamps [s]."""
        ordered = sorted(stamped, key=lambda item: item[0])
        return cls(np.array([stamp for stamp, _ in ordered]), tuple(jpeg for _, jpeg in ordered))

    def __len__(self) -> int:
        return len(self.jpegs)

    def at(self, stamps: np.ndarray) -> tuple[bytes, ...]:
        """For each of the stamps (M,) [s] the newest image; before the first one that.

        Raises:
            DatasetError: there is none within a second.
        """
        newest = np.maximum(np.searchsorted(self.stamps, stamps, 'right') - 1, 0)
        away = np.abs(stamps - self.stamps[newest]) if len(self) else np.full(len(stamps), np.inf)
        if (away > STALE_S).any():
            moment = stamps[int(away.argmax())]
            raise DatasetError(f'there is no camera image within {STALE_S:g} s of {moment:.3f} s; '
                               'allowed: images = false, which leaves them out')
        return tuple(self.jpegs[index] for index in newest)


def decode(jpeg: bytes) -> np.ndarray:
    """A JPEG file as (H, W, 3) uint8 RGB.

    Raises:
        DatasetError: it is damaged.
    """
    image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise DatasetError(f'a camera image of {len(jpeg)} bytes is no JPEG that can be read')
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


def shape_of(jpegs: Sequence[bytes]) -> tuple[int, ...]:
    """(H, W, 3) of the first of them; () if there is none."""
    return decode(jpegs[0]).shape if jpegs else ()


def decode_all(jpegs: Sequence[bytes], shape: tuple[int, ...]) -> Iterable[np.ndarray]:
    """JPEG files one by one; see `decode`.

    Args:
        jpegs: the files.
        shape: (H, W, 3) that each of them must have.

    Raises:
        DatasetError: one has another shape, or is damaged.
    """
    for jpeg in jpegs:
        image = decode(jpeg)
        if image.shape != shape:
            sizes = f'{shape[1]}x{shape[0]} and {image.shape[1]}x{image.shape[0]}'
            raise DatasetError(f'camera images of {sizes} px cannot be one dataset; '
                               'allowed: images = false, which leaves them out')
        yield image


def histogram(images: Iterable[np.ndarray]) -> np.ndarray:
    """(3, 256) how often each value occurs in each channel, on a grid of pixels."""
    counts = np.zeros((3, 256), np.int64)
    for image in images:
        for channel, values in zip(counts, image[::STRIDE, ::STRIDE].reshape(-1, 3).T):
            channel += np.bincount(values, minlength=256)
    return counts
