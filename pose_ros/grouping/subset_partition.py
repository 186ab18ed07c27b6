"""DeepCut's problem: which candidates are real, which keypoint each one is, and who belongs together, in one objective.

Pishchulin et al., DeepCut, 1511.06645, equations 1 to 9. A candidate that could be several keypoints is given here once
for each of them, all at one site, of which at most one may be chosen. x_dc is then the choice of a node, and
z_dd'cc' = x_dc x_d'c' y_dd' is 1 where two nodes are in one cluster, so that the objective is

    sum of unary costs of chosen nodes + sum of pairwise costs within clusters,

subject to transitivity ("i with j" and "j with k" make "i with k"), which is what being a cluster means.
"""
from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components


@dataclass(frozen=True, eq=False)
class Part:
    """A problem of n nodes with all its pairs.

    Attributes:
        unary: (n,) cost of choosing each node, log((1 - p) / p).
        cost: (n, n) cost of having two nodes in one cluster; symmetric, its diagonal 0.
        site: (n,) nodes of one site exclude each other.
    """

    unary: np.ndarray
    cost: np.ndarray
    site: np.ndarray

    @cached_property
    def excluded(self) -> np.ndarray:
        """(n, n) bool: pairs of which at most one may be chosen."""
        return np.equal.outer(self.site, self.site) & ~np.eye(len(self.site), dtype=bool)

    @property
    def all_gained(self) -> float:
        """The sum of all costs below 0: no objective is lower."""
        return float(np.minimum(self.unary, 0).sum() + np.minimum(self.cost, 0).sum() / 2)

    def objective(self, labels: np.ndarray) -> float:
        """The objective of (n,) clusters, -1 for nodes that are not chosen."""
        together = np.equal.outer(labels, labels) & (labels >= 0)
        return float(self.unary[labels >= 0].sum() + self.cost[together].sum() / 2)


@dataclass(frozen=True, eq=False)
class Problem:
    """A problem of N nodes of which most pairs are alike.

    Attributes:
        unary: (N,) cost of choosing each node.
        kind: (N,) int64 keypoint of each node.
        site: (N,) int64; nodes of one site exclude each other.
        first, second: (E,) int64, each pair at most once.
        cost: (E,) of these pairs.
        otherwise: (K, K) symmetric, not negative: cost of all other pairs, by their keypoints.
    """

    unary: np.ndarray
    kind: np.ndarray
    site: np.ndarray
    first: np.ndarray
    second: np.ndarray
    cost: np.ndarray
    otherwise: np.ndarray

    def components(self) -> list[np.ndarray]:
        """The nodes of each independent part: no other pair can gain from being together, or exclude one another."""
        nodes = len(self.unary)
        if not nodes:
            return []
        drawn = np.flatnonzero(self.cost < 0)
        by_site = np.argsort(self.site, kind='stable')
        alike = self.site[by_site[1:]] == self.site[by_site[:-1]]
        ends = (np.concatenate([self.first[drawn], by_site[1:][alike]]),
                np.concatenate([self.second[drawn], by_site[:-1][alike]]))
        count, of = connected_components(coo_matrix((np.ones(len(ends[0])), ends), (nodes, nodes)), directed=False)
        return np.split(np.argsort(of, kind='stable'), np.bincount(of, minlength=count).cumsum()[:-1])

    @cached_property
    def _by_first(self) -> tuple[np.ndarray, np.ndarray]:
        order = np.argsort(self.first, kind='stable')
        return order, np.searchsorted(self.first[order], np.arange(len(self.unary) + 1))

    def part(self, nodes: np.ndarray) -> Part:
        """Some of the nodes, with all their pairs."""
        cost = self.otherwise[np.ix_(self.kind[nodes], self.kind[nodes])]
        np.fill_diagonal(cost, 0)
        order, begin = self._by_first
        pairs = order[np.concatenate([np.arange(begin[node], begin[node + 1]) for node in nodes])]
        place = np.full(len(self.unary), -1)
        place[nodes] = np.arange(len(nodes))
        first, second = place[self.first[pairs]], place[self.second[pairs]]
        inside = second >= 0
        cost[first[inside], second[inside]] = cost[second[inside], first[inside]] = self.cost[pairs[inside]]
        return Part(self.unary[nodes], cost, self.site[nodes])


@dataclass(frozen=True, eq=False)
class Solution:
    """A partition of the chosen nodes, and how good it is.

    Attributes:
        labels: (N,) int64 cluster of each node, -1 for nodes that are not chosen.
        objective: of these labels.
        bound: no labels have a lower objective than this.
        parts, proven: of a whole problem its independent parts, and how many of them are proven to be solved best.
    """

    labels: np.ndarray
    objective: float
    bound: float
    parts: int = 0
    proven: int = 0

    @property
    def gap(self) -> float:
        """By how much the objective may be above the best one, relative to it; 0 = proven the best."""
        difference = max(self.objective - self.bound, 0.0)
        return 0.0 if difference <= 1e-6 else difference / max(abs(self.objective), 1e-9)
