"""When a person raises the hand that does not teach."""
from __future__ import annotations

import numpy as np
from scipy.ndimage import median_filter

from pose_ros.demonstrations.demonstration import Sightings
from pose_ros.demonstrations.settings import GestureSettings
from pose_ros.skeletons import Skeleton

SMOOTH = 5


def raised(persons: Sightings, skeleton: Skeleton, settings: GestureSettings) -> list[tuple[float, float]]:
    """Stamps of begin and end of every raise [s]; up is z of the base frame.

    Raises:
        SkeletonError: the skeleton has no such wrist or shoulder.
    """
    wrist, shoulder = (skeleton.index(f'{settings.hand}_{name}') for name in ('wrist', 'shoulder'))
    height = median_filter(persons.points[:, wrist, 2] - persons.points[:, shoulder, 2], SMOOTH, mode='nearest')
    change = np.diff(np.concatenate([[0], (height > settings.above).astype(int), [0]]))
    begins, ends = np.flatnonzero(change == 1), np.flatnonzero(change == -1) - 1
    raises = [(float(persons.stamps[begin]), float(persons.stamps[end])) for begin, end in zip(begins, ends)]
    return [(begin, end) for begin, end in raises if end - begin >= settings.hold_s]
