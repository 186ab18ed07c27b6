"""Learns DeepCut's probabilities from synthetic people, by logistic regression."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pose_ros.estimators.estimator import EstimatorSettings
from pose_ros.grouping.multicut_costs import Regressions
from pose_ros.grouping.multicut_features import Pairs, trunk_indices, unary_features
from pose_ros.skeletons import OPENPOSE18, Skeleton
from pose_ros.synthetic.generator import GeneratorSettings, generate
from pose_ros.synthetic.shards import Shards
from pose_ros.training.pair_samples import Sample, drawn_samples, limb_sizes, network_samples
from pose_ros.training.pair_settings import PairSettings
from pose_ros.training.regression import fit_logistic, log_odds
from pose_ros.weights import register

SEED = 800_000      # of the scenes, far from those of training and of validation


def train_pairs(settings: PairSettings) -> Path:
    """Render scenes, find peaks in them, fit the regressions, write them; returns the file.

    Raises:
        DatasetError: no photos, no anny, no OpenGL, or a full disk.
        WeightsError: the shipped network cannot be loaded.
    """
    folder, output = Path(settings.folder), Path(settings.output)
    for _ in generate(folder, GeneratorSettings(scenes=settings.scenes, seed=SEED, shard=100, photos=settings.photos)):
        pass
    scenes = list(Shards(folder))[:settings.scenes]
    samples = [*network_samples(scenes, EstimatorSettings()), *drawn_samples(scenes, settings.crowds, SEED)]
    fit(samples, limb_sizes(scenes, OPENPOSE18), OPENPOSE18).save(output)
    register('deepcut', output.name, 'Apache-2.0', OPENPOSE18.name, output.parent)
    return output


def fit(samples: Sequence[Sample], sizes: np.ndarray, skeleton: Skeleton) -> Regressions:
    """Regressions for all kinds of evidence, each fitted to what is true of the samples' pairs."""
    keypoints, limbs, trunk = len(skeleton), len(skeleton.limbs), trunk_indices(skeleton)
    start = Regressions(skeleton.name, sizes, np.zeros((keypoints, 2)), np.zeros((limbs, 6)),
                        np.zeros((len(trunk), 7)), np.zeros((keypoints, 2)), np.zeros(limbs), np.zeros(len(trunk)),
                        np.zeros(keypoints))
    found = [start.pairs(sample.peaks, sample.candidates, skeleton) for sample in samples]
    kinds = [[pairs[kind] for pairs in found] for kind in range(3)]
    ends = skeleton.limb_indices, trunk, np.stack([np.arange(keypoints)] * 2, axis=1)
    return Regressions(skeleton.name, sizes, _fit_unary(samples, keypoints),
                       *(_fit_pairs(kind, samples, len(rows)) for kind, rows in zip(kinds, ends)),
                       *(_fit_rest(kind, samples, rows) for kind, rows in zip(kinds, ends)))


def _fit_unary(samples: Sequence[Sample], keypoints: int) -> np.ndarray:
    features = np.concatenate([unary_features(sample.peaks) for sample in samples])
    kind = np.concatenate([sample.peaks.keypoint for sample in samples])
    real = np.concatenate([sample.owner >= 0 for sample in samples])
    return np.stack([fit_logistic(features[kind == k], real[kind == k]) for k in range(keypoints)])


def _together(owner: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return (owner[first] >= 0) & (owner[first] == owner[second])


def _fit_pairs(found: Sequence[Pairs], samples: Sequence[Sample], rows: int) -> np.ndarray:
    features = np.concatenate([pairs.features for pairs in found])
    row = np.concatenate([pairs.group for pairs in found])
    together = np.concatenate([_together(sample.owner, pairs.first, pairs.second)
                               for pairs, sample in zip(found, samples)])
    return np.stack([fit_logistic(features[row == i], together[row == i]) for i in range(rows)])


def _fit_rest(found: Sequence[Pairs], samples: Sequence[Sample], ends: np.ndarray) -> np.ndarray:
    """(R,) log odds of all pairs of these keypoints that are not among the pairs with evidence."""
    right, all_ = np.zeros(len(ends)), np.zeros(len(ends))
    for pairs, sample in zip(found, samples):
        together = _together(sample.owner, pairs.first, pairs.second)
        right -= np.bincount(pairs.group[together], minlength=len(ends))
        all_ -= np.bincount(pairs.group, minlength=len(ends))
        for row, (a, b) in enumerate(ends):
            one, other = (sample.owner[sample.peaks.keypoint == k] for k in (a, b))
            both = np.equal.outer(one, other) & (one >= 0)[:, None]
            right[row] += (both.sum() - (a == b) * (one >= 0).sum()) / (1 + (a == b))
            all_[row] += len(one) * (len(other) - (a == b)) / (1 + (a == b))
    return log_odds(right, all_)
