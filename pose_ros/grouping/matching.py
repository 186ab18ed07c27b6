"""Bipartite matching per limb: every peak gets at most one partner along each limb."""
from __future__ import annotations

import numpy as np

from pose_ros.grouping.candidates import Candidates


def match(candidates: Candidates, peaks: int) -> Candidates:
    """The greedy matching by score of every limb at once, as OpenPose does (Cao et al., 1611.08050, section 2.4).

    Rounds of pairs that are each other's best choice give exactly the pairs of the sorted greedy loop.

    Args:
        peaks: number of peaks of the image.

    Returns:
        Connections: at most one per limb and peak, best first within a round.
    """
    ends = candidates.limb * peaks + np.stack([candidates.first, candidates.second])
    open_ = np.argsort(-candidates.score, kind='stable')
    chosen = [open_[:0]]
    while len(open_):
        best = _earliest(ends[0][open_]) & _earliest(ends[1][open_])
        chosen.append(open_[best])
        open_ = open_[~(_used(ends[0], open_, best) | _used(ends[1], open_, best))]
    return candidates.take(np.concatenate(chosen))


def _earliest(keys: np.ndarray) -> np.ndarray:
    """(n,) bool: the first of each key."""
    first = np.empty(keys.max() + 1, np.intp)
    order = np.arange(len(keys))
    # Of repeated indices numpy keeps the last value, which is the first key in reverse.
    first[keys[::-1]] = order[::-1]
    return first[keys] == order


def _used(keys: np.ndarray, rows: np.ndarray, best: np.ndarray) -> np.ndarray:
    """(n,) bool: the rows whose key a best row has taken."""
    taken = np.zeros(keys.max() + 1, bool)
    taken[keys[rows[best]]] = True
    return taken[keys[rows]]
