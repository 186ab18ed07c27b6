"""The RMPE estimator: boxes -> spatial transformer -> pose of one person -> back; `top_down` adds the pose NMS."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from pose_ros.estimators.device import choose_device
from pose_ros.estimators.estimator import EstimatorSettings
from pose_ros.estimators.readout import read_bells
from pose_ros.estimators.rtm import load_rtm
from pose_ros.estimators.top_down import Opened, Poses, TopDownEstimator, load_top_down
from pose_ros.grouping.settings import GroupingSettings
from pose_ros.image import Crop, Letterbox
from pose_ros.networks.crop_pose import CROP_HEIGHT, CROP_WIDTH, ENLARGE, CropPose
from pose_ros.networks.rmpe import RmpeNet, load_rmpe
from pose_ros.networks.stn import cells_to_normalised, normalised_to_cells, transform_images, transform_points
from pose_ros.skeletons import OPENPOSE18
from pose_ros.weights import check_ending, locate

BOX_OVERLAP = 0.65     # boxes that overlap more are one before the poses are known; the rest is left to the pose NMS
MIN_BOX_SCORE = 0.1
CROPS_AT_ONCE = 32


class RmpeFinder:
    """See `PoseFinder`: poses in crops of the original images, at their full resolution."""

    def __init__(self, network: RmpeNet) -> None:
        self.multiple = network.detector.multiple
        network.detector.roi_heads.nms_thresh = BOX_OVERLAP
        network.detector.roi_heads.score_thresh = MIN_BOX_SCORE
        self._network = network

    def find(self, batch: Tensor, images: Sequence[np.ndarray], letterboxes: Sequence[Letterbox],
             settings: EstimatorSettings, grouping: GroupingSettings) -> list[Poses]:
        """See `PoseFinder.find`."""
        detector = self._network.detector
        found = detector.boxes(detector.features(batch), batch)
        poses = []
        for (boxes, scores), image, letterbox in zip(found, images, letterboxes):
            corners = letterbox.to_image(boxes.float().cpu().numpy().reshape(-1, 2, 2) - 0.5).reshape(-1, 4)
            poses.append(self.poses(image, corners, scores.float().cpu().numpy(), settings.flip))
        return poses

    def poses(self, image: np.ndarray, boxes: np.ndarray, scores: np.ndarray, flip: bool = False) -> Poses:
        """The people in (P, 4) boxes [px] of an image.

        Args:
            boxes: left, top, right, bottom. scores: (P,) of the detector.
        """
        if not len(boxes):
            return Poses(np.zeros((0, len(OPENPOSE18), 2)), np.zeros((0, len(OPENPOSE18))), scores)
        crops = [Crop.fit(box, CROP_WIDTH, CROP_HEIGHT, ENLARGE) for box in boxes]
        device = next(self._network.parameters()).device
        points, heat = self._read(torch.from_numpy(np.stack([crop.apply(image) for crop in crops])), device, flip)
        return Poses(np.stack([crop.to_image(one) for crop, one in zip(crops, points)]), heat, scores)

    def _read(self, pixels: Tensor, device: torch.device, flip: bool) -> tuple[np.ndarray, np.ndarray]:
        """(P, 160, 128, 3) uint8 crops -> keypoints (P, 18, 2) [px of the crop] and scores (P, 18)."""
        found = [read_crops(self._network.pose, part.to(device).permute(0, 3, 1, 2).float() / 255, flip)
                 for part in torch.split(pixels, CROPS_AT_ONCE)]
        points, heat = (np.concatenate(parts) for parts in zip(*found))
        return points, heat


def read_crops(network: CropPose, crops: Tensor, flip: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Keypoints (N, 18, 2) [px of the crop] and scores (N, 18) in (N, 3, 160, 128) crops, RGB in 0..1.

    The SDTN moves the points instead of the maps: the same place, without resampling.
    """
    theta = network.localiser(crops) if network.localiser is not None else None
    pictures = crops if theta is None else transform_images(crops, theta)
    heatmaps = network.heatmaps(pictures).float()
    if flip:
        mirror = torch.as_tensor(OPENPOSE18.mirror)
        heatmaps = (heatmaps + network.heatmaps(pictures.flip(3)).float().flip(3)[:, mirror]) / 2
    cells, scores = read_bells(heatmaps)
    points = cells_to_normalised(torch.from_numpy(cells).float(), *heatmaps.shape[2:])
    if theta is not None:
        points = transform_points(points, theta.cpu())
    return normalised_to_cells(points, CROP_HEIGHT, CROP_WIDTH).numpy(), scores


def load(settings: EstimatorSettings, grouping: GroupingSettings) -> TopDownEstimator:
    """The estimator with the weights in the package, or with a file of the user's own; ONNX: see `load_rtm`.

    Raises:
        SettingError, WeightsError, EstimatorError: see `load_top_down`.
    """
    path = locate(settings.weights, 'rmpe')
    if path.suffix == '.onnx':
        choose_device(settings.device)  # it runs on the CPU, but a device that does not exist is a mistake
        return load_rtm('rmpe', path, settings, grouping)
    return load_top_down('rmpe', path, settings, grouping, _open)


def _open(path: Path) -> Opened:
    check_ending(path, ('.safetensors', '.onnx'))
    network, facts = load_rmpe(path)
    return Opened(network, RmpeFinder(network), OPENPOSE18, facts)
