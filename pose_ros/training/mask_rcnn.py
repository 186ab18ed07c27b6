"""Learning the small Mask R-CNN: boxes of people and their keypoints, on the features of the OpenPose network."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor

from pose_ros.networks.checkpoint import load_openpose
from pose_ros.networks.keypoint_rcnn import SmallRcnn, save_small_rcnn
from pose_ros.skeletons import OPENPOSE18
from pose_ros.training.batches import build_sources
from pose_ros.training.person_boxes import detectable
from pose_ros.training.settings import TrainSettings
from pose_ros.training.sources import Source
from pose_ros.training.top_down_files import digits_of, output_of, recipe
from pose_ros.training.top_down_settings import TopDownTraining
from pose_ros.weights import register

SIZES_PX = (224, 320)
Batch = tuple[Tensor, list[dict[str, Tensor]]]


class MaskRcnnTask:
    """See `fine_tuning.Task`.

    Raises:
        WeightsError: the OpenPose network to begin with is missing.
    """

    def __init__(self, settings: TopDownTraining) -> None:
        torch.manual_seed(settings.seed)
        self._settings = settings
        start, _ = load_openpose(settings.start)
        self.net = SmallRcnn(start.shape)
        self.started = self.net.openpose
        self.started.load_state_dict(start.state_dict())
        self.origin = digits_of(start)

    def batches(self, first: int) -> Iterator[Batch]:
        """Endless pictures and torchvision's targets."""
        random = np.random.default_rng((self._settings.seed, first))
        sources = build_sources(TrainSettings(folder=self._settings.folder))
        while True:
            yield draw_batch(random, sources, self._settings.batch, int(random.choice(SIZES_PX)))

    def losses(self, net: Any, batch: Batch) -> Mapping[str, Tensor]:
        """torchvision's five."""
        losses: Mapping[str, Tensor] = net.losses(*batch)
        return losses

    def write(self, net: Any, facts: Mapping[str, Any]) -> None:
        """Write the checkpoint and register its digest."""
        output = output_of(self._settings)
        save_small_rcnn(output, net, {**facts, **recipe(self._settings)})
        register('mask_rcnn', output.name, 'Apache-2.0', OPENPOSE18.name, output.parent)


def draw_batch(random: np.random.Generator, sources: list[tuple[Source, float]], count: int, size: int) -> Batch:
    """Random views of size x size px, and the people in them as torchvision wants them."""
    cv2.setNumThreads(1)
    chosen = random.choice(len(sources), count, p=[share for _, share in sources])
    views = [detectable(sources[i][0].sample(random, size)) for i in chosen]
    images = np.stack([view.image for view, _ in views]).transpose(0, 3, 1, 2)
    targets = [target(view.persons, boxes) for view, boxes in views]
    return torch.from_numpy(np.ascontiguousarray(images)).float() / 255, targets


def target(persons: np.ndarray, boxes: np.ndarray) -> dict[str, Tensor]:
    """(P, 18, 3) people and (P, 4) boxes [px] -> torchvision's target, where 0 is the outer edge of a pixel."""
    labelled = (persons[..., 2:] == 1) | (persons[..., 2:] == 2)
    keypoints = np.concatenate([np.where(labelled, persons[..., :2] + .5, 0), labelled], -1)
    return {'boxes': torch.from_numpy(boxes + np.float32(.5)).float(),
            'labels': torch.ones(len(boxes), dtype=torch.int64),
            'keypoints': torch.from_numpy(keypoints).float()}
