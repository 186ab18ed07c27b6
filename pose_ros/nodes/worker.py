"""The one thread that owns the network."""
from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from pose_ros.bridge.mailbox import Letter, Mailbox
from pose_ros.errors import EstimatorError, ImageError, PoseRosError
from pose_ros.estimators.estimator import Estimator
from pose_ros.types import Person


@dataclass(frozen=True, eq=False)
class Result:
    """The people in one image.

    Attributes:
        camera: slot of the mailbox, which is the image topic.
        header: of the image message.
        image: (H, W, 3) uint8 RGB.
        persons: in image px.
        dropped: images of this camera that were lost since its previous result.
        taken_s: when the image was taken from the mailbox, on the clock of `time.perf_counter` [s].
    """

    camera: str
    header: Any
    image: np.ndarray
    persons: list[Person]
    dropped: int
    taken_s: float


class Worker:
    """Takes the newest image of every camera, finds the people of all of them in one batch, hands them on.

    Args:
        estimator: used by this thread only.
        mailbox: image messages in one slot per camera; closing it ends the thread.
        read: (camera, message) -> (H, W, 3) uint8 RGB, or an ImageError.
        publish: called with each result.
        report: called with (camera, error) for each image that is lost to an expected error.
    """

    def __init__(self, estimator: Estimator, mailbox: Mailbox[Any], read: Callable[[str, Any], np.ndarray],
                 publish: Callable[[Result], None], report: Callable[[str, PoseRosError], None]) -> None:
        self._estimator, self._mailbox = estimator, mailbox
        self._read, self._publish, self._report = read, publish, report
        self._lost: Counter[str] = Counter()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix='pose_worker')
        self._running = self._pool.submit(self._run)

    @property
    def alive(self) -> bool:
        """Whether the thread still works."""
        return not self._running.done()

    def check(self) -> None:
        """Raises whatever has ended the thread: a bug must end the node, not silence it."""
        if not self.alive:
            self._running.result()

    def stop(self) -> None:
        """Finishes the batch at hand and ends the thread."""
        self._mailbox.close()
        self._pool.shutdown()

    def _run(self) -> None:
        while letters := self._mailbox.take_all():
            self.serve(letters)

    def serve(self, letters: Sequence[Letter[Any]]) -> None:
        """Finds and publishes the people of one batch: at most one image per camera."""
        taken_s = time.perf_counter()
        for letter in letters:
            self._lost[letter.slot] += letter.dropped
        read = [(letter, image) for letter in letters if (image := self._image(letter)) is not None]
        for (letter, image), persons in zip(read, self._persons(read)):
            if persons is not None:
                lost = self._lost.pop(letter.slot, 0)
                self._publish(Result(letter.slot, letter.item.header, image, persons, lost, taken_s))

    def _image(self, letter: Letter[Any]) -> np.ndarray | None:
        try:
            return self._read(letter.slot, letter.item)
        except ImageError as error:
            self._lose(letter, error)
            return None

    def _persons(self, read: Sequence[tuple[Letter[Any], np.ndarray]]) -> list[list[Person] | None]:
        """The people of each image; None where it is lost. A batch that fails is tried again image by image."""
        try:
            return [*self._estimator.estimate([image for _, image in read])] if read else []
        except (EstimatorError, ImageError) as error:
            if len(read) > 1:
                return [persons for one in read for persons in self._persons([one])]
            self._lose(read[0][0], error)
            return [None]

    def _lose(self, letter: Letter[Any], error: PoseRosError) -> None:
        self._lost[letter.slot] += 1
        self._report(letter.slot, error)
