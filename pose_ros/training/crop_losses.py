"""The losses of RMPE (Fang et al., 1612.00137, section 3.2): heatmaps in the crop's frame through the SDTN.

The parallel network has the same loss, in a picture in which the person is in the middle.
"""
from __future__ import annotations

import torch
from torch import Tensor

from pose_ros.networks.openpose import OpenPoseNet
from pose_ros.networks.stn import inverse, transform_images
from pose_ros.training.targets import SIGMA_PX, UNKNOWN, UNSURE

EMPHASIS = 4.0   # where there is something to find: most of a map is empty
FILLED = 0.8     # share of the picture that a centred person fills
STRIDE = OpenPoseNet.stride


def heatmap_loss(heatmaps: Tensor, keypoints: Tensor) -> Tensor:
    """Squared error against bells at the keypoints, mean per cell.

    Args:
        heatmaps: (N, K, h, w).
        keypoints: (N, K, 3) x, y [px of the picture] and visibility, see `targets`.
    """
    visibility = keypoints[..., 2, None, None]
    bells = draw_bells(keypoints[..., :2], *heatmaps.shape[2:])
    target = bells * ((visibility == 1) | (visibility == 2))
    weight = 1 + (EMPHASIS - 1) * (target > .05)
    weight = weight * (visibility != UNKNOWN) * ~((visibility == UNSURE) & (bells > .05))
    return ((heatmaps.float() - target) ** 2 * weight).sum(1).mean()


def draw_bells(points: Tensor, height: int, width: int) -> Tensor:
    """(N, K, height, width) Gaussians round (N, K, 2) points [px of the picture]."""
    x, y = ((torch.arange(cells, device=points.device) + .5) * STRIDE - .5 for cells in (width, height))
    across = torch.exp(-(x - points[..., :1]) ** 2 / (2 * SIGMA_PX ** 2))
    down = torch.exp(-(y - points[..., 1:]) ** 2 / (2 * SIGMA_PX ** 2))
    return down[..., :, None] * across[..., None, :]


def to_crop_frame(heatmaps: Tensor, theta: Tensor) -> Tensor:
    """SDTN: maps of the pose network's frame, in the crop's (eq. 2)."""
    return transform_images(heatmaps.float(), inverse(theta), mode='bicubic')


def centred(keypoints: Tensor, boxes: Tensor, height: int, width: int) -> Tensor:
    """The same people moved and scaled to the middle of a height x width picture; without a box they are unknown."""
    sides = (boxes[:, 2:] - boxes[:, :2]).clamp(min=1)
    scale = FILLED * (sides.new_tensor([width, height]) / sides).amin(1)
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    points = (keypoints[..., :2] - middle[:, None]) * scale[:, None, None]
    points = points + (sides.new_tensor([width, height]) - 1) / 2
    known = torch.isfinite(boxes).all(1)[:, None, None]
    visibility = torch.where(known, keypoints[..., 2:], UNKNOWN)
    return torch.cat([points.nan_to_num(), visibility], -1)
