"""An estimator without a network, for tests of what surrounds it. Imports no torch."""
from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np

from pose_ros.errors import EstimatorError
from pose_ros.estimators.estimator import EstimatorSettings
from pose_ros.grouping.settings import GroupingSettings
from pose_ros.image import check_image
from pose_ros.skeletons import OPENPOSE18, Skeleton
from pose_ros.types import Person


class FakeEstimator:
    """Answers with given persons, or with those that a function sees in the image.

    Example:
        estimator = FakeEstimator(lambda image: [person] if image.any() else [])
    """

    name = 'fake'
    model = 'fake@000000000000'
    device = 'cpu'
    memory_mb = 0.0
    figures: Mapping[str, float] = MappingProxyType({})

    def __init__(self, persons: Sequence[Person] | Callable[[np.ndarray], Sequence[Person]] = (), *,
                 skeleton: Skeleton = OPENPOSE18, delay_s: float = 0.0,
                 before: Callable[[int], None] | None = None) -> None:
        """Prepare the answers.

        Args:
            persons: of every image, or a function from the RGB image to them.
            skeleton: of the persons.
            delay_s: time that every call takes at least [s].
            before: called with the number of the call (0, 1, ...) before anything else; may raise or wait.
        """
        self.skeleton = skeleton
        self.calls = 0
        self.closed = False
        self.tuned: tuple[EstimatorSettings, GroupingSettings] | None = None
        self._persons = persons
        self._delay_s = delay_s
        self._before = before

    def estimate(self, images: Sequence[np.ndarray]) -> list[list[Person]]:
        """See `Estimator.estimate`."""
        self.calls += 1
        if self.closed:
            raise EstimatorError('the estimator is closed; allowed: calls before close()')
        if self._before is not None:
            self._before(self.calls - 1)
        if self._delay_s:
            time.sleep(self._delay_s)
        return [self._answer(check_image(image)) for image in images]

    def tune(self, settings: EstimatorSettings, grouping: GroupingSettings) -> None:
        """See `Estimator.tune`; they are kept in `tuned`."""
        self.tuned = settings, grouping

    def close(self) -> None:
        """See `Estimator.close`."""
        self.closed = True

    def _answer(self, image: np.ndarray) -> list[Person]:
        return list(self._persons(image) if callable(self._persons) else self._persons)
