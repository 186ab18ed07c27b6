"""Frames from a video file."""
from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import cv2

from pose_ros.errors import SourceError
from pose_ros.sources.source import Frame, FrameSource

_LOG = logging.getLogger(__name__)


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
                    break
                seconds = capture.get(cv2.CAP_PROP_POS_MSEC) / 1e3
                start = seconds if number == 0 else start
                yield Frame(round((seconds - start) * 1e9), cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), f'{number:06d}')
                number += 1
        finally:
            capture.release()
        if self.length and number < self.length:
            _LOG.warning('%s ends after %d of %d frames: damaged?', self.name, number, self.length)
