"""Networks of other people that answer in OpenPose's layout, made to look like ours: RGB in, limbs in our order out."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import pad

Maps = tuple[Tensor, Tensor]
HEATMAPS, PAFS = 19, 38
# Channel of the x of each limb's PAF in OpenPose's output (poseParameters.cpp, POSE_MAP_INDEX); y follows.
_PAF_X = np.array([12, 20, 14, 16, 22, 24, 0, 2, 4, 6, 8, 10, 28, 30, 34, 32, 36, 18, 26])
PAF_ORDER = np.stack([_PAF_X, _PAF_X + 1], axis=1).ravel()
_GREY = 128 / 255  # what the letterbox fills with


@dataclass(frozen=True)
class Pixels:
    """What a network wants to be fed: (x - mean) * scale of x in 0..255, channels in the order of `colour`.

    Attributes:
        colour: rgb or bgr.
        size: (width, height) of the only input it takes [px]; None = any.
    """

    colour: str = 'bgr'
    mean: tuple[float, float, float] = (128.0, 128.0, 128.0)
    scale: tuple[float, float, float] = (1 / 256, 1 / 256, 1 / 256)
    size: tuple[int, int] | None = None


class OpenPoseLayout(nn.Module):
    """A `MapNetwork` around a network in OpenPose's layout.

    Args:
        network: pixels (N, 3, H, W) as it wants them -> (N, 19, H/8, W/8) heatmaps, the background last, and
            (N, 38, H/8, W/8) PAFs in the order of OpenPose's COCO model.
        pixels: what it wants.
    """

    stride = 8
    multiple = 16  # and not 8, so that there is an even number of cells
    mean: Tensor
    scale: Tensor

    def __init__(self, network: Callable[[Tensor], Maps], pixels: Pixels) -> None:
        super().__init__()
        self.network, self.pixels = network, pixels
        self.register_buffer('mean', torch.tensor(pixels.mean)[:, None, None])
        self.register_buffer('scale', torch.tensor(pixels.scale)[:, None, None])

    def forward(self, images: Tensor) -> list[Maps]:
        """One stage: see `OpenPoseNet.forward`.

        Args:
            images: (N, 3, H, W) RGB in 0..1, not larger than the only size it takes.
        """
        rows, columns = (side // self.stride for side in images.shape[2:])
        if self.pixels.size is not None:
            width, height = self.pixels.size
            images = pad(images, (0, width - images.shape[3], 0, height - images.shape[2]), value=_GREY)
        ordered = images.flip(1) if self.pixels.colour == 'bgr' else images
        heatmaps, pafs = self.network((ordered * 255 - self.mean) * self.scale)
        return [(heatmaps[..., :rows, :columns], pafs[:, PAF_ORDER, :rows, :columns])]


def split_maps(outputs: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray] | None:
    """Heatmaps and PAFs among a network's (N, C, h, w) outputs, the last of each; None if they are not there.

    They are outputs of their own, or one of 57 channels, the heatmaps first.
    """
    by_channels = {output.shape[1]: output for output in outputs if output.ndim == 4}
    if HEATMAPS in by_channels and PAFS in by_channels:
        return by_channels[HEATMAPS], by_channels[PAFS]
    if HEATMAPS + PAFS in by_channels:
        both = by_channels[HEATMAPS + PAFS]
        return both[:, :HEATMAPS], both[:, HEATMAPS:]
    return None
