"""What tells whether two peaks belong to one person: support of a PAF, offsets and distances in body sizes."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pose_ros.grouping.candidates import Candidates
from pose_ros.grouping.matching import match
from pose_ros.grouping.peaks import Peaks
from pose_ros.skeletons import Skeleton

# Sides of the trunk: no limb has a PAF there, and they alone hold a person together whose neck is hidden.
_TRUNK = (('left_shoulder', 'right_shoulder'), ('left_hip', 'right_hip'), ('left_shoulder', 'left_hip'),
          ('right_shoulder', 'right_hip'))
# In body sizes; what is farther apart is alike: not one person.
_FARTHEST_OFFSET = 1.0
_FARTHEST_TWIN = 0.3


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of peaks with evidence of one kind.

    Attributes:
        group: (n,) int64: limb, trunk side or keypoint, the row of the regression that judges the pair.
        first, second: (n,) int64 peaks.
        features: (n, F) float64, the first 1.
    """

    group: np.ndarray
    first: np.ndarray
    second: np.ndarray
    features: np.ndarray


def trunk_indices(skeleton: Skeleton) -> np.ndarray:
    """(T, 2) int64: those sides of the trunk that are no limbs of the skeleton, as keypoint indices."""
    names = [side for side in _TRUNK if set(side) <= set(skeleton.keypoints) and side not in skeleton.limbs]
    return np.array([[skeleton.index(name) for name in side] for side in names], np.int64).reshape(-1, 2)


def body_sizes(peaks: Peaks, candidates: Candidates, limb_sizes: np.ndarray) -> np.ndarray:
    """(P,) float64 the size [cells] of the person each peak seems to be of; NaN for peaks without a limb.

    Greedily matched limbs tell it best; of peaks that none of these has, all limbs.

    Args:
        limb_sizes: (L,) length of each limb in body sizes.
    """
    matched = _mean_sizes(peaks, match(candidates, len(peaks.score)), limb_sizes)
    return np.where(np.isnan(matched), _mean_sizes(peaks, candidates, limb_sizes), matched)


def _mean_sizes(peaks: Peaks, limbs: Candidates, limb_sizes: np.ndarray) -> np.ndarray:
    ends = np.concatenate([limbs.first, limbs.second])
    size = np.log(np.maximum(_length(peaks, limbs.first, limbs.second), 0.5) / limb_sizes[limbs.limb])
    weight = np.tile(limbs.score, 2).astype(float)
    total = np.bincount(ends, weight, len(peaks.score))
    mean = np.bincount(ends, weight * np.tile(size, 2), len(peaks.score))
    return np.exp(np.divide(mean, total, out=np.full(len(total), np.nan), where=total > 0))


def limb_pairs(peaks: Peaks, candidates: Candidates, sizes: np.ndarray, limb_sizes: np.ndarray) -> Pairs:
    """Pairs that a PAF supports: its support, its square, the limb's length in body sizes, how unlike the sizes are."""
    first, second, score = candidates.first, candidates.second, candidates.score.astype(float)
    size, unlike = _sizes_of(sizes, first, second)
    length = np.log(np.maximum(_length(peaks, first, second), 0.5) / (size * limb_sizes[candidates.limb]))
    features = [np.ones(len(score)), score, score ** 2, length, length ** 2, unlike]
    return Pairs(candidates.limb, first, second, np.stack(features, axis=1).reshape(-1, 6))


def trunk_pairs(peaks: Peaks, sizes: np.ndarray, trunk: np.ndarray) -> Pairs:
    """Ends of the sides of a trunk that are not too far apart: their offset up to the second order, and its direction.

    The offset is in body sizes, so that the regression can learn a Gaussian of where the other end should be.
    """
    found = [_near(peaks, sizes, a, b, _FARTHEST_OFFSET) for a, b in trunk]
    first, second = (np.concatenate(ends) for ends in zip(*found)) if found else (np.zeros(0, np.int64),) * 2
    size, unlike = _sizes_of(sizes, first, second)
    x, y = (peaks.position[:, second] - peaks.position[:, first]) / size
    features = np.stack([np.ones(len(x)), x, y, x * x, x * y, y * y, unlike], axis=1)
    return Pairs(np.repeat(np.arange(len(found)), [len(ends[0]) for ends in found]), first, second, features)


def twin_pairs(peaks: Peaks, sizes: np.ndarray, keypoints: int) -> Pairs:
    """Near peaks of one keypoint, which may be one keypoint seen twice: their distance in body sizes."""
    found = [_near(peaks, sizes, k, k, _FARTHEST_TWIN) for k in range(keypoints)]
    first, second = (np.concatenate(ends) for ends in zip(*found))
    kept = first < second
    first, second = first[kept], second[kept]
    distance = _length(peaks, first, second) / _sizes_of(sizes, first, second)[0]
    return Pairs(peaks.keypoint[first], first, second, np.stack([np.ones(len(first)), distance], axis=1))


def unary_features(peaks: Peaks) -> np.ndarray:
    """(P, 2): 1 and the logarithm of the height of the peak."""
    return np.stack([np.ones(len(peaks.score)), np.log(np.clip(peaks.score, 1e-3, 1.0))], axis=1)


def _near(peaks: Peaks, sizes: np.ndarray, a: int, b: int, farthest: float) -> tuple[np.ndarray, np.ndarray]:
    """Peaks of keypoints a and b whose distance is below `farthest` body sizes."""
    ends_a, ends_b = (slice(*np.searchsorted(peaks.keypoint, [k, k + 1])) for k in (a, b))
    x, y = (np.subtract.outer(line[ends_a], line[ends_b]) for line in peaks.position)
    allowed = farthest ** 2 * np.multiply.outer(sizes[ends_a], sizes[ends_b])
    i, j = np.nonzero(x * x + y * y < allowed)
    return i + ends_a.start, j + ends_b.start


def _sizes_of(sizes: np.ndarray, first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The geometric mean of the sizes of pairs, and the logarithm of their ratio, without sign; 1 and 0 if unknown."""
    size = np.sqrt(sizes[first] * sizes[second])
    unlike = np.abs(np.log(sizes[first] / sizes[second]))
    return np.nan_to_num(size, nan=1.0), np.nan_to_num(unlike)


def _length(peaks: Peaks, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    way = peaks.position[:, first] - peaks.position[:, second]
    return np.sqrt((way * way).sum(axis=0)).astype(float)
