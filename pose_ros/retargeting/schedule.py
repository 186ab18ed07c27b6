"""When paths begin: one step after another, whatever the timer that asks for them does."""
from __future__ import annotations

import math

# Time that goes back by more than this is no jitter: somebody has set the clock [s].
BACK_S = 1.0


class Schedule:
    """Times of steps, on one grid of ticks, always nearly `lead_s` or more ahead.

    A timer that was late moves the grid of steps back by whole ticks, so that the next ones are early enough; one that
    has become early by a whole step is left out.

    Args:
        tick_s, step_s: time of a tick and of a step, a whole number of ticks [s].
        lead_s: paths begin so long after they are asked for, or at most a tick less [s].

    Attributes:
        back_s: how far the clock was set back before the last step; else 0 [s].
    """

    def __init__(self, tick_s: float, step_s: float, lead_s: float) -> None:
        self._tick_s, self._step_s, self._lead_s = tick_s, step_s, lead_s
        self._due: float | None = None
        self.back_s = 0.0

    def undo(self) -> None:
        """The last step was not made: the next one begins when it would have."""
        if self._due is not None:
            self._due -= self._step_s

    def next(self, now: float) -> tuple[float, int] | None:
        """The time when the next path begins [s], and by how many ticks that is later than one step after the last.

        None if it is too early for another.
        """
        wanted = now + self._lead_s
        late = 0.0 if self._due is None else wanted - self._due
        self.back_s = -late if late < -BACK_S else 0.0
        if self._due is None or self.back_s:
            self._due, late = wanted, 0.0
        if late <= -self._step_s:
            return None
        ticks = max(math.floor(late / self._tick_s + 1e-6), 0)
        begins = self._due + ticks * self._tick_s
        self._due = begins + self._step_s
        return begins, ticks
