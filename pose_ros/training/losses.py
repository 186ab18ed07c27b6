"""The loss of a network of stages: squared error of every stage's maps, where something is known."""
from __future__ import annotations

import torch
from torch import Tensor

from pose_ros.networks.openpose import Maps

HEATMAPS = 19
HEAT_EMPHASIS, PAF_EMPHASIS = 4.0, 3.0  # where there is something to find: most of a map is empty


def map_losses(stages: list[Maps], target: Tensor, weight: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The total over the stages, and the heatmap and PAF part of the last stage: means per map cell.

    Args:
        stages: the network's answer.
        target, weight: (N, 57, h, w).
    """
    emphasis = weight.clone()
    emphasis[:, :HEATMAPS - 1] *= 1 + (HEAT_EMPHASIS - 1) * (target[:, :HEATMAPS - 1] > .05)
    emphasis[:, HEATMAPS:] *= 1 + (PAF_EMPHASIS - 1) * (target[:, HEATMAPS:] != 0)
    parts = [_parts(maps, target, emphasis) for maps in stages]
    heat, paf = parts[-1]
    return sum((h + .5 * p for h, p in parts), torch.zeros(())), heat.detach(), paf.detach()


def _parts(maps: Maps, target: Tensor, emphasis: Tensor) -> tuple[Tensor, Tensor]:
    error = (torch.cat(maps, 1).float() - target) ** 2 * emphasis
    cells = error.shape[0] * error.shape[2] * error.shape[3]
    return error[:, :HEATMAPS].sum() / cells, error[:, HEATMAPS:].sum() / cells
