"""Top-down estimation: letterbox -> boxes of people -> a pose in each box -> one pose of everybody -> persons.

Detectors give several boxes of one person, so parametric pose NMS, RMPE's part, closes every one of these systems.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn

from pose_ros.errors import EstimatorError
from pose_ros.estimators.calibration import Calibration
from pose_ros.estimators.device import choose_device, choose_precision, memory_errors, use_threads
from pose_ros.estimators.estimator import EstimatorSettings
from pose_ros.grouping.pose_nms import merge, pose_nms
from pose_ros.grouping.settings import GroupingSettings
from pose_ros.image import Letterbox, check_image, same_sized
from pose_ros.skeletons import Skeleton
from pose_ros.types import Person
from pose_ros.weights import sha256_of


@dataclass(frozen=True, eq=False)
class Poses:
    """The people found in one image.

    Attributes:
        keypoints: (P, K, 2) [px of the original image]. scores: (P, K) 0..1.
        boxes: (P,) how sure the detector is, 0..1.
    """

    keypoints: np.ndarray
    scores: np.ndarray
    boxes: np.ndarray


class PoseFinder(Protocol):
    """A detector and what finds a pose in its boxes.

    Attributes:
        multiple: the sides of the detector's input must be multiples of this [px].
    """

    multiple: int

    def find(self, batch: Tensor, images: Sequence[np.ndarray], letterboxes: Sequence[Letterbox],
             settings: EstimatorSettings, grouping: GroupingSettings) -> list[Poses]:
        """The people of each image.

        Args:
            batch: (N, 3, h, w) RGB in 0..1 on the device: the images through their letterboxes.
            images: N of (H, W, 3) uint8.

        Raises:
            EstimatorError: the network gave maps that are not finite.
        """


@dataclass(frozen=True, eq=False)
class Opened:
    """What a file of weights holds.

    Attributes:
        network: of the finder, on the CPU.
        facts: of its training; empty where nobody wrote them down.
    """

    network: nn.Module
    finder: PoseFinder
    skeleton: Skeleton
    facts: Mapping[str, Any]


class TopDownEstimator:
    """Boxes first, then a pose in each; see `Estimator`. Images of the same input size run as one batch.

    Of the grouping it takes `peak_threshold`, `min_keypoints` and the pose NMS. A person's score is the chance that
    the detector's score times the mean of the skeleton's keypoints stands for.
    """

    def __init__(self, name: str, model: str, finder: PoseFinder, skeleton: Skeleton, *, device: torch.device,
                 dtype: torch.dtype, settings: EstimatorSettings, grouping: GroupingSettings,
                 calibration: Calibration | None = None) -> None:
        """Take over networks that are on the device already."""
        self.name = name
        self.model = model
        self.skeleton = skeleton
        self.device = str(device)
        self._device = device
        self._dtype = dtype
        self._finder: PoseFinder | None = finder
        self._settings, self._grouping = settings, grouping
        self._calibration = calibration or Calibration()

    def estimate(self, images: Sequence[np.ndarray]) -> list[list[Person]]:
        """See `Estimator.estimate`."""
        if self._finder is None:
            raise EstimatorError('the estimator is closed; allowed: calls before close()')
        boxes = [self._letterbox(check_image(image), self._finder.multiple) for image in images]
        persons: list[list[Person]] = [[] for _ in images]
        for batch in same_sized(boxes):
            found = self._run(self._finder, [images[i] for i in batch], [boxes[i] for i in batch])
            for i, poses in zip(batch, found):
                persons[i] = self._persons(poses)
        return persons

    @property
    def memory_mb(self) -> float:
        """See `Estimator`."""
        return torch.cuda.memory_allocated(self._device) / 2**20 if self._device.type == 'cuda' else 0.0

    @property
    def figures(self) -> Mapping[str, float]:
        """See `Estimator`."""
        return {}

    def tune(self, settings: EstimatorSettings, grouping: GroupingSettings) -> None:
        """See `Estimator.tune`."""
        self._settings, self._grouping = settings, grouping

    def close(self) -> None:
        """See `Estimator.close`."""
        self._finder = None
        if self._device.type == 'cuda':
            torch.cuda.empty_cache()

    def _letterbox(self, image: np.ndarray, multiple: int) -> Letterbox:
        return Letterbox.fit(image.shape[1], image.shape[0], self._settings.input_size, multiple)

    def _run(self, finder: PoseFinder, images: list[np.ndarray], boxes: list[Letterbox]) -> list[Poses]:
        pixels = np.stack([box.apply(image) for box, image in zip(boxes, images)])
        half = torch.autocast(self._device.type, self._dtype, enabled=self._dtype != torch.float32)
        with torch.inference_mode(), memory_errors(self._device), half:
            batch = torch.from_numpy(pixels).to(self._device).permute(0, 3, 1, 2).float() / 255
            return finder.find(batch, images, boxes, self._settings, self._grouping)

    def _persons(self, poses: Poses) -> list[Person]:
        """Those with enough keypoints and score, one of everybody, best first."""
        found = (poses.scores >= self._grouping.peak_threshold) & np.isfinite(poses.keypoints).all(2)
        scores = np.where(found, poses.scores, 0).clip(0, 1)
        person = poses.boxes.clip(0, 1) * scores.mean(1)
        likely = self._calibration.persons(person) >= self._settings.min_person_score
        enough = (found.sum(1) >= self._grouping.min_keypoints) & likely
        keypoints = np.where(found[..., None], poses.keypoints, np.nan)[enough]
        scores, person = scores[enough], person[enough]
        kept, stands_for = pose_nms(keypoints, scores, person, self._grouping)
        merged = merge(keypoints, scores, kept, stands_for)
        return [self._calibration.apply(Person(self.skeleton, one, scores[i], float(person[i])))
                for i, one in zip(kept, merged)]


def load_top_down(name: str, path: Path, settings: EstimatorSettings, grouping: GroupingSettings,
                  open_file: Callable[[Path], Opened]) -> TopDownEstimator:
    """The estimator of a file of weights, on the device of the settings, with the scores that its facts ask for.

    Args:
        name: of the estimator.

    Raises:
        SettingError: the device does not exist, or cannot do what the settings ask for.
        WeightsError: the weights are missing, damaged or made for another network.
        EstimatorError: the network does not fit into the device's memory.
    """
    device = choose_device(settings.device)
    dtype = choose_precision(settings.precision, device)
    opened = open_file(path)
    use_threads(settings.threads)
    with memory_errors(device):
        opened.network.to(device).eval()
    return TopDownEstimator(name, f'{name}@{sha256_of(path)[:12]}', opened.finder, opened.skeleton, device=device,
                            dtype=dtype, settings=settings, grouping=grouping,
                            calibration=Calibration.of_checkpoint(opened.facts, name))
