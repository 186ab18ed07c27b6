"""Fits `estimators.calibration.Calibration` on held-out scenes, and shows how far scores are chances."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from pose_ros.errors import DatasetError
from pose_ros.estimators.calibration import chance, log_odds
from pose_ros.estimators.estimator import Estimator
from pose_ros.skeletons import COCO17
from pose_ros.training.annotations import LabelledImage, LabelledPerson
from pose_ros.training.similarity import oks
from pose_ros.types import Person

RIGHT = 0.5     # similarity of what counts as right: OKS of a person, its one term of a keypoint
ABOUT = 0.1     # OKS from which a skeleton is about a person: its keypoints are compared with that person's
FEWEST = 20     # answers, right and wrong ones, below which nothing can be fitted


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Answers of a network.

    Attributes:
        scores: (N,) float64.
        right: (N,) bool: whether each was.
    """

    scores: np.ndarray
    right: np.ndarray

    @classmethod
    def joined(cls, parts: Sequence[Outcomes]) -> Outcomes:
        """All answers of several."""
        return cls(np.concatenate([np.zeros(0), *(part.scores for part in parts)]),
                   np.concatenate([np.zeros(0, bool), *(part.right for part in parts)]))

    def calibrated(self, slope: float, offset: float) -> Outcomes:
        """The same answers with chances for scores."""
        return Outcomes(chance(self.scores, slope, offset), self.right)


@dataclass(frozen=True, eq=False)
class Answers:
    """What an estimator answered on labelled images: its persons, its keypoints, and how many people there were."""

    persons: Outcomes
    keypoints: Outcomes
    people: int


def collect(estimator: Estimator, images: Iterable[np.ndarray], labels: Sequence[LabelledImage]) -> Answers:
    """How often an estimator is right.

    Persons in a box of a crowd are neither right nor wrong, nor are keypoints without a label.

    Args:
        images: (H, W, 3) uint8 RGB, one per label.
    """
    persons, keypoints = [], []
    for image, label in zip(images, labels):
        found = [person.as_skeleton(COCO17) for person in estimator.estimate([image])[0]]
        persons.append(judge_persons(label, found))
        keypoints.append(_keypoints(label, found))
    people = sum(person.counts for label in labels for person in label.persons)
    return Answers(Outcomes.joined(persons), Outcomes.joined(keypoints), people)


def f1_score(answers: Answers, slope: float, offset: float, threshold: float) -> float:
    """F1 of the persons whose chance reaches a threshold: 2 right / (found + people); NaN with nobody at all."""
    kept = answers.persons.right[answers.persons.calibrated(slope, offset).scores >= threshold]
    both = len(kept) + answers.people
    return 2 * float(kept.sum()) / both if both else float('nan')


def fit(parts: Sequence[Outcomes]) -> tuple[float, float]:
    """Slope and offset of the chances under which outcomes are likeliest, the slope never negative (Platt 1999).

    Args:
        parts: outcomes by where they come from; each part weighs the same, however many answers it has.

    Raises:
        DatasetError: too few answers were right, or wrong.
    """
    outcomes = Outcomes.joined(parts)
    rights, wrongs = int(outcomes.right.sum()), int((~outcomes.right).sum())
    if min(rights, wrongs) < FEWEST:
        raise DatasetError(f'{rights} answers were right and {wrongs} wrong; allowed: at least {FEWEST} of each')
    odds = log_odds(outcomes.scores)
    # Platt's targets (his eq. 11) keep the chances of few outcomes away from 0 and 1.
    target = np.where(outcomes.right, (rights + 1) / (rights + 2), 1 / (wrongs + 2))
    weights = np.concatenate([np.full(len(part.scores), 1 / len(part.scores)) for part in parts if len(part.scores)])

    def surprise(values: np.ndarray) -> float:
        logit = values[0] * odds + values[1]
        return float(np.average(np.logaddexp(0, logit) - target * logit, weights=weights))

    found = minimize(surprise, (1.0, 0.0), method='L-BFGS-B', bounds=((0, None), (None, None)))
    return float(found.x[0]), float(found.x[1])


def reliability(outcomes: Outcomes, bins: int = 10) -> np.ndarray:
    """(B, 3) per bin of the score with answers in it: mean score, share of right ones, their number."""
    which = np.minimum((outcomes.scores * bins).astype(int), bins - 1)
    rows = [(outcomes.scores[which == b].mean(), outcomes.right[which == b].mean(), (which == b).sum())
            for b in np.unique(which)]
    return np.array(rows, float).reshape(-1, 3)


def calibration_error(outcomes: Outcomes) -> float:
    """Expected calibration error: the mean distance of score and share of right ones (1706.04599, eq. 3)."""
    rows = reliability(outcomes)
    return float(np.average(abs(rows[:, 0] - rows[:, 1]), weights=rows[:, 2])) if len(rows) else float('nan')


def judge_persons(label: LabelledImage, found: Sequence[Person]) -> Outcomes:
    """Which of the persons found in a photo are right: alike to somebody whom no better one is alike to.

    Args:
        found: with the skeleton COCO17.
    """
    people = [person for person in label.persons if person.counts]
    left, scores, right = oks(people, found), [], []
    for i in np.argsort([-person.score for person in found]):
        best = int(left[:, i].argmax()) if people else -1
        is_right = bool(people) and left[best, i] >= RIGHT
        if is_right:
            left[best] = -1
        if is_right or not _in_crowd(found[i], label.persons):
            scores.append(found[i].score)
            right.append(is_right)
    return Outcomes(np.array(scores, float), np.array(right, bool))


def _keypoints(label: LabelledImage, found: Sequence[Person]) -> Outcomes:
    people, parts = [person for person in label.persons if person.counts], []
    alike = oks(people, found)
    for i, person in enumerate(found):
        best = int(alike[:, i].argmax()) if people else -1
        if people and alike[best, i] >= ABOUT:
            known = person.found & people[best].labelled
            distance2 = ((person.keypoints - people[best].keypoints)[known] ** 2).sum(1)
            similarity = np.exp(-distance2 / (2 * (2 * COCO17.sigmas[known]) ** 2 * people[best].area))
            parts.append(Outcomes(person.scores[known].astype(float), similarity >= RIGHT))
        elif not _in_crowd(person, label.persons):
            parts.append(Outcomes(person.scores[person.found].astype(float), np.zeros(person.found.sum(), bool)))
    return Outcomes.joined(parts)


def _in_crowd(person: Person, labelled: Sequence[LabelledPerson]) -> bool:
    """Whether most keypoints of a person lie in boxes of crowds."""
    points, inside = person.keypoints[person.found], np.zeros(int(person.found.sum()), bool)
    for left, top, width, height in (one.box for one in labelled if one.crowd):
        inside |= ((points >= (left, top)) & (points <= (left + width, top + height))).all(axis=1)
    return bool(inside.mean() > 0.5) if len(inside) else False
