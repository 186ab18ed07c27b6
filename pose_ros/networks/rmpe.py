"""RMPE's networks in one file: a detector of persons, and the pose network of a crop (Fang et al., 1612.00137)."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from torch import nn

from pose_ros.networks.checkpoint import load_network, openpose_shape, save_network
from pose_ros.networks.crop_pose import CropPose
from pose_ros.networks.keypoint_rcnn import SmallRcnn

_KIND = 'pose_ros.rmpe'


class RmpeNet(nn.Module):
    """The two networks of RMPE.

    Attributes:
        detector: finds boxes; its keypoint head is dropped.
        pose: answers for one crop.
    """

    def __init__(self, detector: SmallRcnn, pose: CropPose) -> None:
        super().__init__()
        detector.roi_heads.keypoint_head = None
        self.detector, self.pose = detector, pose


def save_rmpe(path: Path | str, net: RmpeNet, metadata: Mapping[str, Any]) -> None:
    """Write the networks; see `save_network`.

    Raises:
        WeightsError: the file cannot be written.
    """
    shape = {'detector': asdict(net.detector.openpose.shape), 'pose': asdict(net.pose.net.shape),
             'transformer': net.pose.localiser is not None}
    save_network(path, _KIND, net, shape, metadata)


def load_rmpe(path: Path | str) -> tuple[RmpeNet, dict[str, Any]]:
    """The networks of a checkpoint and their training facts; see `load_network`.

    Raises:
        WeightsError: the file is missing, damaged, of another kind, or its tensors do not fit the networks.
    """
    return load_network(path, _KIND, lambda shape: RmpeNet(
        SmallRcnn(openpose_shape(shape['detector'])), CropPose(openpose_shape(shape['pose']), shape['transformer'])))
