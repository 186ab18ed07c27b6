"""Good partitions soon: greedy additive contraction, then Kernighan-Lin moves (Keuper et al., 1505.06973)."""
from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from pose_ros.grouping.subset_partition import Part

_LEAST_GAIN = 1e-9


def contract(part: Part) -> np.ndarray:
    """(n,) labels: join clusters that are each other's best choice, in rounds, until no two gain by it."""
    nodes = len(part.unary)
    cost = np.where(part.excluded | np.eye(nodes, dtype=bool), np.inf, part.cost)
    # Whoever is alone need not be chosen, and so pays for being chosen when first joined.
    entry = np.maximum(part.unary, 0)
    holder = np.arange(nodes)
    while len(joined := _best_pairs(cost + entry + entry[:, None])):
        low, high = joined.T
        cost[low] += cost[high]
        cost[:, low] += cost[:, high]
        entry[low] = 0
        kept = np.ones(len(entry), bool)
        kept[high] = False
        leader = np.arange(len(kept))
        leader[high] = low
        holder = (kept.cumsum() - 1)[leader[holder]]
        cost, entry = cost[np.ix_(kept, kept)], entry[kept]
    return _without_rivals(part, holder)


def _best_pairs(change: np.ndarray) -> np.ndarray:
    """(p, 2) pairs, the lower first, of which each is the other's best choice and gains; of ties at least one."""
    rows = np.arange(len(change))
    best = change.argmin(axis=1)
    mutual = (best[best] == rows) & (rows < best) & (change[rows, best] < 0)
    if not mutual.any() and change.min() < 0:
        return np.sort(np.unravel_index(change.argmin(), change.shape))[None]
    return np.stack([rows[mutual], best[mutual]], axis=1)


def _without_rivals(part: Part, labels: np.ndarray) -> np.ndarray:
    """The same labels without nodes that are better not chosen, and with the best of each site only."""
    worth = part.unary + (part.cost * np.equal.outer(labels, labels)).sum(axis=1)
    wanted = (worth < 0) | (np.bincount(labels)[labels] > 1)
    rank = np.argsort(np.argsort(worth, kind='stable'))
    outdone = (part.excluded & wanted & (rank < rank[:, None])).any(axis=1)
    return np.where(wanted & ~outdone, labels, -1)


def improve(part: Part, labels: np.ndarray, end: float = float('inf')) -> np.ndarray:
    """(n,) labels with an objective as low or lower: moves of single nodes, then of sequences between two clusters.

    Args:
        end: the time.monotonic() at which to stop.
    """
    while True:
        labels = _move_nodes(part, labels)
        for nodes, side in _neighbours(part, labels):
            if time.monotonic() > end:
                return labels
            moved, gain = _exchange(part.cost[np.ix_(nodes, nodes)], side)
            if gain > _LEAST_GAIN:
                labels = _relabelled(labels, nodes, moved)
                break
        else:
            return labels


def _move_nodes(part: Part, labels: np.ndarray) -> np.ndarray:
    """Move the node that gains most, to a cluster, one of its own, or none, until none gains."""
    labels = np.unique(labels, return_inverse=True)[1] - bool((labels < 0).any())
    nodes = np.arange(len(labels))
    while True:
        clusters = labels.max(initial=-1) + 1
        within = part.cost @ (labels[:, None] == np.arange(clusters)) + part.unary[:, None]
        # The last two: a new cluster, and not being chosen, which label -1 finds from behind.
        price = np.column_stack([within, part.unary, np.zeros(len(nodes))])
        price[(part.excluded & (labels >= 0)).any(axis=1), :-1] = np.inf
        gain = price[nodes, labels][:, None] - price
        node, target = divmod(int(gain.argmax()), clusters + 2)
        if not gain[node, target] > _LEAST_GAIN:
            return labels
        labels[node] = -1 if target == clusters + 1 else target


def _neighbours(part: Part, labels: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Every cluster beside an empty one, and every two clusters that some pair draws together: nodes, sides +1 -1."""
    members = [np.flatnonzero(labels == label) for label in range(labels.max(initial=-1) + 1)]
    for i, nodes in enumerate(members):
        if len(nodes) > 1:
            yield nodes, np.ones(len(nodes))
        for others in members[i + 1:]:
            if len(others) and len(nodes) and part.cost[np.ix_(nodes, others)].min() < 0:
                yield np.concatenate([nodes, others]), np.repeat([1.0, -1.0], [len(nodes), len(others)])


def _exchange(cost: np.ndarray, side: np.ndarray) -> tuple[np.ndarray, float]:
    """Move one node after another to the other side, whatever it costs; the best state on the way and its gain."""
    side, best, gain, total = side.copy(), side, 0.0, 0.0
    open_ = np.zeros(len(side))
    for _ in side:
        change = -side * (cost @ side) + open_
        node = int(change.argmin())
        total += change[node]
        side[node] = -side[node]
        open_[node] = np.inf
        if -total > gain + _LEAST_GAIN:
            best, gain = side.copy(), -total
    return best, gain


def _relabelled(labels: np.ndarray, nodes: np.ndarray, side: np.ndarray) -> np.ndarray:
    labels = labels.copy()
    free = labels.max() + 1
    labels[nodes] = np.where(side > 0, free, free + 1)
    return labels
