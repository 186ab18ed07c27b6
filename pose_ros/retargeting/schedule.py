"""When paths begin: one step after another, whatever the timer that asks for them does."""
from __future__ import annotations

import math

# Steps further apart than this are no lateness: somebody has set the clock [s].
LONGEST_GAP_S = 1.0


class Schedule:
    """Times of steps, on one grid of ticks.

    Args:
        tick_s, step_s: time of a tick and of a step, a whole number of ticks [s].
        lead_s: paths begin so long after they are asked for [s].

    Attributes:
        jumped_s: how far the clock was off the grid at the last step, if it was set; else 0 [s].
    """

    def __init__(self, tick_s: float, step_s: float, lead_s: float) -> None:
        self._tick_s, self._step_s, self._lead_s = tick_s, step_s, lead_s
        self._due: float | None = None
        self.jumped_s = 0.0

    def next(self, now: float) -> tuple[float, int]:
        """The time when the next path begins [s], and by how many ticks that is later than one step after the last."""
        wanted = now + self._lead_s
        late = 0.0 if self._due is None else wanted - self._due
        self.jumped_s = late if abs(late) > LONGEST_GAP_S else 0.0
        begins = wanted if self._due is None or self.jumped_s else self._due
        ticks = math.floor(late / self._tick_s + 1e-6) if self._step_s <= late <= LONGEST_GAP_S else 0
        begins += ticks * self._tick_s
        self._due = begins + self._step_s
        return begins, ticks
