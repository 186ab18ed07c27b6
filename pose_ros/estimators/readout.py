"""Maps of one person each -> keypoints, all maps at once on their device; torchvision's read-out loops over persons.

Like torchvision's, it finds the highest pixel of the bicubically enlarged map, but enlarges only what lies round the
highest cell; a parabola then goes on between the pixels.
"""
from __future__ import annotations

import torch
from torch import Tensor

from pose_ros.errors import EstimatorError

REACH = 4            # cells to each side of the highest that are looked at
WINDOW = 1.5         # cells to each side in which the top may lie; at least one sample
MOST_SAMPLES = 129   # along a side of the window; larger maps are sampled less densely
SMALLEST_HEAT = 1e-3  # below it a heatmap's logarithm is noise
_A = -0.75           # of torch's and OpenCV's bicubic kernel


def read_logits(logits: Tensor, boxes: Tensor) -> tuple[Tensor, Tensor]:
    """Keypoints in boxes, where the maps enlarged to the boxes' size are highest.

    Args:
        logits: (R, K, h, w) over the boxes.
        boxes: (R, 4) left, top, right, bottom [px], 0 at the outer edge of the first pixel.

    Returns:
        (R, K, 2) x, y in the coordinates of the boxes, and the (R, K) probability that the keypoint lies within 4
        cells of there, if it lies in the box at all.

    Raises:
        EstimatorError: the maps are not finite.
    """
    sides = (boxes[:, 2:] - boxes[:, :2]).clamp(min=1)
    cells, near = _locate(logits, sides.ceil())
    points = (cells + 0.5) * (sides / logits.new_tensor(logits.shape[:1:-1]))[:, None] + boxes[:, None, :2]
    return points, logits.flatten(2).softmax(2).gather(2, near.clamp(min=0)).mul_(near >= 0).sum(2).clamp(max=1)


def read_bells(heatmaps: Tensor) -> tuple[Tensor, Tensor]:
    """Where each heatmap, a Gaussian of one person's keypoint, has its top.

    Args:
        heatmaps: (R, K, h, w).

    Returns:
        (R, K, 2) x, y [cells, centres at integers], and (R, K) scores 0..1, the highest cells.

    Raises:
        EstimatorError: the maps are not finite.
    """
    if not len(heatmaps):
        return heatmaps.new_zeros(0, heatmaps.shape[1], 2), heatmaps.new_zeros(heatmaps.shape[:2])
    _check(heatmaps)
    logarithms = heatmaps.clamp(min=SMALLEST_HEAT).log()
    chosen = _highest(logarithms)
    return chosen + _vertex(logarithms, chosen), heatmaps.amax((2, 3)).clamp(0, 1)


def _locate(maps: Tensor, sizes: Tensor) -> tuple[Tensor, Tensor]:
    """The highest point of each map, enlarged.

    Args:
        maps: (R, K, h, w).
        sizes: (R, 2) width and height of the enlarged maps, whole numbers.

    Returns:
        (R, K, 2) x, y [cells, centres at integers], and the numbers (R, K, 81) of the cells round the highest, -1 for
        those outside.
    """
    height, width = maps.shape[2:]
    if not len(maps):
        return maps.new_zeros(0, maps.shape[1], 2), maps.new_zeros(0, maps.shape[1], 1).long()
    reach = torch.arange(-REACH, REACH + 1, device=maps.device)
    _check(maps)
    centre = _highest(maps)
    columns, rows = (centre[..., None] + reach).unbind(2)
    cells = rows.clamp(0, height - 1)[..., :, None] * width + columns.clamp(0, width - 1)[..., None, :]
    around = maps.flatten(2).gather(2, cells.flatten(2)).view(cells.shape)
    outside = ((rows < 0) | (rows >= height))[..., :, None] | ((columns < 0) | (columns >= width))[..., None, :]
    whole = maps.new_tensor([width, height])
    return centre + _top(around, centre, whole, whole / sizes), cells.masked_fill(outside, -1).flatten(2)


def _top(around: Tensor, centre: Tensor, whole: Tensor, step: Tensor) -> Tensor:
    """(R, K, 2) from the middle cell of (R, K, 9, 9) to the highest sample of their bicubic surface.

    Args:
        around: the cells. centre: (R, K, 2) number of the middle one.
        whole: (2,) cells of a map, across and down. step: (R, 2) cells per sample.
    """
    count = min(MOST_SAMPLES, 2 * int((WINDOW / step.min()).ceil()) + 3)
    step = step.clamp(min=2 * WINDOW / (count - 1))[:, None]
    first = ((centre + 0.5) / step).floor() - count // 2
    place = (first[..., None] + torch.arange(count, device=step.device) + 0.5) * step[..., None] - 0.5
    samples = place - centre[..., None]
    reach = torch.arange(-REACH, REACH + 1, device=step.device)
    across, down = _cubic(samples[..., None] - reach).unbind(2)
    surface = down @ around @ across.transpose(-1, -2)
    allowed = (samples.abs() <= step.clamp(min=WINDOW)[..., None]) & (place > -0.5) & (place < whole[:, None] - 0.5)
    surface = surface.masked_fill(~(allowed[:, :, 1, :, None] & allowed[:, :, 0, None, :]), -torch.inf)
    chosen = _highest(surface)
    return samples.gather(3, chosen[..., None])[..., 0] + _vertex(surface, chosen) * step


def _check(maps: Tensor) -> None:
    if not torch.isfinite(maps.sum()):
        raise EstimatorError('the network gave maps with NaN or infinite values; allowed: finite values')


def _highest(maps: Tensor) -> Tensor:
    """(R, K, 2) column and row of the highest cell of (R, K, h, w)."""
    flat, width = maps.flatten(2), maps.shape[3]
    # On CPUs numpy's argmax is ten times faster than torch's.
    best = torch.from_numpy(flat.numpy().argmax(2)) if flat.device.type == 'cpu' else flat.argmax(2)
    return torch.stack([best % width, best // width], 2)


def _vertex(surface: Tensor, chosen: Tensor) -> Tensor:
    """(R, K, 2) from the chosen sample to the top of the parabolas through its neighbours, -0.5..0.5 samples."""
    height, width = surface.shape[2:]
    inner = chosen.clamp(min=1).minimum(chosen.new_tensor([width - 2, height - 2]))
    middle = (inner[..., 1] * width + inner[..., 0])[..., None]
    steps = torch.tensor([-1, 0, 1, -width, 0, width], device=surface.device)
    around = surface.flatten(2).gather(2, middle + steps)
    before, top, after = around.view(*around.shape[:2], 2, 3).unbind(3)
    vertex = 0.5 * (before - after) / (before + after - 2 * top).clamp(max=-1e-9)
    return torch.where(chosen == inner, vertex.nan_to_num(0, 0, 0).clamp(-0.5, 0.5), 0)


def _cubic(distance: Tensor) -> Tensor:
    """Keys' cubic convolution kernel."""
    x = distance.abs()
    near = ((_A + 2) * x - (_A + 3)) * x * x + 1
    far = ((_A * x - 5 * _A) * x + 8 * _A) * x - 4 * _A
    return torch.where(x <= 1, near, torch.where(x < 2, far, torch.zeros_like(x)))
