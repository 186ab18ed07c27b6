"""Scores that mean something: from a network's raw scores to the chances of being right (Platt 1999)."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from pose_ros.errors import WeightsError
from pose_ros.types import Person

# Raw scores of exactly 0 and 1 have no odds.
_SMALLEST = 1e-4


@dataclass(frozen=True)
class Calibration:
    """chance = 1 / (1 + exp(-(slope * log(score / (1 - score)) + offset))); as it is, it changes nothing.

    Attributes:
        person_slope, person_offset: of the score of a person: the chance that somebody is there, alike at OKS >= 0.5.
        keypoint_slope, keypoint_offset: of the score of a keypoint: the chance that it alone is alike at OKS >= 0.5.
    """

    person_slope: float = 1.0
    person_offset: float = 0.0
    keypoint_slope: float = 1.0
    keypoint_offset: float = 0.0

    @classmethod
    def of_checkpoint(cls, facts: Mapping[str, Any], estimator: str) -> Calibration:
        """The calibration of an estimator among a checkpoint's training facts; without any, scores stay raw.

        Raises:
            WeightsError: it is malformed.
        """
        values = facts.get('calibration', {})
        try:
            return cls(**{name: float(value) for name, value in values.get(estimator, {}).items()})
        except (AttributeError, TypeError, ValueError) as error:
            raise WeightsError(f'the calibration of the checkpoint is malformed: {values!r} ({error}); allowed: '
                               'numbers, as `pose-ros calibrate` writes them') from error

    def apply(self, person: Person) -> Person:
        """The person with chances for scores; what was not found keeps score 0."""
        if self == Calibration():
            return person
        scores = chance(person.scores, self.keypoint_slope, self.keypoint_offset)
        return replace(person, scores=np.where(person.found, scores, 0), score=float(self.persons(person.score)))

    def persons(self, scores: np.ndarray | float) -> np.ndarray:
        """The chances of persons of these scores."""
        return chance(np.asarray(scores), self.person_slope, self.person_offset)


def chance(scores: np.ndarray, slope: float, offset: float) -> np.ndarray:
    """Raw scores, 0..1 of any shape -> chances of that shape, float64."""
    return 1 / (1 + np.exp(-(slope * log_odds(scores) + offset)))


def log_odds(scores: np.ndarray) -> np.ndarray:
    """log(score / (1 - score)) of scores, clipped away from 0 and 1."""
    clipped = np.clip(np.asarray(scores, float), _SMALLEST, 1 - _SMALLEST)
    return np.log(clipped / (1 - clipped))
