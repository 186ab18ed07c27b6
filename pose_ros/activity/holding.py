"""Conditions that must hold for a while before they count."""
from __future__ import annotations

import math


class Held:
    """Since when a condition has held without a break.

    Args:
        least_s: shorter is not enough [s].
    """

    def __init__(self, least_s: float) -> None:
        self._least_s = least_s
        self.since_s = math.nan

    def update(self, stamp_s: float, holds: bool) -> bool:
        """Whether it has held long enough by now; `since_s` is then when it began."""
        if not holds:
            self.since_s = math.nan
        elif math.isnan(self.since_s):
            self.since_s = stamp_s
        return stamp_s - self.since_s >= self._least_s


class Settled:
    """The label that has been seen most over a while: a choice that does not flicker.

    Args:
        window_s: over which labels are counted [s].
    """

    def __init__(self, window_s: float) -> None:
        self._window_s = window_s
        self._seen: list[tuple[float, str]] = []
        self.label, self.since_s, self.share = '', math.nan, 0.0

    def update(self, stamp_s: float, label: str) -> str:
        """Takes the label of this moment; the settled one, which changes when another holds more than half."""
        self._seen = [one for one in self._seen if stamp_s - one[0] <= self._window_s] + [(stamp_s, label)]
        labels = [one for _, one in self._seen]
        if label != self.label and (not self.label or 2 * labels.count(label) > len(labels)):
            self.label = label
            self.since_s = next(stamp for stamp, one in self._seen if one == label)
        self.share = labels.count(self.label) / len(labels)
        return self.label
