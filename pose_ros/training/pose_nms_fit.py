"""Learning the parameters of the pose NMS, two at a time (Fang et al., 1612.00137, section 3.3)."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from pose_ros.grouping.pose_nms import pose_nms
from pose_ros.grouping.settings import PoseNmsSettings
from pose_ros.training.annotations import LabelledImage
from pose_ros.training.similarity import average_precision
from pose_ros.types import Person

STEPS = (0.5, 0.71, 1.0, 1.41, 2.0)  # factors that are tried
PAIRS = (('nms_threshold', 'nms_weight'), ('nms_score_scale', 'nms_distance_scale'))


@dataclass(frozen=True, eq=False)
class Redundant:
    """The poses of one image before the NMS.

    Attributes:
        persons: with the skeleton COCO17, several of each human. scores: (P, K) and keypoints (P, K, 2) [px] of all
            keypoints that were found.
    """

    persons: Sequence[Person]
    keypoints: np.ndarray
    scores: np.ndarray


def fit_pose_nms(labels: Sequence[LabelledImage], found: Sequence[Redundant], start: PoseNmsSettings,
                 rounds: int = 3) -> tuple[PoseNmsSettings, float]:
    """The settings with the best average precision, and that precision.

    Each pair of parameters is tried on a grid round the best so far, as in the paper; the steps become smaller.

    Args:
        labels: of the images. found: in them.
        rounds: of both pairs.
    """
    best, precision = start, _precision(labels, found, start)
    for number in range(rounds):
        for pair in PAIRS:
            for tried in _around(best, pair, 1 / (number + 1)):
                reached = _precision(labels, found, tried)
                if reached > precision:
                    best, precision = tried, reached
    return best, precision


def _around(settings: PoseNmsSettings, pair: tuple[str, str], power: float) -> Iterator[PoseNmsSettings]:
    for factors in product(STEPS, STEPS):
        yield settings.changed(**{name: round(float(getattr(settings, name) * factor ** power), 4)
                                  for name, factor in zip(pair, factors)})


def _precision(labels: Sequence[LabelledImage], found: Sequence[Redundant], settings: PoseNmsSettings) -> float:
    """AP over OKS 0.50:0.95 after the NMS."""
    kept = [_kept(one, settings) for one in found]
    return average_precision(labels, kept)[0]


def _kept(found: Redundant, settings: PoseNmsSettings) -> list[Person]:
    ranks = np.array([person.score for person in found.persons])
    kept, _ = pose_nms(found.keypoints, found.scores, ranks, settings)
    return [found.persons[i] for i in kept]
