"""The interface of all estimators, their settings, and their registry."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import Protocol

import numpy as np

from pose_ros.grouping.settings import GroupingSettings
from pose_ros.settings import Settings, setting
from pose_ros.skeletons import Skeleton
from pose_ros.types import Person

# Name -> module with `load(settings, grouping) -> Estimator`; imported on use, so that nobody pays for the others.
ESTIMATORS: Mapping[str, str] = MappingProxyType({
    'openpose': 'pose_ros.estimators.openpose',
    'deepcut': 'pose_ros.estimators.deepcut',
    'rmpe': 'pose_ros.estimators.rmpe',
    'mask_rcnn': 'pose_ros.estimators.mask_rcnn',
})


class Estimator(Protocol):
    """Finds people in images.

    Attributes:
        name: key of the registry, e.g. 'openpose'.
        model: name and first 12 hexadecimal digits of the weights' sha256, e.g. 'openpose@0123456789ab'.
        skeleton: of the persons.
        device: where it runs, e.g. 'cpu' or 'cuda:0'.
        memory_mb: held on that device [MB]; 0 on the CPU.
        figures: what there is to say of the last image, by name; for diagnostics, may be empty.
    """

    name: str
    model: str
    skeleton: Skeleton
    device: str

    @property
    def memory_mb(self) -> float:
        """See above."""

    @property
    def figures(self) -> Mapping[str, float]:
        """See above."""

    def estimate(self, images: Sequence[np.ndarray]) -> list[list[Person]]:
        """The persons of each image, best first, in image px.

        Args:
            images: (H, W, 3) uint8 RGB each; sizes may differ.

        Raises:
            ImageError: an image has another shape or type.
            EstimatorError: out of memory, or the network gave NaN; the next call works again.
        """

    def tune(self, settings: EstimatorSettings, grouping: GroupingSettings) -> None:
        """Use other thresholds, flip and input size from the next call on; may be called from another thread.

        The estimator, device, weights, precision and threads stay those it was loaded with.
        """

    def close(self) -> None:
        """Free the memory; `estimate` raises EstimatorError from now on."""


@dataclass(frozen=True)
class EstimatorSettings(Settings):
    """Which estimator runs, and how."""

    estimator: str = setting('openpose', 'Which estimator finds the people', choices=tuple(ESTIMATORS))
    device: str = setting('auto', 'Where the network runs: auto, cpu, cuda or cuda:N; auto prefers CUDA')
    weights: str = setting('', 'Name of registered weights, or a file of your own; empty = the ones in the package')
    input_size: int = setting(480, 'Long side of the network input [px]', low=64, high=2048)
    precision: str = setting('auto', 'Arithmetic of the network; auto = fp16 on CUDA, fp32 elsewhere',
                             choices=('auto', 'fp32', 'fp16'))
    threads: int = setting(0, 'CPU threads of the network; 0 = one per core', low=0, high=256)
    flip: bool = setting(False, 'Average with the mirrored image: more accurate, twice the time')
    half_scale: bool = setting(True, 'Bottom-up: average with half the size: finds more close people, costs half more')
    min_person_score: float = setting(0.15, 'Persons with a lower score are dropped', low=0.0, high=1.0)


def load(settings: EstimatorSettings, grouping: GroupingSettings | None = None) -> Estimator:
    """The estimator that the settings name, ready to run.

    Raises:
        SettingError: the device does not exist, or cannot do what the settings ask for.
        WeightsError: the weights are missing, damaged or made for another network.
    """
    module = import_module(ESTIMATORS[settings.estimator])
    estimator: Estimator = module.load(settings, grouping or GroupingSettings())
    return estimator
