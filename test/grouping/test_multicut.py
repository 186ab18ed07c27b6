import time
from dataclasses import replace

import numpy as np
import pytest
from grouping.full_program import as_part, optimum, random_problem

from pose_ros.grouping.multicut import solve, solve_part
from pose_ros.grouping.multicut_bound import lower_bound
from pose_ros.grouping.multicut_exact import solve_exactly
from pose_ros.grouping.multicut_moves import contract, improve
from pose_ros.grouping.settings import MulticutSettings
from pose_ros.grouping.subset_partition import Part, Problem, Solution

ENOUGH_S = 60.0
SMALL = [(sites, classes, seed) for sites, classes in ((2, 2), (3, 3), (5, 2), (6, 1), (8, 1)) for seed in range(6)]


def random_part(rng, nodes, rivals=False):
    cost = np.triu(rng.normal(size=(nodes, nodes)) * (rng.random((nodes, nodes)) < 0.8), 1)
    site = np.sort(rng.integers(nodes, size=nodes)) if rivals else np.arange(nodes)
    return Part(rng.normal(size=nodes), cost + cost.T, site)


def partitions(nodes):
    """Every labelling of nodes."""
    def extend(labels, clusters):
        if len(labels) == nodes:
            yield np.array(labels)
            return
        for label in range(-1, clusters + 1):
            yield from extend([*labels, label], max(clusters, label + 1))
    return extend([], 0)


def is_allowed(part, labels):
    return not part.excluded[np.ix_(labels >= 0, labels >= 0)].any()


@pytest.mark.parametrize('sites, classes, seed', SMALL)
def test_the_optimum_of_the_full_program_is_found_and_proven(sites, classes, seed):
    alpha, beta = random_problem(np.random.default_rng(seed), sites, classes)
    part = as_part(alpha, beta)
    solution = solve_part(part, 40, time.monotonic() + ENOUGH_S)
    assert solution.gap == 0
    assert is_allowed(part, solution.labels)
    assert part.objective(solution.labels) == pytest.approx(solution.objective)
    assert solution.objective == pytest.approx(optimum(alpha, beta), abs=1e-6)


@pytest.mark.parametrize('rivals', [False, True])
def test_every_step_against_all_partitions_one_by_one(rivals):
    rng = np.random.default_rng(3)
    for _ in range(30):
        part = random_part(rng, int(rng.integers(2, 7)), rivals)
        best = min(part.objective(labels) for labels in partitions(len(part.unary)) if is_allowed(part, labels))
        first = contract(part)
        second = improve(part, first)
        assert is_allowed(part, first) and is_allowed(part, second)
        assert best - 1e-9 <= part.objective(second) <= part.objective(first) + 1e-9
        for labels in (first, second, np.full(len(first), -1), np.zeros(len(first), np.int64)):
            assert lower_bound(part, labels) <= best + 1e-6
        exact = solve_exactly(part, Solution(second, part.objective(second), lower_bound(part, second)), ENOUGH_S)
        assert exact.objective == pytest.approx(best, abs=1e-6) and exact.gap == 0


def test_the_order_of_the_nodes_does_not_matter():
    rng = np.random.default_rng(4)
    part = random_part(rng, 9)
    order = rng.permutation(9)
    other = Part(part.unary[order], part.cost[np.ix_(order, order)], part.site[order])
    one, two = (solve_part(which, 40, time.monotonic() + ENOUGH_S) for which in (part, other))
    assert one.objective == pytest.approx(two.objective)


def test_a_solver_without_time_gives_its_best_with_the_gap():
    rng = np.random.default_rng(0)
    gaps = []
    for _ in range(8):
        part = random_part(rng, 12)
        hurried, patient = (solve_part(part, 40, time.monotonic() + seconds) for seconds in (0.0, 0.5))
        assert hurried.bound <= patient.bound + 1e-6 and patient.objective <= hurried.objective + 1e-6
        assert hurried.bound <= patient.objective + 1e-6
        gaps.append(hurried.gap)
    assert max(gaps) > 0


def test_parts_above_the_size_limit_are_not_solved_exactly():
    rng = np.random.default_rng(5)
    parts = [random_part(rng, 12) for _ in range(5)]
    for part in parts:
        limited = solve_part(part, 11, time.monotonic() + ENOUGH_S)
        assert part.objective(limited.labels) == pytest.approx(part.objective(improve(part, contract(part))), abs=1e-6)


def problem_of(part, kinds=3, seed=0):
    first, second = np.triu_indices(len(part.unary), 1)
    kind = np.random.default_rng(seed).integers(kinds, size=len(part.unary))
    return Problem(part.unary, kind, part.site, first, second, part.cost[first, second], np.zeros((kinds, kinds)))


def test_independent_parts_give_the_optimum_of_the_whole():
    rng = np.random.default_rng(6)
    blocks = [random_part(rng, 4) for _ in range(2)]
    cost = np.abs(rng.normal(size=(8, 8)))
    cost = cost + cost.T
    for i, block in enumerate(blocks):
        cost[4 * i:4 * i + 4, 4 * i:4 * i + 4] = block.cost
    whole = Part(np.concatenate([block.unary for block in blocks]), cost, np.arange(8))
    solution = solve(problem_of(whole), MulticutSettings(solver_ms=6e4), np.zeros(3, np.int64))
    assert whole.objective(solution.labels) == pytest.approx(solution.objective)
    best = min(whole.objective(labels) for labels in partitions(8))
    assert solution.objective == pytest.approx(best, abs=1e-6) and solution.gap == 0
    assert solution.parts == solution.proven >= 2


def test_parts_that_there_was_no_time_for_are_not_proven():
    rng = np.random.default_rng(7)
    part = random_part(rng, 30)
    solution = solve(problem_of(part), MulticutSettings(solver_ms=0.0), np.zeros(3, np.int64))
    assert solution.gap > 0 and solution.proven < solution.parts and solution.bound < solution.objective


def test_no_nodes_are_solved():
    none = np.zeros(0, np.int64)
    empty = Problem(np.zeros(0), none, none, none, none, np.zeros(0), np.zeros((3, 3)))
    solution = solve(empty, MulticutSettings(), np.zeros(3, np.int64))
    assert (len(solution.labels), solution.objective, solution.gap) == (0, 0, 0)
    assert (solution.parts, solution.proven) == (0, 0)


@pytest.mark.parametrize('rivals', [False, True])
def test_stages_keep_the_clusters_of_earlier_stages(rivals):
    rng = np.random.default_rng(7)
    settings = MulticutSettings(incremental=True, solver_ms=6e4)
    for seed in range(20):
        part = random_part(rng, 8, rivals)
        problem = problem_of(part, seed=seed)
        stages = np.array([0, 1, 2])
        staged = solve(problem, settings, stages)
        assert is_allowed(part, staged.labels)
        assert part.objective(staged.labels) == pytest.approx(staged.objective)
        whole = solve(problem, replace(settings, incremental=False), stages)
        assert staged.bound <= whole.objective + 1e-6 <= staged.objective + 2e-6


def test_one_stage_is_the_whole_problem():
    part = random_part(np.random.default_rng(8), 8)
    settings = MulticutSettings(solver_ms=6e4)
    one, other = (solve(problem_of(part), settings.changed(incremental=flag), np.zeros(3, np.int64))
                  for flag in (True, False))
    assert one.objective == pytest.approx(other.objective)
