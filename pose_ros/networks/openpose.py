"""A small OpenPose network: heatmaps and part affinity fields at stride 8, refined in stages (Cao et al., 1611.08050).

Made of dense 3x3 convolutions, which CPUs train several times faster than depthwise ones. Every stride-2 step is a
4x4 convolution: its window is centred between pixels, so that cell i of a map of stride t sits exactly on image pixel
(i + 0.5) * t - 0.5, and a mirrored image can give exactly mirrored maps.
"""
from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from pose_ros.skeletons import OPENPOSE18

Maps = tuple[Tensor, Tensor]


@dataclass(frozen=True)
class OpenPoseShape:
    """The size of an `OpenPoseNet`.

    Attributes:
        widths: channels at strides 4, 8, 16 and 32.
        blocks: residual blocks at strides 4, 8, 16 and 32.
        features: channels of the features and of the stages at stride 8.
        stages: predictions made; each stage after the first refines the one before.
    """

    widths: tuple[int, int, int, int] = (32, 64, 128, 192)
    blocks: tuple[int, int, int, int] = (1, 2, 3, 2)
    features: int = 64
    stages: int = 2


def _convolve(inputs: int, outputs: int, size: int = 3, stride: int = 1) -> nn.Sequential:
    padding = (size - 1) // 2
    return nn.Sequential(nn.Conv2d(inputs, outputs, size, stride, padding, bias=False), nn.BatchNorm2d(outputs),
                         nn.ReLU(inplace=True))


def _halve(inputs: int, outputs: int) -> nn.Sequential:
    return _convolve(inputs, outputs, size=4, stride=2)


class _Residual(nn.Module):
    """x + f(x), two 3x3 convolutions (He et al., 1603.05027)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = _convolve(width, width)
        self.second = nn.Sequential(nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width))

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(x + self.second(self.first(x)))


class _Encoder(nn.Module):
    """(N, 3, H, W) -> features at strides 8, 16 and 32."""

    def __init__(self, shape: OpenPoseShape) -> None:
        super().__init__()
        inputs = (24, *shape.widths[:-1])
        self.stem = _halve(3, inputs[0])
        self.levels = nn.ModuleList(
            nn.Sequential(_halve(i, o), *(_Residual(o) for _ in range(n)))
            for i, o, n in zip(inputs, shape.widths, shape.blocks))

    def forward(self, x: Tensor) -> list[Tensor]:
        x, levels = self.stem(x), []
        for level in self.levels:
            x = level(x)
            levels.append(x)
        return levels[1:]


class _Pyramid(nn.Module):
    """Features at strides 8, 16, 32 -> as many of equal width, coarse added to fine (Lin et al., 1612.03144)."""

    def __init__(self, widths: tuple[int, ...], features: int) -> None:
        super().__init__()
        self.lateral = nn.ModuleList(nn.Conv2d(width, features, 1) for width in widths)
        self.smooth = nn.ModuleList(_convolve(features, features) for _ in widths[:-1])

    def forward(self, levels: list[Tensor]) -> list[Tensor]:
        """The features at all strides, from fine to coarse."""
        merged = [self.lateral[-1](levels[-1])]
        for lateral, smooth, level in zip(self.lateral[-2::-1], self.smooth[::-1], levels[-2::-1]):
            x = functional.interpolate(merged[0], size=level.shape[-2:], mode='bilinear', align_corners=False)
            merged.insert(0, smooth(lateral(level) + x))
        return merged


class OpenPoseNet(nn.Module):
    """RGB images -> heatmaps and PAFs, one pair per stage.

    Attributes:
        stride: image px per map cell.
        multiple: the sides of the input must be multiples of this [px].
    """

    stride = 8
    multiple = 32
    heatmaps = len(OPENPOSE18) + 1
    pafs = 2 * len(OPENPOSE18.limbs)

    def __init__(self, shape: OpenPoseShape = OpenPoseShape()) -> None:
        super().__init__()
        self.shape = shape
        width, maps = shape.features, self.heatmaps + self.pafs
        self.encoder = _Encoder(shape)
        self.pyramid = _Pyramid(shape.widths[1:], width)
        self.first = nn.Sequential(_convolve(width, width), nn.Conv2d(width, maps, 1))
        self.refine = nn.ModuleList(
            nn.Sequential(_convolve(width + maps, width, size=1), _Residual(width), _Residual(width),
                          nn.Conv2d(width, maps, 1)) for _ in range(shape.stages - 1))
        self._start_near_zero()

    def _start_near_zero(self) -> None:
        # Almost all of a target map is zero: starting there spares the first hundreds of steps.
        for stage in (self.first, *self.refine):
            nn.init.normal_(stage[-1].weight, std=0.01)
            nn.init.zeros_(stage[-1].bias)

    def forward(self, images: Tensor) -> list[Maps]:
        """One (heatmaps, pafs) pair per stage, the last the best.

        Args:
            images: (N, 3, H, W) RGB in 0..1, H and W multiples of `multiple`.

        Returns:
            Pairs of (N, 19, H/8, W/8) heatmaps in the order of OPENPOSE18 with the background last, and
            (N, 38, H/8, W/8) PAFs, limb l of OPENPOSE18.limbs in channels 2l (x) and 2l + 1 (y).
        """
        return self.maps(self.encode(images))

    def encode(self, images: Tensor) -> list[Tensor]:
        """The encoder's features at strides 8, 16 and 32 of (N, 3, H, W) RGB images in 0..1."""
        return self.encoder(images * 2 - 1)

    def maps(self, levels: list[Tensor]) -> list[Maps]:
        """The stages' maps from the encoder's features at strides 8, 16 and 32."""
        return self.stages(self.pyramid(levels)[0])

    def stages(self, features: Tensor) -> list[Maps]:
        """The stages' maps from the pyramid's features at stride 8."""
        stages = [self.first(features)]
        for refine in self.refine:
            stages.append(stages[-1] + refine(torch.cat([features, stages[-1]], 1)))
        return [(maps[:, :self.heatmaps], maps[:, self.heatmaps:]) for maps in stages]
