"""Solves DeepCut's problem: independent parts, contraction, Kernighan-Lin moves, and the proof where there is time."""
from __future__ import annotations

import time

import numpy as np

from pose_ros.grouping.multicut_bound import lower_bound
from pose_ros.grouping.multicut_exact import solve_exactly
from pose_ros.grouping.multicut_moves import contract, improve
from pose_ros.grouping.settings import MulticutSettings
from pose_ros.grouping.subset_partition import Part, Problem, Solution

# More connected peaks than 15 people have are noise, on which no time is spent but for the greedy solution.
_LARGEST = 270


def solve(problem: Problem, settings: MulticutSettings, stages: np.ndarray) -> Solution:
    """The best labels found, with the bound that says how much better any could be.

    Pairs that cost cannot make their ends gain from being together, so that the components over the other pairs are
    solved one by one with the same optimum.

    Args:
        stages: (K,) when each keypoint joins in, if the settings ask for stages.
    """
    end = time.monotonic() + settings.solver_ms / 1e3
    labels, objective, bound, clusters = np.full(len(problem.unary), -1), 0.0, 0.0, 0
    components, proven = problem.components(), 0
    for nodes in components:
        part = problem.part(nodes)
        if settings.incremental and len(nodes) > 1:
            solution = _solve_in_stages(part, stages[problem.kind[nodes]], settings.exact_candidates, end)
        else:
            solution = solve_part(part, settings.exact_candidates, end)
        chosen = solution.labels >= 0
        labels[nodes[chosen]] = solution.labels[chosen] + clusters
        clusters = labels.max(initial=-1) + 1
        objective, bound = objective + solution.objective, bound + solution.bound
        proven += solution.gap == 0
    return Solution(labels, objective, bound, len(components), proven)


def solve_part(part: Part, exact_candidates: int, end: float) -> Solution:
    """The same for one part; `end` is the time.monotonic() after which nothing better is tried."""
    if len(part.unary) == 1:
        value = min(float(part.unary[0]), 0.0)
        return Solution(np.where(part.unary < 0, 0, -1), value, value)
    # Most parts are one person, all of it: then nobody gains by leaving, and the bound soon proves it.
    all_gain = (part.unary + part.cost.sum(axis=1) < 0).all() and not part.excluded.any()
    solution = _bounded(part, np.zeros(len(part.unary), np.int64) if all_gain else contract(part))
    if solution.gap and all_gain:
        solution = _bounded(part, contract(part))
    if solution.gap and len(part.unary) <= _LARGEST and time.monotonic() < end:
        solution = _bounded(part, improve(part, solution.labels, end))
    seconds = end - time.monotonic()
    if solution.gap and len(part.unary) <= exact_candidates and seconds > 0:
        solution = solve_exactly(part, solution, seconds)
    return solution


def _bounded(part: Part, labels: np.ndarray) -> Solution:
    objective = part.objective(labels)
    bound = lower_bound(part, labels) if len(labels) <= _LARGEST else part.all_gained
    return Solution(labels, objective, min(bound, objective))


def _solve_in_stages(part: Part, stage: np.ndarray, exact_candidates: int, end: float) -> Solution:
    """Solve for the nodes of the first stage; then their clusters stay, and the nodes of the next may join them.

    DeeperCut's incremental optimisation (Insafutdinov et al., 1605.03170, section 5): each problem is small.
    """
    labels = np.full(len(stage), -1)
    for now in np.unique(stage):
        new = np.flatnonzero(stage == now)
        clusters = labels.max(initial=-1) + 1
        held = np.flatnonzero(labels >= 0)
        new = new[~part.excluded[np.ix_(new, held)].any(axis=1)]
        place = np.concatenate([labels[held], clusters + np.arange(len(new))])
        contracted = _contracted(part, np.concatenate([held, new]), place, clusters)
        found = solve_part(contracted, exact_candidates, end).labels
        # A cluster is never given up, though alone it would not pay.
        lost = np.flatnonzero(found[:clusters] < 0)
        found[lost] = found.max(initial=-1) + 1 + np.arange(len(lost))
        labels[held], labels[new] = found[labels[held]], found[clusters:]
    return _bounded(part, labels)


def _contracted(part: Part, nodes: np.ndarray, place: np.ndarray, clusters: int) -> Part:
    """The problem in which nodes of one place are one node, and the first `clusters` of them stay apart."""
    member = (place[:, None] == np.arange(place.max() + 1)).astype(float)
    cost = member.T @ part.cost[np.ix_(nodes, nodes)] @ member
    cost[:clusters, :clusters] = np.abs(part.cost).sum() + 1
    np.fill_diagonal(cost, 0)
    unary, site = np.zeros(len(cost)), -1 - np.arange(len(cost))
    new = slice(len(nodes) - (len(cost) - clusters), None)
    unary[clusters:], site[clusters:] = part.unary[nodes[new]], part.site[nodes[new]]
    return Part(unary, cost, site)
