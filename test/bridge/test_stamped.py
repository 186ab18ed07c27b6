"""The buffer of stamped items: the nearest within the slop, and waiting only for what will come."""
from __future__ import annotations

import threading

import pytest

from pose_ros.bridge.stamped import StampedBuffer

FOREVER_S = 1000.0


def filled(*stamps: float) -> StampedBuffer[str]:
    buffer: StampedBuffer[str] = StampedBuffer()
    for stamp in stamps:
        buffer.put(stamp, f'at {stamp}')
    return buffer


@pytest.mark.parametrize(('stamp_s', 'expected'), [(1.0, 1.0), (1.015, 1.0), (1.985, 2.0), (1.5, None), (2.021, None)])
def test_the_nearest_within_the_slop(stamp_s, expected):
    found = filled(1.0, 2.0).nearest(stamp_s, 0.02)
    assert found == (expected and (expected, f'at {expected}'))


def test_distance_is_signed():
    buffer = filled(1.0, 2.0)
    assert buffer.distance_s(1.3) == pytest.approx(-0.3) and buffer.distance_s(1.8) == pytest.approx(0.2)
    assert filled().distance_s(1.0) is None


@pytest.mark.parametrize('stamps', [(), (5.0,), (0.1,)], ids=['never came', 'has gone past', 'has stopped'])
def test_nobody_waits_for_what_will_not_come(stamps):
    """It would wait for ever."""
    assert filled(*stamps).nearest(1.0, 0.02, FOREVER_S) is None


def test_what_is_on_its_way_is_waited_for():
    buffer = filled(0.9)
    late = threading.Timer(0.05, buffer.put, (1.0, 'late'))
    late.start()
    assert buffer.nearest(1.0, 0.02, FOREVER_S) == (1.0, 'late')
    late.join()


def test_waiting_ends():
    assert filled(0.9).nearest(1.0, 0.02, 0.01) is None


def test_only_the_newest_are_kept():
    buffer: StampedBuffer[int] = StampedBuffer(length=3)
    for number in range(10):
        buffer.put(number, number)
    assert buffer.nearest(6, 0.5) is None and buffer.nearest(7, 0.5) == (7, 7)


def test_a_bag_that_starts_again_forgets_what_came_later():
    buffer = filled(100.0, 100.1)
    buffer.put(1.0, 'again')
    assert buffer.nearest(100.0, 0.5) is None and buffer.nearest(1.0, 0.5) == (1.0, 'again')
