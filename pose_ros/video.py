"""Video files, written frame by frame."""
from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType

import cv2
import numpy as np

from pose_ros.errors import SourceError


class VideoWriter(AbstractContextManager['VideoWriter']):
    """Writes RGB frames to an mp4 file; the first frame sets the size, others are fitted to it.

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
        width, height = self._size
        fitted = image[:height, :width] if abs(image.shape[0] - height) + abs(image.shape[1] - width) <= 2 else image
        if fitted.shape[:2] != (height, width):
            fitted = cv2.resize(fitted, self._size)
        self._writer.write(cv2.cvtColor(fitted, cv2.COLOR_RGB2BGR))

    def close(self) -> None:
        """Finish the file; a video that was never written to leaves none."""
        if self._writer is not None:
            self._writer.release()
            self._writer = None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()
