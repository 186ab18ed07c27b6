"""Which peaks may be linked: all pairs of all limbs, scored by line integrals through the part affinity fields."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from pose_ros.grouping.peaks import Peaks
from pose_ros.grouping.settings import PafSettings

SAMPLES = 10
# Pairs scored at a time: few enough for their arrays to stay in the CPU's cache.
_BLOCK = 8192


@dataclass(frozen=True, eq=False)
class Candidates:
    """Pairs of peaks that a PAF supports.

    Attributes:
        limb: (C,) int64 index of the limb.
        first, second: (C,) int64 indices of its peaks.
        score: (C,) float32, the mean PAF along it, less for very long ones; > 0.
    """

    limb: np.ndarray
    first: np.ndarray
    second: np.ndarray
    score: np.ndarray

    def take(self, indices: np.ndarray) -> Candidates:
        """Some of the candidates, in the order of `indices`."""
        return Candidates(self.limb[indices], self.first[indices], self.second[indices], self.score[indices])


class _Lines(NamedTuple):
    """B pairs of peaks as lines across the maps: start (2, B), way to the end (2, B) and length (B,) in cells."""

    limb: np.ndarray
    first: np.ndarray
    second: np.ndarray
    start: np.ndarray
    way: np.ndarray
    length: np.ndarray

    def take(self, indices: np.ndarray) -> _Lines:
        return _Lines(*(values.take(indices, axis=-1) for values in self))


def find_candidates(peaks: Peaks, pafs: np.ndarray, limbs: np.ndarray, settings: PafSettings) -> Candidates:
    """Score all pairs of peaks and keep those whose PAF supports the limb (Cao et al., 1611.08050, eq. 10 and 11).

    Args:
        pafs: (2L, h, w) float32, x and y of limb l in channels 2l and 2l + 1.
        limbs: (L, 2) keypoint indices.
    """
    found = [_score(_through_the_middle(lines, pafs, settings), pafs, settings) for lines in _lines(peaks, limbs)]
    columns = zip(*((one.limb, one.first, one.second, one.score) for one in found))
    return Candidates(*(np.concatenate(column) for column in columns))


def _lines(peaks: Peaks, limbs: np.ndarray) -> Iterator[_Lines]:
    """All pairs of all limbs, block by block; peaks are sorted by keypoint, so partners are runs of indices."""
    counts = np.bincount(peaks.keypoint, minlength=limbs.max() + 1)
    begin = counts.cumsum() - counts
    starts, ends = limbs.T
    limb = np.arange(len(limbs)).repeat(counts[starts])
    first = _runs(begin[starts], counts[starts])
    partners, begin = counts[ends][limb], begin[ends][limb]
    blocks = partners.cumsum() // _BLOCK
    cuts = [0, *(np.flatnonzero(blocks[1:] > blocks[:-1]) + 1).tolist(), len(limb)]
    for rows in map(slice, cuts, cuts[1:]):
        size = partners[rows]
        yield _line(peaks.position, limb[rows].repeat(size), first[rows].repeat(size), _runs(begin[rows], size))


def _runs(begin: np.ndarray, size: np.ndarray) -> np.ndarray:
    """begin[0], begin[0] + 1, ... size[0] of them, then the next run."""
    runs = (begin - size.cumsum() + size).repeat(size)
    runs += np.arange(len(runs))
    return runs


def _line(position: np.ndarray, limb: np.ndarray, first: np.ndarray, second: np.ndarray) -> _Lines:
    start = position.take(first, axis=1)
    way = position.take(second, axis=1) - start
    return _Lines(limb, first, second, start, way, np.sqrt(way[0] * way[0] + way[1] * way[1]))


def _through_the_middle(lines: _Lines, pafs: np.ndarray, settings: PafSettings) -> _Lines:
    """The lines that the PAF supports half-way, or that are short: one sample drops most of the wrong ones."""
    x, y = _sample(lines, pafs, 1)
    support = x[0] * lines.way[0] + y[0] * lines.way[1]
    needed = lines.length * np.float32(settings.limb_threshold)
    return lines.take(np.flatnonzero((support > needed) | _is_short(lines, settings)))


def _score(lines: _Lines, pafs: np.ndarray, settings: PafSettings) -> Candidates:
    x, y = _sample(lines, pafs, SAMPLES)
    length = np.maximum(lines.length, np.float32(1e-6))
    support = (x * lines.way[0] + y * lines.way[1]) / length
    score = support.sum(axis=0) / np.float32(SAMPLES) + np.minimum(settings.long_limb * pafs.shape[1] / length - 1, 0)
    supported = (support > np.float32(settings.limb_threshold)).sum(axis=0) >= settings.limb_ratio * SAMPLES - 1e-6
    supported &= score > 0
    short = np.flatnonzero(_is_short(lines, settings))
    if len(short):
        # The direction between peaks of one cell is noise, but not the field's length there.
        magnitude = np.sqrt(x[:, short] ** 2 + y[:, short] ** 2).sum(axis=0) / np.float32(SAMPLES)
        score[short], supported[short] = np.maximum(magnitude, np.float32(settings.limb_threshold) + 1e-6), True
    kept = np.flatnonzero(supported)
    return Candidates(lines.limb[kept], lines.first[kept], lines.second[kept], score[kept])


def _is_short(lines: _Lines, settings: PafSettings) -> np.ndarray:
    return lines.length < np.float32(settings.short_limb)


def _sample(lines: _Lines, pafs: np.ndarray, samples: int) -> tuple[np.ndarray, np.ndarray]:
    """(samples, B) x and y of the PAF in the cells nearest to points spread evenly over each line."""
    height, width = pafs.shape[1:]
    along = ((np.arange(samples) + 0.5) / samples).astype(np.float32)[:, None]
    column, cell = (lines.way[:, None] * along + (lines.start + np.float32(0.5))[:, None]).astype(np.intp)
    cell *= width
    cell += column
    cell += lines.limb * (2 * height * width)
    flat = pafs.reshape(-1)
    return flat.take(cell), flat.take(cell + height * width)
