"""How low the objective of a partition can be at best, from conflicts that every partition must pay for."""
from __future__ import annotations

import numpy as np

from pose_ros.grouping.subset_partition import Part

_NOTHING = 1e-9


def lower_bound(part: Part, labels: np.ndarray) -> float:
    """A bound below every objective: all that can be gained, less what conflicts cost at least.

    Whoever costs something is either chosen or parted from all that draw it; of a cycle with one pair that costs and
    others that gain, something is paid. Such conflicts are packed greedily, each unit of cost being used once (Lange,
    Karrenbauer, Andres, ICML 2018). Any labels give a valid bound; good ones a tight bound, as only those conflicts
    help of which they pay for exactly one member.

    Args:
        labels: (n,) clusters, -1 for nodes that are not chosen.
    """
    packing = _Packing(part, labels)
    for node in np.flatnonzero(part.unary > 0):
        packing.pay_for_node(int(node), float(part.unary[node]), bool(labels[node] >= 0))
    for first, second in np.argwhere(np.triu(packing.cost * packing.inside)):
        packing.pay_for_pair(int(first), int(second))
    for first, second in np.argwhere(np.triu((packing.gain > _NOTHING) & ~packing.inside)):
        packing.pay_for_parting(int(first), int(second))
    return packing.bound


class _Packing:
    """What is left of the gains and costs of pairs, (n, n) each, while the bound rises."""

    def __init__(self, part: Part, labels: np.ndarray) -> None:
        nodes = np.arange(len(labels))
        cluster = np.where(labels >= 0, labels, len(nodes) + nodes)
        self.inside = np.equal.outer(cluster, cluster)
        self.gain = np.maximum(-part.cost, 0)
        self.cost = np.where(part.excluded, np.abs(part.cost).sum(), np.maximum(part.cost, 0))
        self.bound = part.all_gained

    def pay_for_node(self, node: int, cost: float, chosen: bool) -> None:
        """The node costs something, or else all its gains are lost."""
        gains = self.gain[node] * self.inside[node] if chosen else self.gain[node]
        total = float(gains.sum())
        if total > _NOTHING:
            paid = min(cost, total)
            self.gain[node] -= gains * (paid / total)
            self.gain[:, node] = self.gain[node]
            self.bound += paid

    def pay_for_pair(self, first: int, second: int) -> None:
        """Two of one cluster are together, or else a gain is lost on every path between them."""
        while self.cost[first, second] > _NOTHING and (path := _path(self._tree(second), first)):
            self._pay(path, first, second)

    def pay_for_parting(self, first: int, second: int) -> None:
        """The gain of two in different clusters is lost, or else a pair that costs comes together, or another gain."""
        while self.gain[first, second] > _NOTHING:
            here, there = self._tree(first), self._tree(second)
            ends, others = list(here), list(there)
            costs = self.cost[np.ix_(ends, others)]
            one, other = divmod(int(costs.argmax()), len(others))
            if costs[one, other] <= _NOTHING:
                return
            path = _path(here, ends[one]) + _path(there, others[other])[::-1]
            self._pay(path, ends[one], others[other])

    def _tree(self, root: int) -> dict[int, int]:
        """Who is reached from the root over gains inside its cluster, and the node before each on a shortest path."""
        before, reached = {root: root}, [root]
        for node in reached:
            for new in np.flatnonzero((self.gain[node] > _NOTHING) & self.inside[node]).tolist():
                if new not in before:
                    before[new] = node
                    reached.append(new)
        return before

    def _pay(self, path: list[int], first: int, second: int) -> None:
        """Use up as much of a cycle as its weakest pair has."""
        ends = np.array(path[:-1]), np.array(path[1:])
        paid = min(float(self.cost[first, second]), float(self.gain[ends].min()))
        self.gain[ends] -= paid
        self.gain[ends[::-1]] = self.gain[ends]
        self.cost[first, second] = self.cost[second, first] = self.cost[first, second] - paid
        self.bound += paid


def _path(before: dict[int, int], node: int) -> list[int]:
    """The nodes from one of a tree to its root; empty if it is not in the tree."""
    path = [node] if node in before else []
    while path and before[path[-1]] != path[-1]:
        path.append(before[path[-1]])
    return path
