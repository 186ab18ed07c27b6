"""Frames from image files."""
from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from pose_ros.errors import ImageError, SourceError
from pose_ros.image import check_image
from pose_ros.sources.source import Frame, FrameSource

IMAGE_SUFFIXES = ('.bmp', '.jpeg', '.jpg', '.png', '.ppm', '.tif', '.tiff', '.webp')
_LOG = logging.getLogger(__name__)


class ImageSource(FrameSource):
    """Image files as frames at a fixed rate. A file that cannot be read is named in a warning and skipped."""

    def __init__(self, paths: Sequence[Path], rate_hz: float = 30.0) -> None:
        self.name, self.rate_hz, self.length = str(paths[0].parent), rate_hz, len(paths)
        self._paths = tuple(paths)

    def __iter__(self) -> Iterator[Frame]:
        readable = 0
        for number, path in enumerate(self._paths):
            try:
                image = read_image(path)
            except (SourceError, ImageError) as error:
                _LOG.warning('skipped: %s', error)
                continue
            readable += 1
            yield Frame(round(number / self.rate_hz * 1e9), image, path.name)
        if not readable:
            raise SourceError(f'none of the {len(self._paths)} images of {self.name} can be read')


def read_image(path: Path) -> np.ndarray:
    """An image file -> (H, W, 3) uint8 RGB, turned as its EXIF orientation says.

    Raises:
        SourceError: no image, or a damaged one.
        ImageError: an image too large for this package.
    """
    data = np.fromfile(path, np.uint8)
    try:
        bgr = cv2.imdecode(data, cv2.IMREAD_COLOR)
    except cv2.error:  # an empty file, or more pixels than OpenCV decodes
        bgr = None
    if bgr is None:
        raise SourceError(f'{path} is no image that can be read: damaged, empty or of an unknown format')
    return check_image(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB))


def natural_key(path: Path) -> list[tuple[int, str]]:
    """Sorts img2 before img10."""
    return [(int(part), '') if part.isdigit() else (-1, part.lower()) for part in re.split(r'(\d+)', path.name)]


def images_in(folder: Path) -> list[Path]:
    """The image files of a folder, not of its subfolders, in natural order."""
    return sorted((path for path in folder.iterdir() if path.suffix.lower() in IMAGE_SUFFIXES), key=natural_key)
