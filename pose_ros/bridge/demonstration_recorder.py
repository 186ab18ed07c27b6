"""Records while a robot moves: what is added is queued, and a thread of its own writes it."""
from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import Empty, Full, Queue
from threading import Thread
from typing import Any

import numpy as np

from pose_ros.bridge.demonstration_bag import DemonstrationWriter
from pose_ros.bridge.mailbox import Mailbox
from pose_ros.demonstrations.demonstration import About
from pose_ros.retargeting.recording import ReadImage
from pose_ros.retargeting.robot import Robot
from pose_ros.skeletons import Skeleton

# What waits for the disk at most: a minute of a robot at 50 Hz with its joint states.
MOST_WAITING = 10_000
# When nothing comes for so long, what came is flushed [s].
IDLE_S = 0.5
# Longest wait for the disk at the end, twice [s].
CLOSE_S = 5.0


class DemonstrationRecorder:
    """A recorder whose methods never raise, and return at once but for `close`, whatever the disk does.

    Args:
        folder: of the rosbag2 recording to make.
        robot: what is commanded.
        skeleton: of the points.
        model: estimator and weights that find the person.

    Raises:
        SourceError: the folder is there already.
        OSError: it cannot be made.

    Attributes:
        error: why nothing is recorded any more, or ''.
        count: samples and marks taken.
        images: written; of those that were added, they may be fewer.
    """

    def __init__(self, folder: Path, robot: Robot, skeleton: Skeleton, model: str = '') -> None:
        self.error, self.count, self.images = '', 0, 0
        self._newest_image: Mailbox[tuple[float, ReadImage]] = Mailbox()
        self._writer = DemonstrationWriter(folder, About.of(robot, skeleton, model))
        self._waiting: Queue[tuple[Callable[..., None], tuple[Any, ...]] | None] = Queue(MOST_WAITING)
        self._thread = Thread(target=self._work, name='demonstration recorder', daemon=True)
        self._thread.start()

    def add_person(self, stamp_s: float, points: np.ndarray, scores: np.ndarray, track_id: int) -> None:
        """The person who is followed: points (K, 3) in the base frame [m], scores (K,)."""
        self._add(self._writer.write_person, stamp_s, points.copy(), scores.copy(), track_id)

    def add_command(self, stamp_s: float, positions: np.ndarray, velocities: np.ndarray) -> None:
        """What the joints (n,) are told [rad], [rad/s]."""
        self._add(self._writer.write_command, stamp_s, positions.copy(), velocities.copy())

    def add_measured(self, stamp_s: float, positions: np.ndarray, velocities: np.ndarray) -> None:
        """Where the joints (n,) are [rad], [rad/s]; velocities are NaN where the robot does not tell."""
        self._add(self._writer.write_measured, stamp_s, positions.copy(), velocities.copy())

    def add_image(self, heard_s: float, read: ReadImage) -> None:
        """An image of the camera; a newer one replaces it if it still waits.

        Args:
            heard_s: when it came [s].
            read: called where there is time for it.
        """
        self._newest_image.put((heard_s, read))
        self._add(self._write_image, heard_s)

    def _write_image(self, _: float) -> None:
        letter = self._newest_image.take(0)
        if letter is None:
            return
        heard_s, read = letter.item
        if image := read():
            self._writer.write_image(heard_s, *image)
            self.images += 1

    def add_mark(self, stamp_s: float, label: str) -> None:
        """A mark: MARK_BEGIN, MARK_END, or a note."""
        self._add(self._writer.write_mark, stamp_s, label)

    def _add(self, write: Callable[..., None], stamp_s: float, *rest: Any) -> None:
        if self.error or not math.isfinite(stamp_s):
            return
        try:
            self._waiting.put_nowait((write, (stamp_s, *rest)))
            self.count += 1
        except Full:
            self.error = f'the disk is too slow: {MOST_WAITING} samples wait for it'

    def close(self) -> None:
        """Completes the recording, or gives up on a disk that stands still; twice is no error. `error` tells."""
        if not self._thread.is_alive():
            return
        with suppress(Full):
            self._waiting.put(None, timeout=CLOSE_S)
        self._thread.join(CLOSE_S)
        if self._thread.is_alive():
            self.error = self.error or 'the disk stands still; the recording may lack its end'

    def _work(self) -> None:
        """The thread: writes; after an error (a full disk, a sample that is none) it only empties the queue."""
        try:
            self._write_all()
            self._writer.close()
        except (OSError, TypeError, ValueError) as error:
            self.error = f'recording has ended: {getattr(error, "strerror", None) or error}'
            self._writer.abort()
            while self._waiting.get() is not None:
                pass

    def _write_all(self) -> None:
        while True:
            try:
                item = self._waiting.get(timeout=IDLE_S)
            except Empty:
                item = (self._writer.flush, ())
            if item is None:
                return
            item[0](*item[1])
