"""Between the image callbacks and the one worker: a slot per camera that keeps the newest image and counts the rest."""
from __future__ import annotations

from dataclasses import dataclass
from threading import Condition
from typing import Generic, TypeVar

T = TypeVar('T')


@dataclass(frozen=True)
class Letter(Generic[T]):
    """What was taken from one slot.

    Attributes:
        slot: name of the slot, such as a camera.
        item: the newest that was put there.
        dropped: how many older ones this slot lost since its last letter.
    """

    slot: str
    item: T
    dropped: int


@dataclass(frozen=True)
class Counts:
    """What happened to everything put so far; put = taken + dropped + pending."""

    put: int
    taken: int
    dropped: int
    pending: int


class Mailbox(Generic[T]):
    """Thread-safe slots that hold one item each; a newer item replaces the one that waits.

    The slot that has waited longest is taken first, so no camera starves another. Example of a worker:

        while letters := mailbox.take_all():
            estimator.estimate([letter.item for letter in letters])

    `take_all()` returns an empty list only after `close()` or when its timeout has passed.
    """

    def __init__(self) -> None:
        self._changed = Condition()
        self._pending: dict[str, T] = {}
        self._lost: dict[str, int] = {}
        self._put = self._taken = self._dropped = 0
        self._closed = False

    def put(self, item: T, slot: str = '') -> None:
        """Leaves an item for the worker and drops the one that still waited in this slot, or the item once closed."""
        with self._changed:
            self._put += 1
            if self._closed or slot in self._pending:
                self._drop(slot)
            if not self._closed:
                self._pending[slot] = item
                self._changed.notify()

    def take_all(self, timeout_s: float | None = None, limit: int | None = None) -> list[Letter[T]]:
        """Waits for something and takes the newest item of every slot, at most `limit`, longest waiting first.

        Args:
            timeout_s: longest wait [s]; None waits until something comes or close() is called.
            limit: largest batch; None takes all.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._pending or self._closed, timeout_s)
            return [self._take(slot) for slot in list(self._pending)[:limit]]

    def take(self, timeout_s: float | None = None) -> Letter[T] | None:
        """The item that has waited longest, or None after the timeout or close()."""
        letters = self.take_all(timeout_s, limit=1)
        return letters[0] if letters else None

    def clear(self) -> None:
        """Drops what waits, such as images from before a pause."""
        with self._changed:
            for slot in self._pending:
                self._drop(slot)
            self._pending.clear()

    def close(self) -> None:
        """Drops what waits and wakes every worker, now and from now on with nothing."""
        with self._changed:
            self._closed = True
            self.clear()
            self._changed.notify_all()

    @property
    def counts(self) -> Counts:
        """What happened to everything put so far."""
        with self._changed:
            return Counts(self._put, self._taken, self._dropped, len(self._pending))

    def _drop(self, slot: str) -> None:
        self._dropped += 1
        self._lost[slot] = self._lost.get(slot, 0) + 1

    def _take(self, slot: str) -> Letter[T]:
        self._taken += 1
        return Letter(slot, self._pending.pop(slot), self._lost.pop(slot, 0))
