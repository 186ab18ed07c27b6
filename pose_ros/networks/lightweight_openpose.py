"""Lightweight OpenPose (Osokin, 1811.12004): the architecture of its public checkpoint, under that checkpoint's names.

A MobileNet whose last stride is replaced by dilation, a first guess of the maps, and one refinement.
"""
from __future__ import annotations

import torch
from torch import Tensor, nn

HEATMAPS, PAFS = 19, 38


def _convolve(inputs: int, outputs: int, size: int = 3, *, norm: bool = False, relu: bool = True,
              dilation: int = 1) -> nn.Sequential:
    layers: list[nn.Module] = [nn.Conv2d(inputs, outputs, size, 1, dilation * (size // 2), dilation)]
    if norm:
        layers.append(nn.BatchNorm2d(outputs))
    if relu:
        layers.append(nn.ReLU(inplace=True))
    return nn.Sequential(*layers)


def _separable(inputs: int, outputs: int, stride: int = 1, dilation: int = 1) -> nn.Sequential:
    """Depthwise, then pointwise (Howard et al., 1704.04861)."""
    return nn.Sequential(
        nn.Conv2d(inputs, inputs, 3, stride, dilation, dilation, groups=inputs, bias=False), nn.BatchNorm2d(inputs),
        nn.ReLU(inplace=True),
        nn.Conv2d(inputs, outputs, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True))


def _separable_elu(width: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(width, width, 3, padding=1, groups=width, bias=False), nn.ELU(inplace=True),
                         nn.Conv2d(width, width, 1, bias=False), nn.ELU(inplace=True))


class _Neck(nn.Module):
    """The MobileNet's features, in as many channels as the stages have."""

    def __init__(self, inputs: int, width: int) -> None:
        super().__init__()
        self.align = _convolve(inputs, width, 1)
        self.trunk = nn.Sequential(*(_separable_elu(width) for _ in range(3)))
        self.conv = _convolve(width, width)

    def forward(self, x: Tensor) -> Tensor:
        x = self.align(x)
        return self.conv(x + self.trunk(x))


class _Refined(nn.Module):
    """A residual block whose shortcut is a 1x1 convolution."""

    def __init__(self, inputs: int, width: int) -> None:
        super().__init__()
        self.initial = _convolve(inputs, width, 1)
        self.trunk = nn.Sequential(_convolve(width, width, norm=True), _convolve(width, width, norm=True, dilation=2))

    def forward(self, x: Tensor) -> Tensor:
        x = self.initial(x)
        return x + self.trunk(x)


class _Stage(nn.Module):
    """A trunk, and a head for each kind of map."""

    def __init__(self, trunk: nn.Sequential, width: int, hidden: int) -> None:
        super().__init__()
        self.trunk = trunk
        self.heatmaps, self.pafs = (nn.Sequential(_convolve(width, hidden, 1), _convolve(hidden, maps, 1, relu=False))
                                    for maps in (HEATMAPS, PAFS))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        x = self.trunk(x)
        return self.heatmaps(x), self.pafs(x)


class LightweightOpenPose(nn.Module):
    """(N, 3, H, W) BGR in -0.5..0.5 -> (N, 19, H/8, W/8) heatmaps and (N, 38, H/8, W/8) PAFs in OpenPose's order."""

    def __init__(self, width: int = 128) -> None:
        super().__init__()
        first = nn.Sequential(nn.Conv2d(3, 32, 3, 2, 1, bias=False), nn.BatchNorm2d(32), nn.ReLU(inplace=True))
        self.model = nn.Sequential(
            first, _separable(32, 64), _separable(64, 128, 2), _separable(128, 128), _separable(128, 256, 2),
            _separable(256, 256), _separable(256, 512), _separable(512, 512, dilation=2),
            *(_separable(512, 512) for _ in range(4)))
        self.cpm = _Neck(512, width)
        self.initial_stage = _Stage(nn.Sequential(*(_convolve(width, width) for _ in range(3))), width, 512)
        blocks = [_Refined(width + HEATMAPS + PAFS, width), *(_Refined(width, width) for _ in range(4))]
        self.refinement_stages = nn.ModuleList([_Stage(nn.Sequential(*blocks), width, width)])

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """The maps of the last stage."""
        features = self.cpm(self.model(images))
        maps: tuple[Tensor, Tensor] = self.initial_stage(features)
        for stage in self.refinement_stages:
            maps = stage(torch.cat([features, *maps], dim=1))
        return maps
