"""What a network of maps must offer, and what can be done to its maps as a whole."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, interpolate, pad
from torch.nn.utils.fusion import fuse_conv_bn_eval

from pose_ros.skeletons import Skeleton

Maps = tuple[Tensor, Tensor]
GREY = 128 / 255  # what the letterbox fills with


class MapNetwork(Protocol):
    """A torch module from (N, 3, H, W) RGB in 0..1 to (heatmaps, pafs) per stage, the last the best.

    Attributes:
        stride: network px per cell of the maps.
        multiple: the sides of its input must be multiples of this [px].
    """

    stride: int
    multiple: int

    def __call__(self, images: Tensor) -> list[Maps]:
        """The maps of each stage."""

    def to(self, *args: Any, **kwargs: Any) -> MapNetwork:
        """See `torch.nn.Module.to`."""


def half_scale_mean(run: Callable[[Tensor], Maps], images: Tensor, multiple: int) -> Maps:
    """The mean of the maps of images and of the same images at half their size, where close people are whole.

    OpenPose averages over scales likewise (`scale_number`).

    Args:
        run: images -> maps, of which there is an even number of rows and columns.
        images: (N, 3, H, W).
        multiple: see `MapNetwork`.
    """
    maps = run(images)
    small = avg_pool2d(images, 2)
    height, width = small.shape[2:]
    small = pad(small, (0, -width % multiple, 0, -height % multiple), value=GREY)
    rows, columns = (cells // 2 for cells in maps[0].shape[2:])
    heatmaps, pafs = (interpolate(half[..., :rows, :columns], scale_factor=2, mode='bilinear') for half in run(small))
    return (maps[0] + heatmaps) / 2, (maps[1] + pafs) / 2


def mirrored_mean(maps: Maps, mirrored: Maps, skeleton: Skeleton) -> Maps:
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
