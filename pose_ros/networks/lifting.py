"""The network that guesses bodies from one image, to be trained; `lifting.lifting_network` runs it without torch."""
from __future__ import annotations

import torch
from torch import Tensor, nn

_OUTPUTS = 5


class LiftingNet(nn.Module):
    """Residual blocks of fully connected layers (Martinez et al. 2017, section 3), without batch normalisation.

    Args:
        keypoints: K of the skeleton.
        width: of the hidden layers.
        blocks: number of residual blocks, two layers each.
    """

    def __init__(self, keypoints: int, width: int = 448, blocks: int = 2) -> None:
        super().__init__()
        self.first = nn.Linear(3 * keypoints + 1, width)
        self.blocks = nn.ModuleList(
            nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU())
            for _ in range(blocks))
        self.last = nn.Linear(width, _OUTPUTS * keypoints)

    def forward(self, features: Tensor) -> Tensor:
        """(P, 3 K + 1) features of `lifting.person_view` -> (P, K, 5).

        Those are x, y, z [heights] and the logarithms of their deviations across the view and along it.
        """
        values = torch.relu(self.first(features))
        for block in self.blocks:
            values = values + block(values)
        return self.last(values).reshape(len(features), -1, _OUTPUTS)
