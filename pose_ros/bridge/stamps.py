"""Stamps and durations of messages <-> seconds; only what makes messages needs ROS."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from builtin_interfaces.msg import Duration, Time

_NANOSECONDS = 1_000_000_000


def seconds_of(stamp: Any) -> float:
    """builtin_interfaces/Time or Duration -> [s]."""
    return float(stamp.sec + stamp.nanosec * 1e-9)


def time_of(seconds: float) -> Time:
    """[s] -> builtin_interfaces/Time."""
    from builtin_interfaces.msg import Time
    whole, rest = divmod(round(seconds * _NANOSECONDS), _NANOSECONDS)
    return Time(sec=whole, nanosec=rest)


def duration_of(seconds: float) -> Duration:
    """[s] -> builtin_interfaces/Duration."""
    from builtin_interfaces.msg import Duration
    whole, rest = divmod(round(seconds * _NANOSECONDS), _NANOSECONDS)
    return Duration(sec=whole, nanosec=rest)
