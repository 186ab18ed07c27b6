"""Messages that wait for another message of the same moment: the depth image of a colour image."""
from __future__ import annotations

import time
from threading import Condition
from typing import Generic, TypeVar

T = TypeVar('T')

# A stream whose newest item is older than this has stopped: nobody waits for it.
_STOPPED_S = 0.5
_BACK_S = 1.0


class StampedBuffer(Generic[T]):
    """The newest items of one stream by their stamps; thread-safe.

    Args:
        length: items kept.
    """

    def __init__(self, length: int = 30) -> None:
        self._changed = Condition()
        self._length = length
        self._items: dict[float, T] = {}

    def put(self, stamp_s: float, item: T) -> None:
        """Keeps an item; a stamp that goes back by more than a second forgets the others (a bag in a loop)."""
        with self._changed:
            if self._items and stamp_s < max(self._items) - _BACK_S:
                self._items.clear()
            self._items[stamp_s] = item
            while len(self._items) > self._length:
                del self._items[min(self._items)]
            self._changed.notify_all()

    def nearest(self, stamp_s: float, slop_s: float, wait_s: float = 0.0) -> tuple[float, T] | None:
        """The item nearest to a stamp, with its own stamp; None if all are further away than the slop [s].

        Waits for it, if the stream is alive and has not got so far.
        """
        end_s = time.monotonic() + wait_s
        with self._changed:
            while True:
                found = min(self._items, key=lambda other: abs(other - stamp_s), default=None)
                if found is not None and abs(found - stamp_s) <= slop_s:
                    return found, self._items[found]
                left_s = end_s - time.monotonic()
                if not self._is_coming(stamp_s) or left_s <= 0:
                    return None
                self._changed.wait(left_s)

    def distance_s(self, stamp_s: float) -> float | None:
        """How far the nearest item is from a stamp [s], negative if it is earlier; None without any."""
        with self._changed:
            gaps = [other - stamp_s for other in self._items]
        return min(gaps, key=abs, default=None)

    def _is_coming(self, stamp_s: float) -> bool:
        return bool(self._items) and stamp_s - _STOPPED_S <= max(self._items) < stamp_s
