"""torchvision's keypoint R-CNN with its weights, proven name by name and shape by shape."""
from __future__ import annotations

from functools import partial
from pathlib import Path

from torchvision.models.detection import KeypointRCNN
from torchvision.models.detection.backbone_utils import resnet_fpn_backbone
from torchvision.ops.misc import FrozenBatchNorm2d

from pose_ros.networks.checkpoint import check_tensors
from pose_ros.networks.foreign import COUNTER, read_state_dict
from pose_ros.networks.keypoint_rcnn import KeypointRcnn, from_torchvision
from pose_ros.skeletons import COCO17


def load_torchvision(path: Path) -> KeypointRcnn:
    """`keypointrcnn_resnet50_fpn` with torchvision's COCO weights (.pth).

    As in torchvision with these weights, batch normalisation is frozen, and divides by the deviation alone: its epsilon
    is 0, for they were trained so.

    Raises:
        WeightsError: the file is missing, damaged, or of another network.
    """
    backbone = resnet_fpn_backbone(backbone_name='resnet50', weights=None,
                                   norm_layer=partial(FrozenBatchNorm2d, eps=0.0))
    network = KeypointRCNN(backbone, 2, num_keypoints=len(COCO17))
    tensors = {name: value for name, value in read_state_dict(path).items() if not name.endswith(COUNTER)}
    check_tensors(path, network.state_dict(), tensors)
    network.load_state_dict(tensors)
    return from_torchvision(network.eval())
