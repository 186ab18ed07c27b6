"""The Mask R-CNN estimator: keypoint R-CNN with our own small network, or torchvision's with its COCO weights."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from pose_ros.estimators.estimator import EstimatorSettings
from pose_ros.estimators.readout import read_logits
from pose_ros.estimators.top_down import Opened, Poses, TopDownEstimator, load_top_down
from pose_ros.grouping.settings import GroupingSettings
from pose_ros.image import Letterbox
from pose_ros.networks.keypoint_rcnn import KeypointRcnn, load_small_rcnn
from pose_ros.networks.torchvision_rcnn import load_torchvision
from pose_ros.skeletons import COCO17, OPENPOSE18, Skeleton
from pose_ros.weights import check_ending, locate


class MaskRcnnFinder:
    """See `PoseFinder`: boxes, and keypoints from the same features."""

    def __init__(self, network: KeypointRcnn, skeleton: Skeleton) -> None:
        self.multiple = network.multiple
        self._network, self._skeleton = network, skeleton

    def find(self, batch: Tensor, images: Sequence[np.ndarray], letterboxes: Sequence[Letterbox],
             settings: EstimatorSettings, grouping: GroupingSettings) -> list[Poses]:
        """See `PoseFinder.find`."""
        network = self._network
        features = network.features(batch)
        found = network.boxes(features, batch)
        boxes = [box for box, _ in found]
        logits = torch.cat(network.logits(features, boxes, batch)).float()
        if settings.flip:
            logits = (logits + self._mirrored(batch, boxes)) / 2
        keypoints, scores = read_logits(logits, torch.cat(boxes).float())
        counts = np.cumsum([len(box) for box in boxes])[:-1]
        parts = zip(np.split(keypoints - 0.5, counts), np.split(scores, counts))
        return [Poses(letterbox.to_image(points), score, sure.float().cpu().numpy())
                for (points, score), (_, sure), letterbox in zip(parts, found, letterboxes)]

    def _mirrored(self, batch: Tensor, boxes: list[Tensor]) -> Tensor:
        """The logits of the same boxes in the mirror image, turned back."""
        width = batch.shape[3]
        turned = [torch.stack([width - box[:, 2], box[:, 1], width - box[:, 0], box[:, 3]], 1) for box in boxes]
        mirror = batch.flip(3)
        logits = torch.cat(self._network.logits(self._network.features(mirror), turned, mirror)).float()
        return logits.flip(3)[:, torch.as_tensor(self._skeleton.mirror)]


def load(settings: EstimatorSettings, grouping: GroupingSettings) -> TopDownEstimator:
    """The estimator with the weights in the package, torchvision's COCO weights (.pth), or a file of the user's own.

    Raises:
        SettingError, WeightsError, EstimatorError: see `load_top_down`.
    """
    return load_top_down('mask_rcnn', locate(settings.weights, 'mask_rcnn'), settings, grouping, _open)


def _open(path: Path) -> Opened:
    check_ending(path, ('.safetensors', '.pth'))
    if path.suffix == '.safetensors':
        own, facts = load_small_rcnn(path)
        return Opened(own, MaskRcnnFinder(own, OPENPOSE18), OPENPOSE18, facts)
    network = load_torchvision(path)
    return Opened(network, MaskRcnnFinder(network, COCO17), COCO17, {})
