"""OpenPose's COCO-18 network (Cao et al., 1611.08050, section 2.1), for a user's own copy of its weights.

The first ten convolutions of VGG-19, two more, and six stages of two branches: PAFs (L1) and heatmaps (L2). Layers have
the names of OpenPose's description of the network, so that its weights find their places.
"""
from __future__ import annotations

import torch
from torch import Tensor, nn

# Block and layer of VGG-19, and channels; a pooling layer comes before each later block.
_VGG = ((1, (64, 64)), (2, (128, 128)), (3, (256, 256, 256, 256)), (4, (512, 512)))
_FEATURES = 128
_STAGES = 6
_BRANCHES = {'L1': 38, 'L2': 19}


class CmuOpenPose(nn.Module):
    """(N, 3, H, W) BGR in -0.5..0.5 -> (N, 19, H/8, W/8) heatmaps and (N, 38, H/8, W/8) PAFs in OpenPose's order."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleDict({name: nn.Conv2d(*shape) for name, shape in _shapes().items()})

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """The maps of the last stage."""
        features = self._features(images)
        maps = {branch: self._branch(features, _first_names(branch)) for branch in _BRANCHES}
        for stage in range(2, _STAGES + 1):
            x = torch.cat([maps['L1'], maps['L2'], features], dim=1)
            maps = {branch: self._branch(x, _later_names(stage, branch)) for branch in _BRANCHES}
        return maps['L2'], maps['L1']

    def _features(self, x: Tensor) -> Tensor:
        for block, widths in _VGG:
            x = nn.functional.max_pool2d(x, 2) if block > 1 else x
            for layer in range(1, len(widths) + 1):
                x = self.layers[f'conv{block}_{layer}'](x).relu()
        return self.layers['conv4_4_CPM'](self.layers['conv4_3_CPM'](x).relu()).relu()

    def _branch(self, x: Tensor, names: list[str]) -> Tensor:
        for name in names[:-1]:
            x = self.layers[name](x).relu()
        return self.layers[names[-1]](x)


def _first_names(branch: str) -> list[str]:
    return [f'conv5_{layer}_CPM_{branch}' for layer in range(1, 6)]


def _later_names(stage: int, branch: str) -> list[str]:
    return [f'Mconv{layer}_stage{stage}_{branch}' for layer in range(1, 8)]


def _shapes() -> dict[str, tuple[int, int, int, int, int]]:
    """Inputs, outputs, size, stride and padding of every convolution."""
    shapes, inputs = {}, 3
    for block, widths in _VGG:
        for layer, width in enumerate(widths, 1):
            shapes[f'conv{block}_{layer}'] = (inputs, width, 3, 1, 1)
            inputs = width
    shapes |= {'conv4_3_CPM': (512, 256, 3, 1, 1), 'conv4_4_CPM': (256, _FEATURES, 3, 1, 1)}
    for branch, maps in _BRANCHES.items():
        sizes = [(128, 128, 3)] * 3 + [(128, 512, 1), (512, maps, 1)]
        shapes |= {name: (i, o, k, 1, k // 2) for name, (i, o, k) in zip(_first_names(branch), sizes)}
        sizes = [(_FEATURES + 57, 128, 7)] + [(128, 128, 7)] * 4 + [(128, 128, 1), (128, maps, 1)]
        for stage in range(2, _STAGES + 1):
            shapes |= {name: (i, o, k, 1, k // 2) for name, (i, o, k) in zip(_later_names(stage, branch), sizes)}
    return shapes
