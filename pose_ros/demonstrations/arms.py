"""How the arms of a recorded person move, on an even grid of time."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.ndimage import median_filter

from pose_ros.demonstrations.demonstration import Sightings
from pose_ros.errors import DatasetError
from pose_ros.skeletons import Skeleton

SIDES, ENDS = ('left_', 'right_'), ('elbow', 'wrist', 'hand')
# Points further than so many standard deviations from the median of so many frames are wrong.
GATE, MEDIAN = 5.0, 9
# No camera is better than this [m].
LEAST_NOISE = 2e-3
# Fewer stamps, and a window of fewer frames, show no motion.
FEWEST_STAMPS, FEWEST_FRAMES = 9, 5
# Motion within a window is told from noise by polynomials up to this degree.
DEGREE = 3


@dataclass(frozen=True, eq=False)
class ArmMotion:
    """The points of one or two arms at T even times; all arrays by arm, in the same order.

    Attributes:
        times: (T,) [s].
        points: per arm (T, E, 3) of elbow, wrist and hand, as far as there are any, without wrong ones [m].
        noise: per arm (E, 3) standard deviations from frame to frame [m].
    """

    times: np.ndarray
    points: Sequence[np.ndarray]
    noise: Sequence[np.ndarray]

    @property
    def normalised(self) -> np.ndarray:
        """(T, D) all coordinates, in standard deviations of their noise."""
        return np.concatenate([(points / noise).reshape(len(self.times), -1)
                               for points, noise in zip(self.points, self.noise)], axis=1)

    def frames(self, seconds: float) -> int:
        """How many frames of a window take so long [s]."""
        return min(max(round(seconds / (self.times[1] - self.times[0])), FEWEST_FRAMES), len(self.times))

    def speeds(self, frames: int) -> np.ndarray:
        """(T - frames + 1,) of the arm that moves more within each window, root mean square over its points [m/s].

        A straight motion of this speed would spread the points as far; what noise adds is taken out.
        """
        spreads = np.max([_spread(points, noise, frames) for points, noise in zip(self.points, self.noise)], axis=0)
        return np.sqrt(12 * np.maximum(spreads, 0) / (frames ** 2 - 1)) / (self.times[1] - self.times[0])


def arm_motion(persons: Sightings, skeleton: Skeleton) -> ArmMotion:
    """The arms of a recorded person; missing points are interpolated.

    Raises:
        DatasetError: fewer than FEWEST_STAMPS stamps, no arm in the skeleton, or none ever seen.
    """
    stamps, first = np.unique(persons.stamps, return_index=True)
    if len(stamps) < FEWEST_STAMPS:
        raise DatasetError(f'the person was seen at {len(stamps)} stamps; at least {FEWEST_STAMPS} are needed')
    times = np.arange(stamps[0], stamps[-1], np.median(np.diff(stamps)))
    arms = [[skeleton.index(side + end) for end in ENDS if side + end in skeleton.keypoints] for side in SIDES]
    seen = [arm for arm in arms if arm and np.isfinite(persons.points[:, arm]).any(axis=0).all()]
    if not seen:
        raise DatasetError(f'no arm of skeleton {skeleton.name} was ever seen in space')
    points = [_even(times, stamps, persons.points[first][:, arm]) for arm in seen]
    noise = [_noise(arm) for arm in points]
    return ArmMotion(times, [_without_wrong(arm, sigma) for arm, sigma in zip(points, noise)], noise)


def _even(times: np.ndarray, stamps: np.ndarray, points: np.ndarray) -> np.ndarray:
    columns = points.reshape(len(stamps), -1).T
    known = np.isfinite(columns)
    even = [np.interp(times, stamps[there], column[there]) for column, there in zip(columns, known)]
    return np.stack(even, axis=1).reshape(len(times), *points.shape[1:])


def _noise(points: np.ndarray) -> np.ndarray:
    """From second differences, whose variance is six times that of the noise; the median knows no outliers."""
    return np.maximum(1.4826 * np.median(np.abs(np.diff(points, 2, axis=0)), axis=0) / np.sqrt(6), LEAST_NOISE)


def _without_wrong(points: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """The median of steady motion is the point itself, so that only what does not fit its neighbours is replaced."""
    middle = median_filter(points, (MEDIAN, 1, 1), mode='nearest')
    wrong = (np.abs(points - middle) > GATE * noise).any(axis=2, keepdims=True)
    return np.where(wrong, middle, points)


def _spread(points: np.ndarray, noise: np.ndarray, frames: int) -> np.ndarray:
    """(T - frames + 1,) mean squared distance from the middle of each window along a smooth motion [m^2]."""
    degrees = np.vander(np.linspace(-1, 1, frames), DEGREE + 1, increasing=True)
    smooth = np.linalg.qr(degrees)[0][:, 1:]
    along = sliding_window_view(points, frames, axis=0) @ smooth
    return np.asarray(((along ** 2).sum(axis=3) - DEGREE * noise ** 2).sum(axis=2).mean(axis=1) / frames)
