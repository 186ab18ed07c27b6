"""Where a signal turns: the beat of repetitions, waves and steps, told from noise by its size."""
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Turn:
    """An extreme of a signal.

    Attributes:
        stamp_s: when the signal was extreme [s].
        value: it had then.
        swing: its difference to the extreme before; positive = it rose. 0 for the first.
    """

    stamp_s: float
    value: float
    swing: float


class TurningPoints:
    """Finds extremes while the signal comes in.

    Args:
        least_swing: smaller swings are noise.
    """

    def __init__(self, least_swing: float) -> None:
        self._least = least_swing
        self._last: Turn | None = None
        self._low = self._high = (0.0, 0.0)
        self._rising: bool | None = None
        self._empty = True

    def update(self, stamp_s: float, value: float) -> Turn | None:
        """The extreme that has become certain by this value, if one has. NaN is passed over."""
        if value != value:
            return None
        if self._empty:
            self._empty, self._low, self._high = False, (value, stamp_s), (value, stamp_s)
        self._low, self._high = min(self._low, (value, stamp_s)), max(self._high, (value, stamp_s))
        if self._rising is not False and self._high[0] - value >= self._least:
            return self._turn(self._high, rising=False, now=(value, stamp_s))
        if self._rising is not True and value - self._low[0] >= self._least:
            return self._turn(self._low, rising=True, now=(value, stamp_s))
        return None

    def _turn(self, extreme: tuple[float, float], rising: bool, now: tuple[float, float]) -> Turn:
        self._rising, self._low, self._high = rising, now, now
        value, stamp_s = extreme
        self._last = Turn(stamp_s, value, value - self._last.value if self._last else 0.0)
        return self._last
