"""Frames from a camera of this machine."""
from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import cv2

from pose_ros.errors import SourceError
from pose_ros.sources.source import Frame, FrameSource


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
            yield Frame(time.time_ns(), cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), f'{number:06d}')
            number += 1

    def close(self) -> None:
        """Gives the camera back; twice is no error."""
        self._capture.release()
