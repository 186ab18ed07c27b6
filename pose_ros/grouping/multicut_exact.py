"""The best partition, proven: DeepCut's integer program, with triangle rows added where they are violated."""
from __future__ import annotations

import time

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp
from scipy.sparse import csr_matrix, vstack

from pose_ros.grouping.subset_partition import Part, Solution

_TOLERANCE = 1e-6
# Added per round: enough to finish in a few, few enough for each round to be quick.
_MOST_ROWS = 1000


def solve_exactly(part: Part, start: Solution, seconds: float) -> Solution:
    """The best labels and the proof; when the time is over, the start with the best bound so far.

    The relaxation is solved first, as its optimum is often integral; integers are asked for once no triangle row is
    violated. A bound that meets the objective of the start proves the start.
    """
    program, bound, integral, end = _Program(part), start.bound, False, time.monotonic() + seconds
    while bound < start.objective - _TOLERANCE and (left := end - time.monotonic()) > 0:
        result = program.solve(integral, left)
        bound = max(bound, _dual_bound(result))
        if result.status != 0:
            break
        if program.add_violated(result.x):
            continue
        if np.abs(result.x - result.x.round()).max() <= 1e-5:
            labels = program.labels(result.x)
            objective = part.objective(labels)
            return Solution(labels, objective, min(bound, objective))
        integral = True
    return Solution(start.labels, start.objective, min(bound, start.objective))


def _dual_bound(result: OptimizeResult) -> float:
    """No solution of the program is below this; minus infinity if it was interrupted too soon."""
    if result.status == 0:
        return float(result.fun if result.mip_dual_bound is None else result.mip_dual_bound)
    return -np.inf if result.mip_dual_bound is None else float(result.mip_dual_bound)


class _Program:
    """Variables: x of each of the n nodes, then y of each pair, first < second."""

    def __init__(self, part: Part) -> None:
        nodes = len(part.unary)
        self._first, self._second = np.triu_indices(nodes, 1)
        self._number = np.zeros((nodes, nodes), np.int64)
        self._number[self._first, self._second] = nodes + np.arange(len(self._first))
        self._number += self._number.T
        self._cost = np.concatenate([part.unary, part.cost[self._first, self._second]])
        # Who costs nothing and excludes nobody is chosen, if need be alone.
        surely = np.concatenate([(part.unary <= 0) & ~part.excluded.any(axis=1), np.zeros(len(self._first), bool)])
        apart = np.concatenate([np.zeros(nodes, bool), part.excluded[self._first, self._second]])
        self._bounds = Bounds(surely.astype(float), 1.0 - apart)
        self._rows, self._limits = [csr_matrix((0, len(self._cost)))], [np.zeros(0)]
        for ends in (self._first, self._second):
            open_ = ~surely[ends]
            pair = nodes + np.flatnonzero(open_)
            self._add(np.stack([pair, ends[open_]], axis=1), [1, -1], 0)
        self._add(np.argwhere(np.triu(part.excluded)), [1, 1], 1)

    def _add(self, columns: np.ndarray, values: list[int], limit: int) -> None:
        """Rows of `values` in (r, v) `columns`, each at most `limit`."""
        rows = np.arange(len(columns)).repeat(len(values))
        cells = np.tile(np.array(values, float), len(columns)), (rows, columns.ravel())
        self._rows.append(csr_matrix(cells, (len(columns), len(self._cost))))
        self._limits.append(np.full(len(columns), float(limit)))

    def solve(self, integral: bool, seconds: float) -> OptimizeResult:
        """The optimum with the rows so far, of 0/1 variables or of their relaxation to 0..1."""
        rows = LinearConstraint(vstack(self._rows), ub=np.concatenate(self._limits))
        return milp(self._cost, integrality=np.full(len(self._cost), int(integral)), bounds=self._bounds,
                    constraints=rows, options={'time_limit': seconds})

    def add_violated(self, values: np.ndarray) -> bool:
        """Add the most violated y_ij + y_jk - y_ik <= 1; whether there are any."""
        together = np.append(values, 0.0)[np.where(self._number, self._number, -1)]
        excess = together[:, :, None] + together[None] - together[:, None] - 1
        i, j, k = np.nonzero(excess > _TOLERANCE)
        ordered = np.flatnonzero(i < k)
        most = ordered[np.argsort(-excess[i, j, k][ordered], kind='stable')[:_MOST_ROWS]]
        i, j, k = i[most], j[most], k[most]
        columns = np.stack([self._number[i, j], self._number[j, k], self._number[i, k]], axis=1)
        self._add(columns, [1, 1, -1], 1)
        return len(most) > 0

    def labels(self, values: np.ndarray) -> np.ndarray:
        """(n,) the cluster of each node in an integral solution without violated triangles; -1 for none."""
        nodes = len(self._number)
        together = np.append(values, 0.0)[np.where(self._number, self._number, -1)] > 0.5
        np.fill_diagonal(together, True)
        leader = together.argmax(axis=1)
        return np.where(values[:nodes] > 0.5, np.unique(leader, return_inverse=True)[1], -1)
