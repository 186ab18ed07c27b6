"""Logging of what may happen at every image."""
from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable

from rclpy.impl.rcutils_logger import RcutilsLogger


class ThrottledLog:
    """Logs each kind of event at once, and from then on once per period with the number of those left out.

    rclpy throttles by line of code, so that one broken camera would hide another; here the caller names the kind.
    """

    def __init__(self, logger: RcutilsLogger, period_s: float = 5.0,
                 clock: Callable[[], float] = time.monotonic) -> None:
        self._logger, self._period_s, self._clock = logger, period_s, clock
        self._lock = threading.Lock()
        self._last: dict[Hashable, tuple[float, int]] = {}

    def warning(self, kind: Hashable, text: str, period_s: float | None = None) -> None:
        """Logs a warning unless one of its kind was logged within the period, which may be another than usual [s]."""
        if full := self._pass(kind, text, self._period_s if period_s is None else period_s):
            self._logger.warning(full)

    def error(self, kind: Hashable, text: str) -> None:
        """Logs an error unless one of its kind was logged within the period."""
        if full := self._pass(kind, text, self._period_s):
            self._logger.error(full)

    def _pass(self, kind: Hashable, text: str, period_s: float) -> str:
        with self._lock:
            now_s = self._clock()
            since_s, left_out = self._last.get(kind, (-float('inf'), 0))
            if now_s - since_s < period_s:
                self._last[kind] = since_s, left_out + 1
                return ''
            self._last[kind] = now_s, 0
        return f'{text} ({left_out} more of this kind)' if left_out else text
