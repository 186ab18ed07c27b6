"""Learned probabilities -> the costs log((1 - p) / p) of DeepCut's problem (1511.06645, equation 3)."""
from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from pose_ros.errors import WeightsError
from pose_ros.grouping.candidates import Candidates
from pose_ros.grouping.multicut_features import (
    Pairs,
    body_sizes,
    limb_pairs,
    trunk_indices,
    trunk_pairs,
    twin_pairs,
    unary_features,
)
from pose_ros.grouping.peaks import Peaks
from pose_ros.grouping.subset_partition import Problem
from pose_ros.skeletons import Skeleton

_HIGHEST = 8.0      # a probability of 0.0003, or 0.9997: no regression knows better


@dataclass(frozen=True, eq=False)
class Regressions:
    """Logistic regressions, one row each, on the features of `multicut_features`.

    Attributes:
        skeleton: its name.
        limb_sizes: (L,) usual length of each limb in body sizes.
        unary: (K, 2) is a peak of a keypoint real?
        limbs: (L, 6) are a limb's ends of one person?
        trunk: (T, 7) the same for sides of the trunk.
        twins: (K, 2) the same for two peaks of one keypoint.
        unsupported: (L,) logarithm of the odds that ends of a limb without a PAF between them are of one person.
        far: (T,) the same for ends of the sides of a trunk that are far apart.
        apart: (K,) the same for peaks of one keypoint that are far apart.
    """

    skeleton: str
    limb_sizes: np.ndarray
    unary: np.ndarray
    limbs: np.ndarray
    trunk: np.ndarray
    twins: np.ndarray
    unsupported: np.ndarray
    far: np.ndarray
    apart: np.ndarray

    def pairs(self, peaks: Peaks, candidates: Candidates, skeleton: Skeleton) -> tuple[Pairs, Pairs, Pairs]:
        """The pairs with evidence: limbs, sides of the trunk, twins."""
        sizes = body_sizes(peaks, candidates, self.limb_sizes)
        return (limb_pairs(peaks, candidates, sizes, self.limb_sizes),
                trunk_pairs(peaks, sizes, trunk_indices(skeleton)), twin_pairs(peaks, sizes, len(skeleton)))

    def problem(self, peaks: Peaks, candidates: Candidates, skeleton: Skeleton, missed_cost: float = 1.0) -> Problem:
        """DeepCut's problem of the peaks of one image; every peak is a site of its own.

        Args:
            missed_cost: of not choosing a real peak or limb, in costs of choosing a wrong one. Bayes' decision is then
                for what is more probable than 1 / (1 + missed_cost).
        """
        pairs, gain = self.pairs(peaks, candidates, skeleton), np.log(missed_cost)
        costs = [_cost(rows[one.group], one.features, bias) for rows, one, bias in
                 zip((self.limbs, self.trunk, self.twins), pairs, (gain, 0.0, 0.0))]
        first, second = (np.concatenate(ends) for ends in (zip(*((one.first, one.second) for one in pairs))))
        return Problem(_cost(self.unary[peaks.keypoint], unary_features(peaks), gain), peaks.keypoint,
                       np.arange(len(peaks.score)), first, second, np.concatenate(costs), self._otherwise(skeleton))

    def _otherwise(self, skeleton: Skeleton) -> np.ndarray:
        otherwise = np.zeros((len(skeleton), len(skeleton)))
        np.fill_diagonal(otherwise, -self.apart)
        for ends, odds in ((trunk_indices(skeleton), self.far), (skeleton.limb_indices, self.unsupported)):
            otherwise[ends[:, 0], ends[:, 1]] = otherwise[ends[:, 1], ends[:, 0]] = -odds
        return np.clip(otherwise, 0, _HIGHEST)

    def save(self, path: Path) -> None:
        """Write them as JSON."""
        plain = asdict(self)
        name = plain.pop('skeleton')
        plain = {'skeleton': name, **{key: value.round(4).tolist() for key, value in plain.items()}}
        path.write_text(json.dumps(plain, indent=1) + '\n')


def _cost(weights: np.ndarray, features: np.ndarray, gain: float) -> np.ndarray:
    """(n,) log((1 - p) / p), which for a logistic regression is minus its argument, less the gain."""
    return np.clip(-(weights * features).sum(axis=1) - gain, -_HIGHEST, _HIGHEST)


def load_regressions(path: Path, skeleton: Skeleton) -> Regressions:
    """The regressions of a file.

    Raises:
        WeightsError: the file is missing or damaged, or made for another skeleton.
    """
    try:
        entries = json.loads(path.read_text())
        made = Regressions(entries.pop('skeleton'), **{name: np.array(value, float) for name, value in entries.items()})
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise WeightsError(f'cannot read the regressions {path.name}: {error!r}; allowed: a file written by '
                           '`python -m pose_ros.training.pairwise`') from error
    if made.skeleton != skeleton.name:
        raise WeightsError(f'{path.name} is for the skeleton {made.skeleton}, the network has {skeleton.name}; '
                           'allowed: the same skeleton')
    return _checked(made, path, skeleton)


def _checked(made: Regressions, path: Path, skeleton: Skeleton) -> Regressions:
    keypoints, limbs, sides = len(skeleton), len(skeleton.limbs), len(trunk_indices(skeleton))
    shapes = {'limb_sizes': (limbs,), 'unary': (keypoints, 2), 'limbs': (limbs, 6), 'trunk': (sides, 7),
              'twins': (keypoints, 2), 'unsupported': (limbs,), 'far': (sides,), 'apart': (keypoints,)}
    for name, shape in shapes.items():
        values = getattr(made, name)
        if values.shape != shape or not np.isfinite(values).all():
            raise WeightsError(f'{name} of {path.name} has the shape {values.shape}; allowed: {shape}, finite')
    return made
