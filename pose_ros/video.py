"""Video files, and storyboards of them, made frame by frame."""
from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType

import cv2
import numpy as np

from pose_ros.drawing import contact_sheet
from pose_ros.errors import SourceError


class VideoWriter(AbstractContextManager['VideoWriter']):
    """Writes RGB frames to an mp4 file.

    The first frame sets the size, and others are fitted to it:

        with VideoWriter(Path('overlay.mp4'), rate_hz=30.0) as video:
            video.write(draw_persons(image, persons))
    """

    def __init__(self, path: Path, rate_hz: float) -> None:
        self._path, self._rate_hz = path, rate_hz
        self._writer: cv2.VideoWriter | None = None
        self._size = (0, 0)

    def _open(self, image: np.ndarray) -> cv2.VideoWriter:
        # mp4 codecs need even sides, hence at least 2 px.
        self._size = (max(2, image.shape[1] // 2 * 2), max(2, image.shape[0] // 2 * 2))
        self._path.parent.mkdir(parents=True, exist_ok=True)
        writer = cv2.VideoWriter(str(self._path), cv2.VideoWriter.fourcc(*'mp4v'), self._rate_hz, self._size)
        if not writer.isOpened():
            raise SourceError(f'cannot write a video to {self._path}; it must be a new or writable .mp4 file')
        return writer

    def write(self, image: np.ndarray) -> None:
        """Append one (H, W, 3) uint8 RGB frame.

        Raises:
            SourceError: the file cannot be written.
        """
        if self._writer is None:
            self._writer = self._open(image)
        fitted = image if image.shape[1::-1] == self._size else cv2.resize(image, self._size)
        self._writer.write(cv2.cvtColor(fitted, cv2.COLOR_RGB2BGR))

    def close(self) -> None:
        """Finish the file; a video that was never written to leaves none."""
        if self._writer is not None:
            self._writer.release()
            self._writer = None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()


class Storyboard:
    """Keeps a few frames, spread evenly over a stream whose length is not known, for a contact sheet.

    Args:
        count: most frames on the sheet.
    """

    def __init__(self, count: int = 12) -> None:
        self._count, self._stride, self._seen = count, 1, 0
        self._images: list[np.ndarray] = []

    def add(self, image: np.ndarray) -> None:
        """Look at the next (H, W, 3) uint8 RGB frame; it is kept or not."""
        if self._seen % self._stride == 0:
            self._images.append(image)
        if len(self._images) > 2 * self._count:
            self._images = self._images[::2]
            self._stride *= 2
        self._seen += 1

    def images(self) -> list[np.ndarray]:
        """The chosen frames, in order, the first and nearly the last among them."""
        last = len(self._images) - 1
        return [self._images[round(i)] for i in np.linspace(0, last, min(self._count, last + 1))]

    def save(self, path: Path, columns: int = 4, width: int = 1920) -> None:
        """Write the contact sheet; a single frame is saved as it is, and none leaves no file.

        Raises:
            SourceError: the file cannot be written.
        """
        images = self.images()
        if not images:
            return
        sheet = images[0] if len(images) == 1 else contact_sheet(images, min(columns, len(images)), width)
        path.parent.mkdir(parents=True, exist_ok=True)
        coded, data = cv2.imencode(path.suffix, cv2.cvtColor(sheet, cv2.COLOR_RGB2BGR))
        if not coded:
            raise SourceError(f'cannot write an image to {path}')
        path.write_bytes(data.tobytes())
