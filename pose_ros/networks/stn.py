"""Spatial transformer and its inverse: SSTN of RMPE (Fang et al., 1612.00137, section 3.2; Jaderberg, 1506.02025).

Points are in torch's normalised coordinates: x and y in -1..1 from edge to edge of the picture. A transform `theta`,
(N, 2, 3), says where in the box's crop a point of the pose network's picture lies: crop = theta (x, y, 1), eq. 1.
"""
from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

MOST_LINEAR, MOST_SHIFT = 0.4, 0.5  # keeps the determinant above (1 - 0.4)^2 - 0.4^2 = 0.2


class Localiser(nn.Module):
    """Crops -> theta; the identity before it is trained, and never singular."""

    def __init__(self, height: int, width: int) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.AvgPool2d(4)]
        for inputs, outputs in ((3, 16), (16, 32), (32, 32)):
            layers += [nn.Conv2d(inputs, outputs, 3, stride=2, padding=1), nn.ReLU()]
        cells = -(-height // 32) * -(-width // 32)
        self.body = nn.Sequential(*layers, nn.Flatten(), nn.Linear(32 * cells, 64), nn.ReLU())
        self.last = nn.Linear(64, 6)
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)

    def forward(self, crops: Tensor) -> Tensor:
        """(N, 3, height, width) in 0..1 -> (N, 2, 3)."""
        moved = torch.tanh(self.last(self.body(crops * 2 - 1)).float()).reshape(-1, 2, 3)
        limits = moved.new_tensor([MOST_LINEAR, MOST_LINEAR, MOST_SHIFT])
        return moved * limits + torch.eye(2, 3, device=moved.device)


def transform_images(images: Tensor, theta: Tensor, mode: str = 'bilinear') -> Tensor:
    """What lies at theta (x, y, 1) in (N, C, h, w) images, for every (x, y) of a picture of the same size.

    Args:
        mode: of interpolation, as in `grid_sample`.
    """
    grid = functional.affine_grid(theta, list(images.shape), align_corners=False)
    return functional.grid_sample(images, grid.to(images.dtype), mode=mode, align_corners=False)


def transform_points(points: Tensor, theta: Tensor) -> Tensor:
    """theta (x, y, 1) of (N, K, 2) normalised points."""
    return points @ theta[:, :, :2].transpose(1, 2) + theta[:, None, :, 2]


def inverse(theta: Tensor) -> Tensor:
    """The SDTN's parameters gamma, (N, 2, 3): [g1 g2] = [t1 t2]^-1, g3 = -[g1 g2] t3 (eq. 3, 4)."""
    linear = torch.linalg.inv(theta[:, :, :2])
    return torch.cat([linear, -linear @ theta[:, :, 2:]], 2)


def cells_to_normalised(cells: Tensor, height: int, width: int) -> Tensor:
    """(..., 2) x, y [cells of a height x width map, centres at integers] -> normalised."""
    return (cells + 0.5) * 2 / cells.new_tensor([width, height]) - 1


def normalised_to_cells(points: Tensor, height: int, width: int) -> Tensor:
    """The way back."""
    return (points + 1) / 2 * points.new_tensor([width, height]) - 0.5
