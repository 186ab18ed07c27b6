"""Connections -> persons: follow the tree of limbs, then join what belongs together though no tree limb says so."""
from __future__ import annotations

import numpy as np

from pose_ros.grouping.candidates import Candidates
from pose_ros.grouping.peaks import Peaks
from pose_ros.skeletons import Skeleton

# A torso between these many thighs long may join a leg to the shoulder of its side; about 1.3 is usual
# (Drillis and Contini 1966), and perspective stretches it both ways.
_TORSO_PER_THIGH = (0.6, 2.6)


def assemble(peaks: Peaks, connections: Candidates, skeleton: Skeleton) -> np.ndarray:
    """(F, K) int64: the peak of each keypoint of each person, -1 for none; every peak is used at most once.

    Args:
        connections: at most one per peak and limb; the limbs that are not redundant form a tree whose limbs
            lead away from its root.
    """
    redundant = np.array([limb in skeleton.redundant for limb in skeleton.limbs])[connections.limb]
    root = _roots(connections.take(np.flatnonzero(~redundant)), len(peaks.score))
    rows = _fragments(peaks.keypoint, connections, root, len(skeleton))
    _join(rows, _bridges(rows, connections.take(np.flatnonzero(redundant)), len(peaks.score)))
    _join(rows, _torsos(rows, peaks.position, skeleton))
    return rows[rows.max(axis=1, initial=-1) >= 0]


def owners(rows: np.ndarray, peaks: int) -> np.ndarray:
    """(P,) int64: the row that uses each peak; -1 for none."""
    owner = np.full(peaks, -1)
    row, keypoint = np.nonzero(rows >= 0)
    owner[rows[row, keypoint]] = row
    return owner


def _roots(tree: Candidates, peaks: int) -> np.ndarray:
    """The peak nearest to the root of the tree that each peak is connected to: parents followed by doubling."""
    root = np.arange(peaks)
    root[tree.second] = tree.first
    while True:
        further = root[root]
        if (further == root).all():
            return root
        root = further


def _fragments(keypoint: np.ndarray, connections: Candidates, root: np.ndarray, keypoints: int) -> np.ndarray:
    """(F, K): one row per root, with the connected peaks that lead to it."""
    is_linked = np.zeros(len(root), bool)
    is_linked[connections.first] = is_linked[connections.second] = True
    linked = np.flatnonzero(is_linked)
    is_root = root[linked] == linked
    number = np.empty(len(root), np.int64)
    number[linked[is_root]] = np.arange(np.count_nonzero(is_root))
    rows = np.full((np.count_nonzero(is_root), keypoints), -1)
    rows[number[root[linked]], keypoint[linked]] = linked
    return rows


def _join(rows: np.ndarray, pairs: np.ndarray) -> None:
    """Merge pairs of rows, best first, where they share no keypoint; the second row is left empty."""
    holder = np.arange(len(rows))
    for one, other in pairs:
        one, other = holder[one], holder[other]
        if one != other and not ((rows[one] >= 0) & (rows[other] >= 0)).any():
            rows[one] = np.maximum(rows[one], rows[other])
            rows[other] = -1
            holder[holder == other] = one


def _bridges(rows: np.ndarray, redundant: Candidates, peaks: int) -> np.ndarray:
    """(n, 2) pairs of fragments with a redundant limb between them, best first."""
    owner = owners(rows, peaks)
    pairs = np.stack([owner[redundant.first], owner[redundant.second]], axis=1)[np.argsort(-redundant.score)]
    return pairs[pairs[:, 0] != pairs[:, 1]]


def _torsos(rows: np.ndarray, position: np.ndarray, skeleton: Skeleton) -> np.ndarray:
    """(n, 2) pairs of a fragment with a shoulder and one with a leg of that side, both without a neck, best first.

    All limbs between arms and legs meet in the neck; where it is hidden, only proportions can tell who belongs to whom.
    """
    neckless = rows[:, skeleton.index('neck')] < 0
    pairs, lengths = [np.zeros((0, 2), np.int64)], [np.zeros(0)]
    for side in ('left', 'right') if neckless.any() else ():
        shoulder, hip, knee = (rows[:, skeleton.index(f'{side}_{part}')] for part in ('shoulder', 'hip', 'knee'))
        upper = np.flatnonzero(neckless & (shoulder >= 0) & (hip < 0))
        leg = np.flatnonzero(neckless & (hip >= 0) & (knee >= 0))
        torso = _distance(position, shoulder[upper, None], hip[None, leg])
        ratio = torso / _distance(position, hip[None, leg], knee[None, leg])
        one, other = np.nonzero((ratio > _TORSO_PER_THIGH[0]) & (ratio < _TORSO_PER_THIGH[1]))
        pairs.append(np.stack([upper[one], leg[other]], axis=1))
        lengths.append(torso[one, other])
    return np.concatenate(pairs)[np.argsort(np.concatenate(lengths), kind='stable')]


def _distance(position: np.ndarray, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.maximum(np.linalg.norm(position[:, one] - position[:, other], axis=0), 1e-3)
