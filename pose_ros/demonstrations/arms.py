"""How the arms of a recorded person move, on an even grid of time."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import median_filter
from scipy.signal import savgol_filter

from pose_ros.demonstrations.demonstration import Sightings
from pose_ros.errors import DatasetError
from pose_ros.skeletons import Skeleton

SIDES, ENDS = ('left_', 'right_'), ('elbow', 'wrist', 'hand')
# Frames of a median that takes out single wrong points, and of a line whose slope is the velocity.
MEDIAN, LINE = 5, 9
# No camera is better than this [m].
LEAST_NOISE = 2e-3


@dataclass(frozen=True, eq=False)
class ArmMotion:
    """The points of one or two arms at T even times; all arrays by arm, in the same order.

    Attributes:
        times: (T,) [s].
        points: per arm (T, E, 3) of elbow, wrist and hand, as far as there are any [m].
        noise: per arm (E, 3) standard deviations from frame to frame [m].
        speeds: (T,) of the arm that moves more, root mean square over its points [m/s].
    """

    times: np.ndarray
    points: Sequence[np.ndarray]
    noise: Sequence[np.ndarray]
    speeds: np.ndarray

    @property
    def normalised(self) -> np.ndarray:
        """(T, D) all coordinates, in standard deviations of their noise."""
        return np.concatenate([(points / noise).reshape(len(self.times), -1)
                               for points, noise in zip(self.points, self.noise)], axis=1)


def arm_motion(persons: Sightings, skeleton: Skeleton) -> ArmMotion:
    """The arms of a recorded person; missing points are interpolated.

    Raises:
        DatasetError: fewer than `LINE` stamps, no arm in the skeleton, or none ever seen.
    """
    stamps, first = np.unique(persons.stamps, return_index=True)
    if len(stamps) < LINE:
        raise DatasetError(f'the person was seen at {len(stamps)} stamps; at least {LINE} are needed')
    times = np.arange(stamps[0], stamps[-1], np.median(np.diff(stamps)))
    arms = [[skeleton.index(side + end) for end in ENDS if side + end in skeleton.keypoints] for side in SIDES]
    seen = [arm for arm in arms if arm and np.isfinite(persons.points[:, arm]).any(axis=0).all()]
    if not seen:
        raise DatasetError(f'no arm of skeleton {skeleton.name} was ever seen in space')
    points = [_even(times, stamps, persons.points[first][:, arm]) for arm in seen]
    noise = [_noise(arm) for arm in points]
    return ArmMotion(times, points, noise, np.max([_speeds(times, arm) for arm in points], axis=0))


def _even(times: np.ndarray, stamps: np.ndarray, points: np.ndarray) -> np.ndarray:
    columns = points.reshape(len(stamps), -1).T
    known = np.isfinite(columns)
    even = [np.interp(times, stamps[there], column[there]) for column, there in zip(columns, known)]
    return np.stack(even, axis=1).reshape(len(times), *points.shape[1:])


def _noise(points: np.ndarray) -> np.ndarray:
    """From second differences, whose variance is six times that of the noise; the median knows no outliers."""
    return np.maximum(1.4826 * np.median(np.abs(np.diff(points, 2, axis=0)), axis=0) / np.sqrt(6), LEAST_NOISE)


def _speeds(times: np.ndarray, points: np.ndarray) -> np.ndarray:
    smooth = median_filter(points, (MEDIAN, 1, 1), mode='nearest')
    velocities = savgol_filter(smooth, LINE, 1, deriv=1, delta=times[1] - times[0], axis=0, mode='nearest')
    return np.sqrt((velocities ** 2).sum(axis=2).mean(axis=1))
