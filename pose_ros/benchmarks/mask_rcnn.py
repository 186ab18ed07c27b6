"""The read-out of keypoint R-CNN alone, against torchvision's loop: CPU time of one thread, and how far they differ.

The least time counts: a busy machine takes caches and clock away, which only ever adds.
"""
from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from pose_ros.benchmarks.row import Row

if TYPE_CHECKING:
    from torch import Tensor

HEIGHT_PX = 638
PEOPLE = (1, 5, 20)


def rows(repeats: int = 60) -> list[Row]:
    """For every number of people of 638 px: the least times, and the largest difference."""
    import torch
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.inference_mode():
            return [row for people in PEOPLE for row in _rows(people, repeats)]
    finally:
        torch.set_num_threads(threads)


def _rows(people: int, repeats: int) -> list[Row]:
    from torchvision.models.detection.roi_heads import heatmaps_to_keypoints

    from pose_ros.estimators.readout import read_logits
    logits, boxes = _heads(people)
    ours, ms = _timed(lambda: read_logits(logits, boxes)[0], repeats)
    theirs, loop_ms = _timed(lambda: heatmaps_to_keypoints(logits, boxes)[0], 3)
    apart = float(np.abs(ours - theirs[..., :2].numpy()).max())
    name = f'mask_rcnn.readout.{people}'
    return [Row(f'{name}.ms', ms, 'ms'), Row(f'{name}.loop_ms', loop_ms, 'ms'), Row(f'{name}.apart_px', apart, 'px')]


def _heads(people: int) -> tuple[Tensor, Tensor]:
    """(P, 17, 56, 56) logits with one top each, and their (P, 4) boxes [px]."""
    import torch
    random = torch.Generator().manual_seed(people)
    centre = torch.rand(people, 17, 2, 1, 1, generator=random) * 50 + 3
    cells = torch.arange(56.)
    logits = 8 - ((cells - centre[:, :, 0]) ** 2 + (cells[:, None] - centre[:, :, 1]) ** 2) / 12
    return logits.clamp(min=-6), torch.tensor([[10., 20, 270, 20 + HEIGHT_PX]]).expand(people, 4)


def _timed(work: Callable[[], Any], repeats: int) -> tuple[Any, float]:
    """The answer and the least CPU time [ms]."""
    times, answer = [], work()
    for _ in range(repeats):
        begin = time.thread_time()
        answer = work()
        times.append(1e3 * (time.thread_time() - begin))
    return answer, min(times)
