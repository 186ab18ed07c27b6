"""One line of a benchmark."""
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """A measured value.

    Attributes:
        name: what was measured, from general to special, e.g. 'grouping.46x82.50.ms'.
        value: the number.
        unit: e.g. 'ms', 'px', or '' for counts.
    """

    name: str
    value: float
    unit: str
