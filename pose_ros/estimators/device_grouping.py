"""Peaks and pair scores on the network's device, so that only they cross to the host, in one copy.

The same arithmetic as `grouping.peaks` and `grouping.candidates`, with `max_peaks` places for every keypoint.
"""
from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import max_pool2d, pad

from pose_ros.errors import EstimatorError
from pose_ros.grouping.candidates import SAMPLES, Candidates
from pose_ros.grouping.peaks import Peaks
from pose_ros.grouping.settings import PafSettings


def find_on_device(heatmaps: Tensor, pafs: Tensor, limbs: np.ndarray,
                   settings: PafSettings) -> list[tuple[Peaks, Candidates]]:
    """The peaks and candidates of N images.

    Args:
        heatmaps: (N, K, h, w) float32, without background.
        pafs: (N, 2L, h, w) float32.
        limbs: (L, 2) keypoint indices.

    Raises:
        EstimatorError: the maps are not finite.
    """
    most = min(settings.max_peaks, heatmaps[0, 0].numel())
    finite = torch.isfinite(heatmaps.sum((1, 2, 3)) + pafs.sum((1, 2, 3)))
    # A NaN must not become an index: CUDA would lose its context. The host raises once it sees `finite`.
    score, position = _peaks(heatmaps.nan_to_num(0, 0, 0), settings.peak_threshold, most)
    pairs = _pairs(score, position, pafs, limbs, settings)
    packed = torch.cat([values.flatten(1) for values in (score, position, pairs, finite[:, None].float())], dim=1)
    sizes = np.cumsum([score[0].numel(), position[0].numel(), pairs[0].numel()]).tolist()
    return [_unpack(np.split(row, sizes), limbs, most) for row in packed.cpu().numpy()]


def _peaks(heatmaps: Tensor, threshold: float, most: int) -> tuple[Tensor, Tensor]:
    """(N, K, M) scores, 0 where there are fewer peaks, and (N, 2, K, M) positions [cells]."""
    height, width = heatmaps.shape[2:]
    before = pad(heatmaps, (1, 1, 1, 0))
    earlier = max_pool2d(before[..., :-1, :], (1, 3), 1).maximum(before[..., 1:, :-2])
    is_peak = (heatmaps >= threshold) & (heatmaps == max_pool2d(heatmaps, 3, 1, 1)) & (heatmaps > earlier)
    score, cell = (heatmaps * is_peak).flatten(2).topk(most)
    row, column = cell // width, cell % width
    x, y = _offsets(heatmaps, row, column)
    x = x * ((column > 0) & (column < width - 1))
    y = y * ((row > 0) & (row < height - 1))
    return score, torch.stack([column + x, row + y], dim=1)


def _offsets(heatmaps: Tensor, row: Tensor, column: Tensor) -> tuple[Tensor, Tensor]:
    """(N, K, M) sub-cell offsets along x and y, as in `grouping.peaks`."""
    padded = pad(heatmaps, (1, 1, 1, 1))
    width = padded.shape[3]
    steps = torch.arange(3, device=heatmaps.device)
    cells = (row * width + column)[..., None, None] + steps[:, None] * width + steps
    around = padded.flatten(2).gather(2, cells.flatten(2)).reshape(cells.shape).clamp(min=1e-3)
    logarithm, weight = around.log(), around.square()
    return _vertex(logarithm.transpose(-2, -1), weight[..., 1]), _vertex(logarithm, weight[..., 1, :])


def _vertex(logarithm: Tensor, weight: Tensor) -> Tensor:
    """(...) the top of parabolas through (..., 3 along, 3 beside) logarithms with (..., 3) weights."""
    before, centre, after = logarithm.unbind(-2)
    slope = (weight * (before - after)).sum(-1)
    curvature = (weight * (before + after - 2 * centre)).sum(-1)
    return (0.5 * slope / curvature.clamp(max=-1e-6)).clamp(-0.5, 0.5)


def _pairs(score: Tensor, position: Tensor, pafs: Tensor, limbs: np.ndarray, settings: PafSettings) -> Tensor:
    """(N, L, M, M) scores of all pairs of peaks; 0 where the PAF does not support them."""
    starts, ends = torch.as_tensor(limbs.T.copy(), device=score.device)
    start = position[:, :, starts, :, None, None]
    way = position[:, :, ends, None, :, None] - start
    length = way.square().sum(1).sqrt()
    middle = _sample(pafs, start, way, 1)
    x, y = (_sample(pafs, start, way, SAMPLES)[:, axis] for axis in (0, 1))
    needed = length[..., 0] * settings.limb_threshold
    short = length[..., 0] < settings.short_limb
    length = length.clamp(min=1e-6)
    support = (x * way[:, 0] + y * way[:, 1]) / length
    mean = support.sum(-1) / SAMPLES + (settings.long_limb * pafs.shape[2] / length[..., 0] - 1).clamp(max=0)
    supported = (support > settings.limb_threshold).sum(-1) >= settings.limb_ratio * SAMPLES - 1e-6
    supported &= (mean > 0) & ((middle * way).sum(1)[..., 0] > needed)
    magnitude = ((x.square() + y.square()).sqrt().sum(-1) / SAMPLES).clamp(min=settings.limb_threshold + 1e-6)
    real = (score[:, starts, :, None] > 0) & (score[:, ends, None, :] > 0)
    return torch.where(short, magnitude, mean) * (real & (supported | short))


def _sample(pafs: Tensor, start: Tensor, way: Tensor, samples: int) -> Tensor:
    """(N, 2, L, M, M, S) x and y of the PAFs in the cells nearest to points spread evenly over each pair."""
    images, channels, height, width = pafs.shape
    along = (torch.arange(samples, device=pafs.device) + 0.5) / samples
    points = (way * along + (start + 0.5)).long()
    cell = points[:, 1] * width + points[:, 0]
    fields = pafs.reshape(images, channels // 2, 2, height * width).transpose(1, 2)
    flat = cell.flatten(2)[:, None].expand(-1, 2, -1, -1)
    return fields.gather(3, flat).reshape(images, 2, *cell.shape[1:])


def _unpack(parts: list[np.ndarray], limbs: np.ndarray, most: int) -> tuple[Peaks, Candidates]:
    score, position, pairs, finite = parts
    if not finite[0]:
        raise EstimatorError('the network gave maps with NaN or infinite values; allowed: finite values')
    score = score.reshape(-1, most)
    keypoint, place = np.nonzero(score > 0)
    number = np.zeros(score.shape, np.int64)
    number[keypoint, place] = np.arange(len(keypoint))
    peaks = Peaks(keypoint, position.reshape(2, -1, most)[:, keypoint, place], score[keypoint, place])
    found = np.flatnonzero(pairs > 0)
    limb, pair = np.divmod(found, most * most)
    first, second = np.divmod(pair, most)
    return peaks, Candidates(limb, number[limbs[limb, 0], first], number[limbs[limb, 1], second], pairs[found])
