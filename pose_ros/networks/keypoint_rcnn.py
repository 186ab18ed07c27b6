"""Keypoint R-CNN (He et al., 1703.06870) from torchvision's parts: boxes of persons, and logits of keypoints in them.

The small one stands on the encoder, pyramid and maps of an `OpenPoseNet`. Its keypoint head starts from what those
maps say: the logarithm of a heatmap is a logit, and the head learns what to add to it for the person of the box.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torchvision.models.detection import KeypointRCNN
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.faster_rcnn import FastRCNNPredictor, TwoMLPHead
from torchvision.models.detection.image_list import ImageList
from torchvision.models.detection.roi_heads import RoIHeads
from torchvision.models.detection.rpn import RegionProposalNetwork, RPNHead
from torchvision.ops import MultiScaleRoIAlign

from pose_ros.networks.checkpoint import load_network, openpose_shape, save_network
from pose_ros.networks.openpose import OpenPoseNet, OpenPoseShape
from pose_ros.skeletons import OPENPOSE18

LEVELS = ('8', '16', '32')  # strides, finest first
_KIND = 'pose_ros.mask_rcnn'
CELLS = 56                  # side of the keypoint logits
SMALLEST_HEAT = 3e-3        # a heatmap value that says nothing


@dataclass(frozen=True)
class Detections:
    """The persons of one image.

    Attributes:
        boxes: (P, 4) left, top, right, bottom [px], 0 at the outer edge of the first pixel, best first.
        scores: (P,) probability that the box holds a person.
        logits: (P, K, 56, 56) of the keypoints, over the box.
    """

    boxes: Tensor
    scores: Tensor
    logits: Tensor


class PoseFeatures(nn.Module):
    """RGB images in 0..1 -> features at strides 8, 16 and 32, and 'maps': features and OpenPose maps at stride 8."""

    def __init__(self, shape: OpenPoseShape) -> None:
        super().__init__()
        self.net = OpenPoseNet(shape)
        self.adapt = nn.ModuleList(
            nn.Sequential(nn.Conv2d(shape.features, shape.features, 3, padding=1), nn.ReLU()) for _ in LEVELS)

    def forward(self, images: Tensor) -> dict[str, Tensor]:
        """(N, 3, H, W) RGB in 0..1 -> (N, width, h, w) by stride, and under 'maps'."""
        merged = self.net.pyramid(self.net.encode(images))
        features = {level: adapt(x) for level, adapt, x in zip(LEVELS, self.adapt, merged)}
        return {**features, 'maps': torch.cat([merged[0], *self.net.stages(merged[0])[-1]], 1)}


class KeypointHead(nn.Module):
    """Features of RoIs -> keypoint logits: log heatmaps, corrected by a small network."""

    def __init__(self, inputs: int, features: int, keypoints: int, width: int) -> None:
        super().__init__()
        self._heat = slice(features, features + keypoints)
        layers: list[nn.Module] = []
        for wide in (inputs, width, width):
            layers += [nn.Conv2d(wide, width, 3, padding=1), nn.ReLU()]
        self.body = nn.Sequential(*layers, nn.ConvTranspose2d(width, keypoints, 4, stride=2, padding=1))
        self.gain = nn.Parameter(torch.ones(keypoints, 1, 1))

    def forward(self, rois: Tensor) -> Tensor:
        """(R, inputs, 14, 14) -> (R, K, 56, 56)."""
        heat = rois[:, self._heat].clamp(SMALLEST_HEAT, 1).log() * self.gain
        return _enlarge(heat, 4) + _enlarge(self.body(rois), 2)


def _enlarge(maps: Tensor, factor: int) -> Tensor:
    return functional.interpolate(maps, scale_factor=factor, mode='bilinear', align_corners=False)


class KeypointRcnn(nn.Module):
    """The two-stage detector: features -> proposals -> boxes -> keypoints.

    Attributes:
        multiple: the sides of the input must be multiples of this [px].
    """

    multiple = 32
    mean: Tensor
    std: Tensor

    def __init__(self, backbone: nn.Module, rpn: nn.Module, roi_heads: RoIHeads, mean: Sequence[float],
                 std: Sequence[float]) -> None:
        super().__init__()
        self.backbone, self.rpn, self.roi_heads = backbone, rpn, roi_heads
        self.register_buffer('mean', torch.tensor(mean)[:, None, None], persistent=False)
        self.register_buffer('std', torch.tensor(std)[:, None, None], persistent=False)

    def forward(self, images: Tensor) -> list[Detections]:
        """The persons of (N, 3, H, W) RGB images in 0..1."""
        features = self.features(images)
        found = self.boxes(features, images)
        logits = self.logits(features, [boxes for boxes, _ in found], images)
        return [Detections(*boxes, maps) for boxes, maps in zip(found, logits)]

    def features(self, images: Tensor) -> dict[str, Tensor]:
        """What the heads look at, by level, of (N, 3, H, W) RGB images in 0..1."""
        features: dict[str, Tensor] = self.backbone((images - self.mean) / self.std)
        return features

    def boxes(self, features: Mapping[str, Tensor], images: Tensor) -> list[tuple[Tensor, Tensor]]:
        """Boxes (P, 4) and scores (P,) of each image, see `Detections`."""
        (proposals, _), sizes, heads = self._propose(features, images), _sizes(images), self.roi_heads
        pooled = heads.box_head(heads.box_roi_pool(features, proposals, sizes))
        boxes, scores, _ = heads.postprocess_detections(*heads.box_predictor(pooled), proposals, sizes)
        return list(zip(boxes, scores))

    def logits(self, features: Mapping[str, Tensor], boxes: list[Tensor], images: Tensor) -> tuple[Tensor, ...]:
        """Keypoint logits (P, K, 56, 56) in (P, 4) boxes of each image."""
        heads = self.roi_heads
        pooled = heads.keypoint_roi_pool(features, boxes, _sizes(images))
        logits: Tensor = heads.keypoint_predictor(heads.keypoint_head(pooled))
        return torch.split(logits, [len(box) for box in boxes])

    def losses(self, images: Tensor, targets: list[dict[str, Tensor]]) -> dict[str, Tensor]:
        """torchvision's five losses, by name.

        Args:
            images: (N, 3, H, W) RGB in 0..1.
            targets: of each image `boxes` (P, 4), `labels` (P,) int64, 1 for a person, and `keypoints` (P, K, 3) x, y
                and whether it is labelled; in the coordinates of `Detections`.
        """
        features = self.features(images)
        proposals, losses = self._propose(features, images, targets)
        _, found = self.roi_heads(features, proposals, _sizes(images), targets)
        return {**losses, **found}

    def _propose(self, features: Mapping[str, Tensor], images: Tensor, targets: list[dict[str, Tensor]] | None = None
                 ) -> tuple[list[Tensor], dict[str, Tensor]]:
        levels = {name: level for name, level in features.items() if name != 'maps'}
        proposals: tuple[list[Tensor], dict[str, Tensor]] = self.rpn(ImageList(images, _sizes(images)), levels, targets)
        return proposals


def _sizes(images: Tensor) -> list[tuple[int, int]]:
    return [(images.shape[2], images.shape[3])] * len(images)


class SmallRcnn(KeypointRcnn):
    """Our own: the features of an OpenPoseNet, and small heads.

    Attributes:
        openpose: the network whose features they are.
    """

    backbone: PoseFeatures

    def __init__(self, shape: OpenPoseShape) -> None:
        super().__init__(PoseFeatures(shape), _small_rpn(shape.features), _small_heads(shape.features),
                         (0.0,) * 3, (1.0,) * 3)

    @property
    def openpose(self) -> OpenPoseNet:
        """See the class."""
        return self.backbone.net


def _small_rpn(features: int) -> RegionProposalNetwork:
    anchors = AnchorGenerator(((24, 40), (64, 96), (144, 224)), ((1.0, 2.0),) * len(LEVELS))
    return RegionProposalNetwork(anchors, RPNHead(features, 4), 0.7, 0.3, 128, 0.5,
                                 {'training': 400, 'testing': 200}, {'training': 200, 'testing': 100}, 0.7)


def _small_heads(features: int, hidden: int = 128, width: int = 64) -> RoIHeads:
    """Of `hidden` channels for boxes, and `width` for keypoints."""
    inputs = features + OpenPoseNet.heatmaps + OpenPoseNet.pafs
    return RoIHeads(MultiScaleRoIAlign(LEVELS, 7, 2), TwoMLPHead(features * 49, hidden), FastRCNNPredictor(hidden, 2),
                    0.5, 0.5, 40, 0.25, None, 0.05, 0.5, 100,
                    keypoint_roi_pool=MultiScaleRoIAlign(['maps'], 14, 2),
                    keypoint_head=KeypointHead(inputs, features, len(OPENPOSE18), width),
                    keypoint_predictor=nn.Identity())


def from_torchvision(model: KeypointRCNN) -> KeypointRcnn:
    """torchvision's own model, such as `keypointrcnn_resnet50_fpn`, without its resizing and its read-out."""
    transform = model.transform
    return KeypointRcnn(model.backbone, model.rpn, model.roi_heads, transform.image_mean, transform.image_std)


def save_small_rcnn(path: Path | str, net: SmallRcnn, metadata: Mapping[str, Any]) -> None:
    """Write our own; see `save_network`.

    Raises:
        WeightsError: the file cannot be written.
    """
    save_network(path, _KIND, net, asdict(net.openpose.shape), metadata)


def load_small_rcnn(path: Path | str) -> tuple[SmallRcnn, dict[str, Any]]:
    """Our own and its training facts; see `load_network`.

    Raises:
        WeightsError: the file is missing, damaged, of another kind, or its tensors do not fit the network.
    """
    return load_network(path, _KIND, lambda shape: SmallRcnn(openpose_shape(shape)))
