import numpy as np
import pytest

from pose_ros.grouping.multicut_moves import contract, improve
from pose_ros.grouping.subset_partition import Part


def groups(labels):
    return {frozenset(np.flatnonzero(labels == label).tolist()) for label in set(labels.tolist()) - {-1}}


def cliques(sizes, bridge=-0.5, enmity=3.0):
    """Groups that draw each other within and repel each other, but for one pair that draws."""
    of = np.repeat(np.arange(len(sizes)), sizes)
    cost = np.where(np.equal.outer(of, of), -2.0, enmity)
    cost[0, -1] = cost[-1, 0] = bridge
    np.fill_diagonal(cost, 0)
    return Part(np.zeros(len(of)), cost, np.arange(len(of)))


def test_cliques_are_found_despite_a_bridge():
    part = cliques([3, 4, 2])
    expected = {frozenset(range(3)), frozenset(range(3, 7)), frozenset(range(7, 9))}
    assert groups(contract(part)) == groups(improve(part, contract(part))) == expected


@pytest.mark.parametrize('start', [np.zeros(9, np.int64), np.arange(9), np.arange(9) % 2])
def test_any_start_is_improved_to_the_cliques(start):
    part = cliques([3, 4, 2])
    better = improve(part, start)
    assert part.objective(better) == pytest.approx(part.objective(contract(part)))


def test_who_costs_more_than_it_brings_is_left_out():
    part = Part(np.array([-1.0, 5, -1]), np.array([[0, -2, -1.], [-2, 0, -2], [-1, -2, 0]]), np.arange(3))
    assert groups(contract(part)) == {frozenset({0, 2})}


def test_who_is_alone_is_chosen_if_it_gains():
    part = Part(np.array([-1.0, 1.0]), np.zeros((2, 2)), np.arange(2))
    assert contract(part).tolist() == improve(part, np.full(2, -1)).tolist() == [0, -1]
