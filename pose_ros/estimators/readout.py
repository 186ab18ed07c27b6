"""Maps of one person each -> keypoints, all maps at once; torchvision's read-out loops over persons.

Like torchvision's, it finds the highest pixel of the bicubically enlarged map, but enlarges only what lies round the
highest cell; a parabola then goes on between the pixels. The maps stay on their device, these few cells leave it.
"""
from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from pose_ros.errors import EstimatorError
from pose_ros.estimators.subpixel import REACH, bicubic_top, highest, vertex

SMALLEST_HEAT = 1e-3  # below it a heatmap's logarithm is noise


def read_logits(logits: Tensor, boxes: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Keypoints in boxes, where the maps enlarged to the boxes' size are highest.

    Args:
        logits: (R, K, h, w) float32 over the boxes.
        boxes: (R, 4) left, top, right, bottom [px], 0 at the outer edge of the first pixel.

    Returns:
        (R, K, 2) x, y in the coordinates of the boxes, and the (R, K) probability that the keypoint lies within 4
        cells of there, if it lies in the box at all.

    Raises:
        EstimatorError: the maps are not finite.
    """
    people, keypoints, height, width = logits.shape
    if not people:
        return np.zeros((0, keypoints, 2), np.float32), np.zeros((0, keypoints), np.float32)
    _check(logits)
    maps = logits.reshape(people * keypoints, height * width)
    centre, around, sure = _cut_out(maps, height, width)
    corners = np.repeat(boxes.cpu().numpy(), keypoints, 0)
    sides = np.maximum(corners[:, 2:] - corners[:, :2], 1)
    whole = np.array([width, height], np.float32)
    cells = bicubic_top(around, centre, whole, whole / np.ceil(sides))
    points = (cells + 0.5) * (sides / whole) + corners[:, :2]
    return points.reshape(people, keypoints, 2), sure.reshape(people, keypoints)


def _cut_out(maps: Tensor, height: int, width: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of (N, h w) maps: column and row (N, 2) of the highest cell, the (N, 9, 9) cells round it, their probability."""
    # On CPUs numpy's argmax is ten times faster than torch's.
    best = torch.from_numpy(maps.numpy().argmax(1)) if maps.device.type == 'cpu' else maps.argmax(1)
    reach = torch.arange(-REACH, REACH + 1, device=maps.device)
    columns, rows = (best % width)[:, None] + reach, (best // width)[:, None] + reach
    inner_columns, inner_rows = columns.clamp(0, width - 1), rows.clamp(0, height - 1)
    cells = (inner_rows[:, :, None] * width + inner_columns[:, None]).flatten(1)
    inside = (rows == inner_rows)[:, :, None] & (columns == inner_columns)[:, None]
    sure = maps.softmax(1).gather(1, cells).mul_(inside.flatten(1)).sum(1).clamp_(max=1)
    centre = np.stack(np.divmod(best.cpu().numpy(), width)[::-1], 1)
    return centre, maps.gather(1, cells).view(inside.shape).cpu().numpy(), sure.cpu().numpy()


def read_bells(heatmaps: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Where each heatmap, a Gaussian of one person's keypoint, has its top.

    Args:
        heatmaps: (R, K, h, w).

    Returns:
        (R, K, 2) x, y [cells, centres at integers], and (R, K) scores 0..1, the highest cells.

    Raises:
        EstimatorError: the maps are not finite.
    """
    people, keypoints, height, width = heatmaps.shape
    _check(heatmaps)
    maps = heatmaps.reshape(people * keypoints, height, width).cpu().numpy()
    if not people:
        return np.zeros((0, keypoints, 2), np.float32), np.zeros((0, keypoints), np.float32)
    chosen = highest(maps)
    tops = chosen + vertex(np.log(np.maximum(maps, SMALLEST_HEAT)), chosen)
    return tops.reshape(people, keypoints, 2), maps.max((1, 2)).clip(0, 1).reshape(people, keypoints)


def _check(maps: Tensor) -> None:
    if not torch.isfinite(maps.sum()):
        raise EstimatorError('the network gave maps with NaN or infinite values; allowed: finite values')
