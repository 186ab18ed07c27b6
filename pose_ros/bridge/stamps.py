"""Stamps of messages <-> seconds."""
from __future__ import annotations

from typing import Any

from builtin_interfaces.msg import Time

_NANOSECONDS = 1_000_000_000


def seconds_of(stamp: Any) -> float:
    """builtin_interfaces/Time or Duration -> [s]."""
    return float(stamp.sec + stamp.nanosec * 1e-9)


def time_of(seconds: float) -> Time:
    """[s] -> builtin_interfaces/Time."""
    whole, rest = divmod(round(seconds * _NANOSECONDS), _NANOSECONDS)
    return Time(sec=whole, nanosec=rest)
