"""Connections -> persons: follow the tree of limbs, then join what belongs together though no tree limb says so."""
from __future__ import annotations

import numpy as np

from pose_ros.grouping.candidates import Candidates
from pose_ros.grouping.peaks import Peaks
from pose_ros.skeletons import Skeleton

# Where arms, legs and head meet when the neck is hidden.
_TRUNK = (('left_shoulder', 'left_hip'), ('right_shoulder', 'right_hip'), ('left_shoulder', 'right_shoulder'),
          ('left_hip', 'right_hip'))
# No side of the trunk is longer than about 1.7 upper arms (Drillis and Contini 1966); the rest is for perspective.
_TRUNK_PER_LIMB = 2.0


def assemble(peaks: Peaks, connections: Candidates, skeleton: Skeleton) -> np.ndarray:
    """(F, K) int64: the peak of each keypoint of each person, -1 for none; every peak is used at most once.

    Args:
        connections: at most one per peak and limb; the limbs that are not redundant form a tree whose limbs
            lead away from its root.
    """
    redundant = np.array([limb in skeleton.redundant for limb in skeleton.limbs])[connections.limb]
    fragment = _fragments(connections, ~redundant, len(peaks.score))
    linked = np.flatnonzero(fragment >= 0)
    rows = np.full((fragment.max(initial=-1) + 1, len(skeleton)), -1)
    rows[fragment[linked], peaks.keypoint[linked]] = linked
    ends = fragment[np.stack([connections.first, connections.second], axis=1)]
    bridges = np.flatnonzero(redundant & (ends[:, 0] != ends[:, 1]))
    _join(rows, ends[bridges[np.argsort(-connections.score[bridges])]])
    _join(rows, _trunks(rows, peaks.position, skeleton))
    return rows[rows.max(axis=1, initial=-1) >= 0]


def owners(rows: np.ndarray, peaks: int) -> np.ndarray:
    """(P,) int64: the row that uses each peak; -1 for none."""
    owner = np.full(peaks, -1)
    row, keypoint = np.nonzero(rows >= 0)
    owner[rows[row, keypoint]] = row
    return owner


def _fragments(connections: Candidates, in_tree: np.ndarray, peaks: int) -> np.ndarray:
    """(P,) the number of the fragment of each peak, -1 without connections; fragments share a root in the tree."""
    root = np.arange(peaks)
    root[connections.second[in_tree]] = connections.first[in_tree]
    while not np.array_equal(further := root[root], root):
        root = further
    is_linked = np.zeros(peaks, bool)
    is_linked[connections.first] = is_linked[connections.second] = True
    is_root = is_linked & (root == np.arange(peaks))
    return np.where(is_linked, (is_root.cumsum() - 1)[root], -1)


def _join(rows: np.ndarray, pairs: np.ndarray) -> None:
    """Merge pairs of rows, best first, where they share no keypoint; the second row is left empty."""
    holder = np.arange(len(rows))
    for one, other in pairs:
        one, other = holder[one], holder[other]
        if one != other and not ((rows[one] >= 0) & (rows[other] >= 0)).any():
            rows[one] = np.maximum(rows[one], rows[other])
            rows[other] = -1
            holder[holder == other] = one


def _trunks(rows: np.ndarray, position: np.ndarray, skeleton: Skeleton) -> np.ndarray:
    """(n, 2) pairs of fragments without a neck that a side of the trunk may join, the shortest first.

    All limbs between arms, legs and head meet in the neck; where it is hidden, only proportions can tell who belongs
    to whom: a side of the trunk must not be much longer than the longest limb of the two fragments.
    """
    neckless = np.flatnonzero(rows[:, skeleton.index('neck')] < 0)
    if len(neckless) < 2:
        return np.zeros((0, 2), np.int64)
    points = np.append(position, [[np.nan], [np.nan]], axis=1)[:, rows[neckless]]
    limbs = _length(points[..., skeleton.limb_indices[:, 0]], points[..., skeleton.limb_indices[:, 1]])
    reach = _TRUNK_PER_LIMB * np.nan_to_num(limbs).max(axis=1)
    pairs, lengths = [], []
    for one, other in _TRUNK:
        length = _length(points[:, :, None, skeleton.index(one)], points[:, None, :, skeleton.index(other)])
        near = np.stack(np.nonzero(length <= np.maximum(reach[:, None], reach)), axis=1)
        pairs.append(neckless[near])
        lengths.append(length[near[:, 0], near[:, 1]])
    return np.concatenate(pairs)[np.argsort(np.concatenate(lengths), kind='stable')]


def _length(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """(2, ...) and (2, ...) -> (...) distances; NaN where an end is missing."""
    return np.sqrt(((start - end) ** 2).sum(axis=0))
