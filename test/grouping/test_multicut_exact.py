import numpy as np
import pytest

from pose_ros.grouping.multicut_bound import lower_bound
from pose_ros.grouping.multicut_exact import solve_exactly
from pose_ros.grouping.multicut_moves import contract, improve
from pose_ros.grouping.subset_partition import Part, Solution


def wheel(spokes=5):
    """A hub that draws every node of a ring of which neighbours repel: no packing of single conflicts is tight."""
    nodes = spokes + 1
    cost = np.zeros((nodes, nodes))
    for i in range(spokes):
        cost[spokes, i] = cost[i, spokes] = -1
        j = (i + 1) % spokes
        cost[i, j] = cost[j, i] = 1
    return Part(np.zeros(nodes), cost, np.arange(nodes))


def started(part):
    labels = improve(part, contract(part))
    return Solution(labels, part.objective(labels), lower_bound(part, labels))


def test_where_the_bound_leaves_a_gap_the_program_closes_it():
    part = wheel()
    start = started(part)
    solution = solve_exactly(part, start, 60.0)
    assert start.gap > 0 and solution.gap == 0
    assert solution.objective == pytest.approx(-2) and part.objective(solution.labels) == pytest.approx(-2)


def test_without_time_the_start_is_returned():
    part = wheel()
    start = started(part)
    solution = solve_exactly(part, start, 0.0)
    np.testing.assert_array_equal(solution.labels, start.labels)
    assert (solution.objective, solution.bound) == (start.objective, start.bound)


def test_a_poor_start_does_not_matter():
    part = wheel()
    nobody = np.full(6, -1)
    assert solve_exactly(part, Solution(nobody, 0.0, -100.0), 60.0).objective == pytest.approx(-2)


def test_rivals_are_never_both_chosen():
    cost = np.array([[0, 0, -2.], [0, 0, -3], [-2, -3, 0]])
    part = Part(np.array([-1.0, -1, -1]), cost, np.array([0, 0, 1]))
    solution = solve_exactly(part, Solution(np.full(3, -1), 0.0, -100.0), 60.0)
    assert solution.objective == pytest.approx(-5)
    assert solution.labels[0] == -1 and solution.labels[1] == solution.labels[2] >= 0
