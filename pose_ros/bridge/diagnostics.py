"""How the stream of each camera is doing: rates, drops, latency and age over the last seconds, as DiagnosticArray."""
from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue


@dataclass(frozen=True)
class StreamReport:
    """One camera's stream over the last seconds; NaN where nothing was seen.

    Attributes:
        rate_in_hz, rate_out_hz: of images and of results [1/s].
        drop_ratio: 0..1, images replaced by newer ones, per image received.
        latency_p50_ms, latency_p95_ms: from the image's stamp to the published result [ms].
        image_age_s: since the last image was received, or before the first since the start [s].
    """

    rate_in_hz: float
    rate_out_hz: float
    drop_ratio: float
    latency_p50_ms: float
    latency_p95_ms: float
    image_age_s: float


class StreamStatistics:
    """Collects what happens to the images of one camera; not thread-safe.

    Args:
        window_s: how far back the statistics reach [s].
        clock: monotonic time [s].
    """

    def __init__(self, window_s: float = 5.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._window_s = window_s
        self._clock = clock
        self.restart()

    def restart(self) -> None:
        """Forgets everything, such as the silence while nobody wanted images."""
        self._started = self._last_image = self._clock()
        self._received: deque[tuple[float, float]] = deque()
        self._published: deque[tuple[float, float]] = deque()
        self._dropped: deque[tuple[float, float]] = deque()

    def received(self) -> None:
        """An image has come."""
        self._last_image = self._note(self._received, 1)

    def published(self, latency_s: float, dropped: int = 0) -> None:
        """A result has been published, `latency_s` after its image's stamp, with `dropped` images lost before it."""
        self._note(self._published, latency_s)
        self._note(self._dropped, dropped)

    def report(self) -> StreamReport:
        """The statistics of the last `window_s` seconds, or since the start if that is shorter."""
        span = max(min(self._window_s, self._clock() - self._started), 1e-9)
        received, latencies, dropped = (self._recent(events) for events in
                                        (self._received, self._published, self._dropped))
        p50, p95 = np.percentile(latencies, (50, 95)) * 1e3 if len(latencies) else (np.nan, np.nan)
        ratio = min(1.0, float(dropped.sum()) / len(received)) if len(received) else np.nan
        return StreamReport(len(received) / span, len(latencies) / span, ratio, float(p50), float(p95),
                            self._clock() - self._last_image)

    def _note(self, events: deque[tuple[float, float]], value: float) -> float:
        now = self._clock()
        events.append((now, value))
        self._forget(events, now)
        return now

    def _forget(self, events: deque[tuple[float, float]], now: float) -> None:
        while events and events[0][0] <= now - self._window_s:
            events.popleft()

    def _recent(self, events: deque[tuple[float, float]]) -> np.ndarray:
        self._forget(events, self._clock())
        return np.array([value for _, value in events])


def _verdict(report: StreamReport, active: bool, silent_after_s: float) -> tuple[bytes, str]:
    if not active:
        return DiagnosticStatus.OK, 'idle'
    silence = f'no image for {report.image_age_s:.1f} s'
    if report.image_age_s > silent_after_s:
        return DiagnosticStatus.ERROR, silence
    if report.image_age_s > silent_after_s / 2:
        return DiagnosticStatus.WARN, silence
    return DiagnosticStatus.OK, f'{report.rate_out_hz:.1f} Hz'


def status_of(name: str, report: StreamReport, *, active: bool = True, silent_after_s: float = 2.0) -> Any:
    """The DiagnosticStatus of one camera's stream.

    Args:
        name: such as `pose_node: /camera/image_raw`.
        report: of its statistics.
        active: whether images are wanted at all; a stream that nobody wants is idle, not broken.
        silent_after_s: without an image for longer than this is an ERROR, for longer than half of it a WARN [s].
    """
    level, message = _verdict(report, active, silent_after_s)
    return DiagnosticStatus(level=level, name=name, message=message, values=_values(vars(report)))


def diagnostics_to_msg(statuses: Sequence[Any], stamp: Any) -> DiagnosticArray:
    """DiagnosticArray for /diagnostics, stamped with the time of the node."""
    msg = DiagnosticArray(status=list(statuses))
    msg.header.stamp = stamp
    return msg


def _values(values: dict[str, Any]) -> list[KeyValue]:
    return [KeyValue(key=key, value=f'{value:.3f}' if isinstance(value, float) else str(value))
            for key, value in values.items()]
