"""One person's motion at an even rate, as animation tools want it."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pose_ros.activity.body import KEYPOINTS, Body
from pose_ros.errors import MotionError
from pose_ros.motion_capture.capture_settings import CaptureSettings

NAMES = (*KEYPOINTS, 'hips')


@dataclass(frozen=True, eq=False)
class Capture:
    """The motion of one person.

    Attributes:
        rate_hz: frames per second [Hz].
        start_s: stamp of the first frame [s].
        points: (N, 15, 3) [m] of `NAMES`, z up; never NaN.
        known: (N, 15) bool: measured, or within a short gap. What is not known stays where it was.
    """

    rate_hz: float
    start_s: float
    points: np.ndarray
    known: np.ndarray

    @property
    def stamps(self) -> np.ndarray:
        """(N,) [s]."""
        return self.start_s + np.arange(len(self.points)) / self.rate_hz


def capture(bodies: Sequence[Body], settings: CaptureSettings | None = None) -> Capture:
    """The motion of one person over time, gaps filled by straight lines.

    Args:
        bodies: in the order of their stamps.
        settings: rate and gaps.

    Raises:
        MotionError: a keypoint was never seen, or there are fewer than two moments.
    """
    settings = settings or CaptureSettings()
    if len(bodies) < 2:
        raise MotionError(f'{len(bodies)} moments of this person; allowed: 2 or more')
    stamps = np.array([body.stamp_s for body in bodies])
    points = np.stack([body.points for body in bodies])
    never = [name for name, seen in zip(NAMES, np.isfinite(points[:, :, 0]).any(axis=0)) if not seen]
    if never:
        raise MotionError(f'never seen in space: {", ".join(never)}; allowed: a person whose every keypoint is seen '
                          f'at some time')
    times = np.arange(stamps[0], stamps[-1] + 1e-9, 1 / settings.rate_hz)
    columns = [_even(stamps, points[:, index], times, settings.max_gap_s) for index in range(len(NAMES))]
    filled, known = (np.stack(column, 1) for column in zip(*columns))
    return Capture(settings.rate_hz, float(stamps[0]), filled, known)


def _even(stamps: np.ndarray, places: np.ndarray, times: np.ndarray, max_gap_s: float) -> tuple[np.ndarray, np.ndarray]:
    """(N, 3) places of one keypoint at even times, and (N,) whether they are known."""
    seen = np.isfinite(places[:, 0])
    stamps, places = stamps[seen], places[seen]
    after = np.clip(np.searchsorted(stamps, times), 0, len(stamps) - 1)
    before = np.clip(np.searchsorted(stamps, times, 'right') - 1, 0, len(stamps) - 1)
    gap_s = stamps[after] - stamps[before]
    known = (gap_s <= max_gap_s) & (times >= stamps[0] - 1e-9) & (times <= stamps[-1] + 1e-9)
    part = np.where(gap_s > 0, (times - stamps[before]) / np.where(gap_s > 0, gap_s, 1), 0)[:, None]
    straight = places[before] + part * (places[after] - places[before])
    return np.where(known[:, None], straight, places[before]), known
