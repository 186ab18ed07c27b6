"""Frames from a video file, a folder of images, one image or a V4L2 device.

    with open_source('clip.mp4') as source:
        for frame in source:
            persons, = estimator.estimate([frame.image])

Bags hold messages, so they are opened by `pose_ros.bridge.bags`, with the same interface.
"""
from __future__ import annotations

import logging
import re
import time
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from pose_ros.camera import Camera
from pose_ros.errors import ImageError, SourceError
from pose_ros.image import check_image

IMAGE_SUFFIXES = ('.bmp', '.jpeg', '.jpg', '.png', '.ppm', '.tif', '.tiff', '.webp')
_DEVICE = re.compile(r'\d+|/dev/video\d+')
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Frame:
    """One image of a source.

    Attributes:
        stamp_ns: when it was taken [ns]: since the epoch (devices, bags), or since the first frame (videos, folders).
        image: (H, W, 3) uint8 RGB.
        name: file name or number of the frame, for messages and reports.
    """

    stamp_ns: int
    image: np.ndarray
    name: str


class FrameSource(AbstractContextManager['FrameSource']):
    """An open source of frames. Iterating starts at the first frame each time, where the source has one.

    Attributes:
        name: what was opened, for messages.
        rate_hz: frames per second of the source.
        length: number of frames, None where that is unknown (devices).
        camera: calibration, None where the source has none.
    """

    name: str
    rate_hz: float
    length: int | None = None
    camera: Camera | None = None

    @abstractmethod
    def __iter__(self) -> Iterator[Frame]:
        """The frames, in order.

        Raises:
            SourceError: the source cannot be read, or holds no readable frame.
        """

    def close(self) -> None:
        """Frees files and devices; twice is no error."""

    def __exit__(self, *_: object) -> None:
        self.close()


def _to_rgb(bgr: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)


class VideoSource(FrameSource):
    """The frames of a video file, stamped by the file's own time.

    Raises:
        SourceError: no video, or damaged beyond its first frame.
    """

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        capture = self._open()
        self.rate_hz = capture.get(cv2.CAP_PROP_FPS) or 30.0
        self.length = max(int(capture.get(cv2.CAP_PROP_FRAME_COUNT)), 0) or None
        capture.release()

    def _open(self) -> cv2.VideoCapture:
        capture = cv2.VideoCapture(self.name)
        if not capture.isOpened() or not capture.grab():
            raise SourceError(f'{self.name} is no video that can be read: damaged, empty or of an unknown format')
        return cv2.VideoCapture(self.name)

    def __iter__(self) -> Iterator[Frame]:
        capture, number, start = self._open(), 0, 0.0
        try:
            while True:
                good, bgr = capture.read()
                if not good:
                    return
                seconds = capture.get(cv2.CAP_PROP_POS_MSEC) / 1e3
                start = seconds if number == 0 else start
                yield Frame(round((seconds - start) * 1e9), _to_rgb(bgr), f'{number:06d}')
                number += 1
        finally:
            capture.release()


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


class DeviceSource(FrameSource):
    """A camera of this machine through V4L2; it never ends by itself.

    Raises:
        SourceError: no such camera, busy, not permitted, or unplugged while it was read.
    """

    def __init__(self, device: str) -> None:
        self.name = f'/dev/video{device}' if device.isdigit() else device
        if not Path(self.name).exists():
            found = ', '.join(sorted(map(str, Path('/dev').glob('video*')))) or 'none'
            raise SourceError(f'no camera {self.name}; cameras of this machine: {found}')
        self._capture = cv2.VideoCapture(self.name, cv2.CAP_V4L2)
        if not self._capture.isOpened():
            raise SourceError(f'camera {self.name} cannot be opened: busy, not permitted, or no capture device')
        self.rate_hz = self._capture.get(cv2.CAP_PROP_FPS) or 30.0

    def __iter__(self) -> Iterator[Frame]:
        number = 0
        while self._capture.isOpened():
            good, bgr = self._capture.read()
            if not good:
                raise SourceError(f'camera {self.name} gave no image after {number} frames: unplugged?')
            yield Frame(time.time_ns(), _to_rgb(bgr), f'{number:06d}')
            number += 1

    def close(self) -> None:
        self._capture.release()


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
    return check_image(_to_rgb(bgr))


def natural_key(path: Path) -> list[tuple[int, str]]:
    """Sorts img2 before img10."""
    return [(int(part), '') if part.isdigit() else (-1, part.lower()) for part in re.split(r'(\d+)', path.name)]


def images_in(folder: Path) -> list[Path]:
    """The image files of a folder, not of its subfolders, in natural order."""
    return sorted((path for path in folder.iterdir() if path.suffix.lower() in IMAGE_SUFFIXES), key=natural_key)


def open_source(text: str) -> FrameSource:
    """Opens a video file, a folder of images, an image, or a camera ('0', '/dev/video0').

    Raises:
        SourceError: nothing is there, it is empty, or it cannot be read.
    """
    if _DEVICE.fullmatch(text):
        return DeviceSource(text)
    path = Path(text).expanduser()
    if not path.exists():
        raise SourceError(f'no source {text!r}; allowed: a video, a folder of images, an image, a camera such as 0')
    if not path.is_dir():
        return ImageSource([path]) if path.suffix.lower() in IMAGE_SUFFIXES else VideoSource(path)
    if not (paths := images_in(path)):
        raise SourceError(f'{text} holds no images; allowed: {" ".join(IMAGE_SUFFIXES)}')
    return ImageSource(paths)
