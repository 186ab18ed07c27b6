"""What flows through the pipeline: people, as frozen dataclasses over read-only numpy arrays."""
from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from pose_ros.errors import SkeletonError
from pose_ros.skeletons import Skeleton


def _frozen(array: np.ndarray, dtype: type) -> np.ndarray:
    frozen = np.array(array, dtype)
    frozen.flags.writeable = False
    return frozen


@dataclass(frozen=True, eq=False)
class Person:
    """One detected human in one image.

    Attributes:
        skeleton: gives the K keypoints their names and order.
        keypoints: (K, 2) float32, x and y [px] of the original image, pixel centres at integers; NaN = not found.
        scores: (K,) float32, confidence 0..1 of each keypoint; 0 = not found.
        score: confidence 0..1 of the person.
        track_id: identity over time; -1 = not tracked.
    """

    skeleton: Skeleton
    keypoints: np.ndarray
    scores: np.ndarray
    score: float
    track_id: int = -1

    def __post_init__(self) -> None:
        count = len(self.skeleton)
        if np.shape(self.keypoints) != (count, 2) or np.shape(self.scores) != (count,):
            raise SkeletonError(f'{self.skeleton.name} needs keypoints ({count}, 2) and scores ({count},), '
                                f'got {np.shape(self.keypoints)} and {np.shape(self.scores)}')
        object.__setattr__(self, 'keypoints', _frozen(self.keypoints, np.float32))
        object.__setattr__(self, 'scores', _frozen(self.scores, np.float32))

    @property
    def found(self) -> np.ndarray:
        """(K,) bool: which keypoints have a position."""
        return np.isfinite(self.keypoints).all(axis=1)

    @property
    def bbox(self) -> np.ndarray:
        """(4,) float32: x, y, width, height [px] of the box around the found keypoints; NaN without any."""
        if not self.found.any():
            return np.full(4, np.nan, np.float32)
        low, high = self.keypoints[self.found].min(0), self.keypoints[self.found].max(0)
        return np.concatenate([low, high - low])

    def moved(self, scale: np.ndarray, offset: np.ndarray) -> Person:
        """The same person in another image: keypoints * scale + offset, both (2,) as x, y."""
        return replace(self, keypoints=self.keypoints * np.asarray(scale) + np.asarray(offset))

    def as_skeleton(self, skeleton: Skeleton) -> Person:
        """The same person with another skeleton's keypoints, matched by name; absent ones are NaN, score 0."""
        source = skeleton.indices_in(self.skeleton)
        keypoints = np.where(source[:, None] >= 0, self.keypoints[source], np.nan)
        return replace(self, skeleton=skeleton, keypoints=keypoints,
                       scores=np.where(source >= 0, self.scores[source], 0))
