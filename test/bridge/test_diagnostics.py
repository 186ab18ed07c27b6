"""Diagnostics of a stream, with a clock that the test turns."""
from __future__ import annotations

import math

import numpy as np
import pytest
from builtin_interfaces.msg import Time
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from hypothesis import given
from hypothesis import strategies as st
from rclpy.serialization import deserialize_message, serialize_message

from pose_ros.bridge.diagnostics import StreamStatistics, diagnostics_to_msg, status_of

WINDOW_S = 5.0


class Clock:
    """Monotonic time that stands still until it is told to go on."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def stream_of(seconds: float, rate_hz: float, every: int = 1, latency_s: float = 0.05):
    """A stream of which every so-many-th image becomes a result, and its clock."""
    clock = Clock()
    stream = StreamStatistics(WINDOW_S, clock)
    for number in range(round(seconds * rate_hz)):
        clock.now += 1 / rate_hz
        stream.received()
        if number % every == every - 1:
            stream.published(latency_s, dropped=every - 1)
    return stream, clock


@pytest.mark.parametrize('seconds', [2, 5, 60])
@pytest.mark.parametrize(('every', 'drop_ratio'), [(1, 0.0), (3, 2 / 3)])
def test_rates_drops_and_latency(seconds, every, drop_ratio):
    report = stream_of(seconds, 30.0, every)[0].report()
    assert report.rate_in_hz == pytest.approx(30.0, rel=0.01)
    assert report.rate_out_hz == pytest.approx(30.0 / every, rel=0.05)
    assert report.drop_ratio == pytest.approx(drop_ratio, abs=0.02)
    assert (report.latency_p50_ms, report.latency_p95_ms) == (pytest.approx(50.0), pytest.approx(50.0))
    assert report.image_age_s == 0


@given(st.lists(st.floats(0.001, 2.0), min_size=1, max_size=50))
def test_percentiles_are_those_of_the_latencies(latencies):
    stream = StreamStatistics(WINDOW_S, Clock())
    for latency_s in latencies:
        stream.received()
        stream.published(latency_s)
    report = stream.report()
    assert report.latency_p50_ms == pytest.approx(np.percentile(latencies, 50) * 1e3)
    assert report.latency_p95_ms == pytest.approx(np.percentile(latencies, 95) * 1e3)


def test_what_is_older_than_the_window_is_forgotten():
    stream, clock = stream_of(10, 30.0)
    clock.now += WINDOW_S
    report = stream.report()
    assert (report.rate_in_hz, report.rate_out_hz, report.image_age_s) == (0, 0, pytest.approx(WINDOW_S))
    assert math.isnan(report.drop_ratio) and math.isnan(report.latency_p95_ms)


def test_the_ratio_never_leaves_its_range():
    """Images dropped just before the window may be counted with a result in it."""
    stream = StreamStatistics(WINDOW_S, Clock())
    stream.received()
    stream.published(0.1, dropped=9)
    assert stream.report().drop_ratio == 1


def test_restart_forgets_the_silence():
    stream, clock = stream_of(10, 30.0)
    clock.now += 60
    stream.restart()
    clock.now += 0.5
    assert stream.report().image_age_s == 0.5
    stream.received()
    assert stream.report().rate_in_hz == 2


@pytest.mark.parametrize(('silence_s', 'active', 'level', 'words'), [
    (0.0, True, DiagnosticStatus.OK, 'Hz'), (0.9, True, DiagnosticStatus.OK, 'Hz'),
    (1.5, True, DiagnosticStatus.WARN, 'no image for 1.5 s'), (3.0, True, DiagnosticStatus.ERROR, 'no image for 3.0 s'),
    (60.0, False, DiagnosticStatus.OK, 'idle')])
def test_silence_is_a_warning_and_then_an_error(silence_s, active, level, words):
    stream, clock = stream_of(10, 30.0)
    clock.now += silence_s
    status = status_of('pose_node: /image', stream.report(), active=active, silent_after_s=2.0)
    assert (status.level, status.name) == (level, 'pose_node: /image')
    assert words in status.message


def test_a_camera_that_never_starts_is_an_error():
    clock = Clock()
    stream = StreamStatistics(WINDOW_S, clock)
    assert status_of('camera', stream.report()).level == DiagnosticStatus.OK
    clock.now += 2.5
    status = status_of('camera', stream.report(), silent_after_s=2.0)
    assert (status.level, status.message) == (DiagnosticStatus.ERROR, 'no image for 2.5 s')


def test_the_message_carries_every_number():
    report = stream_of(10, 30.0, every=3)[0].report()
    made = diagnostics_to_msg([status_of('camera', report)], Time(sec=7))
    msg = deserialize_message(serialize_message(made), DiagnosticArray)
    assert msg.header.stamp == Time(sec=7)
    values = {value.key: float(value.value) for value in msg.status[0].values}
    assert values == pytest.approx(vars(report), abs=1e-3)
