"""What a network of maps must offer, and what can be done to its maps as a whole."""
from __future__ import annotations

from typing import Any, Protocol

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from pose_ros.skeletons import Skeleton


class MapNetwork(Protocol):
    """A torch module from (N, 3, H, W) RGB in 0..1 to (heatmaps, pafs) per stage, the last the best.

    Attributes:
        stride: network px per cell of the maps.
        multiple: the sides of its input must be multiples of this [px].
    """

    stride: int
    multiple: int

    def __call__(self, images: Tensor) -> list[tuple[Tensor, Tensor]]:
        """The maps of each stage."""

    def to(self, *args: Any, **kwargs: Any) -> MapNetwork:
        """See `torch.nn.Module.to`."""


def mirrored_mean(maps: tuple[Tensor, Tensor], mirrored: tuple[Tensor, Tensor],
                  skeleton: Skeleton) -> tuple[Tensor, Tensor]:
    """The mean of an image's maps and those of its mirror image, left and right exchanged; no background."""
    heatmaps, pafs = maps
    images, channels, height, width = pafs.shape
    other = mirrored[0].flip(3)[:, torch.as_tensor(skeleton.mirror)]
    fields = mirrored[1].flip(3).reshape(images, channels // 2, 2, height, width)
    sign = torch.tensor([-1, 1], dtype=pafs.dtype, device=pafs.device)[:, None, None]
    fields = fields[:, torch.as_tensor(skeleton.limb_mirror)] * sign
    return (heatmaps[:, :len(skeleton)] + other) / 2, (pafs + fields.reshape(pafs.shape)) / 2


def fold_batch_norms(network: nn.Module) -> None:
    """Merge each batch normalisation into the convolution before it: the same maps, a tenth sooner.

    Args:
        network: in evaluation mode; changed in place.
    """
    for sequence in [module for module in network.modules() if isinstance(module, nn.Sequential)]:
        for i, (layer, following) in enumerate(zip(sequence, sequence[1:])):
            if isinstance(layer, nn.Conv2d) and isinstance(following, nn.BatchNorm2d):
                sequence[i] = fuse_conv_bn_eval(layer, following)
                sequence[i + 1] = nn.Identity()
