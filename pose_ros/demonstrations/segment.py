"""Where the motions of a recording begin and end: by speed and rest, by a raised hand, or by marks of the service."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pose_ros.demonstrations.arms import LINE, ArmMotion, arm_motion
from pose_ros.demonstrations.demonstration import MARK_BEGIN, MARK_END, Demonstration
from pose_ros.demonstrations.gesture import raised
from pose_ros.demonstrations.settings import GestureSettings, SegmentSettings
from pose_ros.errors import DatasetError

# Of the evidence per frame, in standard deviations of the noise: what speaks for motion, and what one frame may say.
# Chosen on the seeds 1 to 24 of benchmarks.demonstrations, measured on others.
SPREAD, SPREAD_MOST, ALONG, ALONG_MOST = 2.6, 16.0, 2.5, 2.0
# The way that a motion takes is read from these frames after its begin.
WAY = slice(2, 6)
# So many frames beyond where the speed says so may still be rest.
BEYOND = 10


@dataclass(frozen=True)
class Segment:
    """One motion: stamps of its begin and end [s]."""

    begin: float
    end: float


def segment(demonstration: Demonstration, settings: SegmentSettings | None = None,
            gesture: GestureSettings | None = None) -> list[Segment]:
    """The motions of a recording, by stamp.

    Raises:
        DatasetError: the person was not recorded as this needs, or marks do not fit together.
    """
    settings = settings or SegmentSettings()
    ways: dict[str, Callable[[], list[Segment]]] = {
        'speed': lambda: by_speed(arm_motion(demonstration.persons, demonstration.about.skeleton), settings),
        'gesture': lambda: by_gesture(demonstration, gesture or GestureSettings(), settings),
        'marks': lambda: by_marks(demonstration)}
    return ways[settings.by]()


def by_marks(demonstration: Demonstration) -> list[Segment]:
    """Between every MARK_BEGIN and the MARK_END after it; what was not ended ends with the recording.

    Raises:
        DatasetError: an end without a begin, or a begin within a segment.
    """
    segments, begin = [], np.nan
    for mark in demonstration.marks:
        if mark.label == MARK_BEGIN and np.isnan(begin):
            begin = mark.stamp
        elif mark.label == MARK_END and np.isfinite(begin):
            segments.append(Segment(begin, mark.stamp))
            begin = np.nan
        elif mark.label in (MARK_BEGIN, MARK_END):
            raise DatasetError(f'mark {mark.label!r} at {mark.stamp:.3f} s does not fit the mark before it')
    end = demonstration.span[1]
    return segments + [Segment(begin, end)] if begin < end else segments


def by_gesture(demonstration: Demonstration, gesture: GestureSettings, settings: SegmentSettings) -> list[Segment]:
    """The time between two raises of the hand, each one segment.

    Raises:
        DatasetError: the skeleton has no such arm.
    """
    raises = raised(demonstration.persons, demonstration.about.skeleton, gesture)
    return [Segment(end, begin) for (_, end), (begin, _) in zip(raises[:-1], raises[1:])
            if begin - end >= settings.shortest_s]


def by_speed(motion: ArmMotion, settings: SegmentSettings) -> list[Segment]:
    """What lies between rests of the arms."""
    moving, times = motion.speeds >= settings.still, motion.times
    for begin, end in _runs(moving):
        if times[end] - times[begin] < settings.shortest_s:
            moving[begin:end + 1] = False
    rests = [(begin, end) for begin, end in _runs(~moving) if times[end] - times[begin] >= settings.dwell_s]
    begins = [_edge(motion, begin, end, 1) for begin, end in rests if end < len(times) - 1]
    ends = [_edge(motion, end, begin, -1) for begin, end in rests if begin > 0]
    if not rests or rests[0][0] > 0:
        begins.insert(0, 0)
    if not rests or rests[-1][1] < len(times) - 1:
        ends.append(len(times) - 1)
    return [Segment(float(times[begin]), float(times[end])) for begin, end in zip(begins, ends)
            if times[end] - times[begin] >= settings.shortest_s]


def _runs(flags: np.ndarray) -> list[tuple[int, int]]:
    """First and last index of every run of True."""
    change = np.diff(np.concatenate([[0], flags.astype(int), [0]]))
    return list(zip(np.flatnonzero(change == 1).tolist(), (np.flatnonzero(change == -1) - 1).tolist()))


def _edge(motion: ArmMotion, far: int, near: int, step: int) -> int:
    """The last frame of a rest, seen from its far end; `near` is where the speed says that motion begins.

    The smooth speed sees a motion half a window early. So the frames from the middle of the rest on are asked, in
    order, how much they speak for motion, and the sum is smallest where the motion begins (CUSUM: Page 1954). First
    any distance from the place of rest counts, then, more sharply, the distance along the way that the motion takes.
    """
    half = LINE // 2
    inner = np.arange(far, near, step)[:-half]
    stop = min(max(near + BEYOND * step, -1), len(motion.times))
    frames = np.arange((far + near) // 2, stop, step)
    values = motion.normalised
    away = np.clip(values[frames] - np.median(values[inner], axis=0), -5, 5)
    spread = np.minimum(away ** 2, SPREAD_MOST).mean(axis=1)
    first = int(np.argmin(np.cumsum(np.minimum(spread - SPREAD, 1.0))))
    way = np.median(away[first:][WAY] if len(away) - first > WAY.stop else away[-3:], axis=0)
    along = away @ way / max(float(np.linalg.norm(way)), 1e-9)
    return int(frames[np.argmin(np.cumsum(np.clip(along - ALONG, -ALONG_MOST, ALONG_MOST)))])
