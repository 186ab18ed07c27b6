"""What the demo leaves behind: an overlay video, a contact sheet of it, a bag, and the figures of a run."""
from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from pose_ros.drawing import draw_persons
from pose_ros.types import Person
from pose_ros.video import Storyboard, VideoWriter

if TYPE_CHECKING:
    from pose_ros.nodes.recorder import Sighting

_LONGEST_HOLD_S = 5.0


class Truth(Protocol):
    """Compares the people found with what is true of a clip."""

    def add(self, image: np.ndarray, persons: Sequence[Person]) -> None:
        """The people of one image."""

    def score(self) -> dict[str, float]:
        """How well they agree."""


class Bag(Protocol):
    """Takes messages, as `pose_ros.bridge.bag_writer.BagWriter` does."""

    def write(self, topic: str, message: Any, stamp_ns: int) -> None:
        """Append a message."""

    def close(self) -> None:
        """Complete the file."""


@dataclass
class Figures:
    """What was counted and measured while a recording ran.

    Attributes:
        stamps_ns: of the images with people's messages [ns].
        latencies_ms: from the stamp of an image to its message's reception [ms].
        processing_ms: as the node reports it [ms].
        persons: found in all images together.
        dropped: images that the node reports to have skipped.
        model: of the node.
    """

    stamps_ns: list[int] = field(default_factory=list)
    latencies_ms: list[float] = field(default_factory=list)
    processing_ms: list[float] = field(default_factory=list)
    persons: int = 0
    dropped: int = 0
    model: str = ''

    def add(self, sighting: Sighting) -> None:
        """Count one image and its people."""
        self.stamps_ns.append(sighting.stamp_ns)
        self.latencies_ms.append((sighting.received_ns - sighting.stamp_ns) / 1e6)
        self.processing_ms.append(sighting.message.processing_ms)
        self.persons += len(sighting.persons)
        self.dropped += sighting.message.dropped_frames
        self.model = sighting.message.model

    def rate_hz(self) -> float:
        """Images with people's messages per second of stamps; NaN before the second."""
        if len(self.stamps_ns) < 2 or self.stamps_ns[-1] <= self.stamps_ns[0]:
            return float('nan')
        return (len(self.stamps_ns) - 1) / (self.stamps_ns[-1] - self.stamps_ns[0]) * 1e9


class Recording(AbstractContextManager['Recording']):
    """Writes `overlay.mp4`, `overlay.png` and `poses.mcap`; they are complete however the block ends.

    The video runs in real time: an overlay is held until the next one, so dropped images show.

    Args:
        folder: to write to.
        rate_hz: of the camera.
        bag: takes the messages.
        truth: gathers the people found, to be compared with annotations.

    Attributes:
        figures: of all that was added.
    """

    def __init__(self, folder: Path, rate_hz: float, bag: Bag, truth: Truth | None = None) -> None:
        self._stack, self._rate_hz, self._truth = ExitStack(), rate_hz, truth
        self._bag = self._stack.enter_context(closing(bag))
        self._storyboard = Storyboard()
        self._stack.callback(self._storyboard.save, folder / 'overlay.png')
        self._video = self._stack.enter_context(VideoWriter(folder / 'overlay.mp4', rate_hz))
        self._held: np.ndarray | None = None
        self.figures = Figures()

    def add(self, sighting: Sighting) -> None:
        """Record one image and its people."""
        self._hold(sighting.stamp_ns)
        self.figures.add(sighting)
        self._held = draw_persons(sighting.image, sighting.persons)
        self._video.write(self._held)
        self._storyboard.add(self._held)
        self._bag.write('/pose_node/persons', sighting.message, sighting.received_ns)
        if self._truth:
            self._truth.add(sighting.image, sighting.persons)

    def add_markers(self, message: Any, received_ns: int) -> None:
        """Record a MarkerArray."""
        self._bag.write('/pose_node/markers', message, received_ns)

    def _hold(self, until_ns: int) -> None:
        if self._held is None:
            return
        pause_s = min((until_ns - self.figures.stamps_ns[-1]) / 1e9, _LONGEST_HOLD_S)
        for _ in range(round(pause_s * self._rate_hz) - 1):
            self._video.write(self._held)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._stack.close()
