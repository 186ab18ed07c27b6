"""Learning the parameters of the pose NMS, two at a time (Fang et al., 1612.00137, section 3.3).

The paper asks for the best average precision. That hardly minds a second pose of low score of somebody, which a robot
minds; so here every pose counts alike: twice the people found, over the people and the poses there are (F1).
"""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np

from pose_ros.grouping.pose_nms import pose_nms
from pose_ros.grouping.settings import PoseNmsSettings
from pose_ros.skeletons import COCO17
from pose_ros.training.annotations import LabelledImage
from pose_ros.training.similarity import is_matched, oks
from pose_ros.types import Person

FACTORS = (0.5, 0.71, 1.0, 1.41, 2.0)  # on the best so far
PAIRS = (('nms_threshold', 'nms_weight'), ('nms_score_scale', 'nms_distance_scale'))


def fit_pose_nms(labels: Sequence[LabelledImage], found: Sequence[Sequence[Person]], start: PoseNmsSettings,
                 rounds: int = 2) -> tuple[PoseNmsSettings, float]:
    """The settings with the best F1 at OKS 0.5, and that F1.

    Each pair of parameters is tried on a grid round the best so far, as in the paper, ever finer.

    Args:
        labels: of the images.
        found: the persons in each before the NMS, several of each human.
        rounds: of both pairs.
    """
    best, most = start, f1(labels, found, start)
    for number in range(rounds):
        for pair in PAIRS:
            for tried in _around(best, pair, 1 / (number + 1)):
                reached = f1(labels, found, tried)
                if reached > most:
                    best, most = tried, reached
    return best, most


def suppress(persons: Sequence[Person], settings: PoseNmsSettings) -> list[Person]:
    """Those of one image that the NMS leaves."""
    if not persons:
        return []
    keypoints, scores = (np.stack([getattr(person, name) for person in persons]) for name in ('keypoints', 'scores'))
    kept, _ = pose_nms(keypoints, scores, np.array([person.score for person in persons]), settings)
    return [persons[i] for i in kept]


def _around(settings: PoseNmsSettings, pair: tuple[str, str], power: float) -> Iterator[PoseNmsSettings]:
    for factors in product(FACTORS, FACTORS):
        yield settings.changed(**{name: round(float(getattr(settings, name) * factor ** power), 4)
                                  for name, factor in zip(pair, factors)})


def f1(labels: Sequence[LabelledImage], found: Sequence[Sequence[Person]], settings: PoseNmsSettings) -> float:
    """0..1 after the NMS; see above."""
    matched, total = 0, 0
    for label, persons in zip(labels, found):
        people = [person for person in label.persons if person.counts]
        kept = [person.as_skeleton(COCO17) for person in suppress(persons, settings)]
        matched += int(is_matched(oks(people, kept), np.array([person.area for person in people])).sum())
        total += len(people) + len(kept)
    return 2 * matched / max(total, 1)
