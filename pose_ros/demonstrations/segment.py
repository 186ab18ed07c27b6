"""Where the motions of a recording begin and end: by speed and rest, by a raised hand, or by marks of the service."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pose_ros.demonstrations.arms import ArmMotion, arm_motion
from pose_ros.demonstrations.demonstration import MARK_BEGIN, MARK_END, Demonstration
from pose_ros.demonstrations.gesture import raised
from pose_ros.demonstrations.settings import GestureSettings, SegmentSettings
from pose_ros.errors import DatasetError

# The beginning of a motion shows in so much of it [s].
BEYOND_S = 0.4
# Frames that a rest and a motion have at least, around where one becomes the other.
STILL_FRAMES, MOVING_FRAMES = 2, 3


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
    """What lies between rests of the arms: from the first frame that differs from the rest to the last that moves."""
    rests, last, values = _rests(motion, settings), len(motion.times) - 1, motion.normalised
    middles = [0, *((begin + end) // 2 for begin, end in rests), last]
    beyond = motion.frames(BEYOND_S)
    begins, ends = [0], []
    for (begin, end), before, middle, after in zip(rests, middles, middles[1:], middles[2:]):
        ends.append(middle - _corner(values[max(begin - beyond, before):middle + 1][::-1]))
        begins.append(middle + _corner(values[middle:min(end + beyond, after) + 1]) + 1)
    ends.append(last)
    if rests and rests[0][0] == 0:
        begins, ends = begins[1:], ends[1:]
    if rests and rests[-1][1] == last:
        begins, ends = begins[:-1], ends[:-1]
    return [Segment(float(motion.times[begin]), float(motion.times[end])) for begin, end in zip(begins, ends)
            if begin < end and motion.times[end] - motion.times[begin] >= settings.shortest_s]


def _rests(motion: ArmMotion, settings: SegmentSettings) -> list[tuple[int, int]]:
    """First and last frame of every rest: all windows of the shortest rest in which the arms are slow."""
    frames, resting = motion.frames(settings.dwell_s), np.zeros(len(motion.times), bool)
    for first in np.flatnonzero(motion.speeds(frames) < settings.still):
        resting[first:first + frames] = True
    change = np.diff(np.concatenate([[0], resting.astype(int), [0]]))
    return list(zip(np.flatnonzero(change == 1).tolist(), (np.flatnonzero(change == -1) - 1).tolist()))


def _corner(values: np.ndarray) -> int:
    """The last row of (N, D) that is at rest: a constant and then a parabola of time are fitted at every row.

    Hudson, "Fitting Segmented Curves Whose Join Points Have to be Estimated", JASA 1966.
    """
    frames, explained = np.arange(len(values)), []
    for corner in range(STILL_FRAMES, max(len(values) - MOVING_FRAMES, STILL_FRAMES + 1)):
        since = np.maximum(frames - corner, 0.0)
        basis, _ = np.linalg.qr(np.stack([np.ones_like(since), since, since ** 2], axis=1))
        explained.append(float(((basis.T @ values) ** 2).sum()))
    return STILL_FRAMES + int(np.argmax(explained))
