"""The interface of all sources of frames."""
from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

import numpy as np

from pose_ros.camera import Camera


@dataclass(frozen=True, eq=False)
class Frame:
    """One image of a source.

    Attributes:
        stamp_ns: when it was taken [ns]: since the epoch (devices, bags), or since the first frame (videos, folders).
        image: (H, W, 3) uint8 RGB.
        name: file name or number of the frame, for messages and reports.
        depth: (h, w) uint16 [mm], 0 = none, of the source's depth camera; None where it has none.
    """

    stamp_ns: int
    image: np.ndarray
    name: str
    depth: np.ndarray | None = None


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
