import numpy as np
import pytest

from pose_ros.grouping.multicut_bound import lower_bound
from pose_ros.grouping.subset_partition import Part


def part(unary, pairs):
    cost = np.zeros((len(unary), len(unary)))
    for (i, j), value in pairs.items():
        cost[i, j] = cost[j, i] = value
    return Part(np.array(unary, float), cost, np.arange(len(unary)))


def test_without_conflicts_everything_is_gained():
    one = part([-1, -2, -3], {(0, 1): -4, (1, 2): -5})
    assert lower_bound(one, np.zeros(3, np.int64)) == pytest.approx(-15)


@pytest.mark.parametrize('labels', [[0, 0, 0], [0, 0, 1], [0, 1, 1], [-1, -1, -1]])
def test_a_triangle_with_one_pair_that_costs_pays_for_its_weakest_pair(labels):
    """Of -4, -5 and +1, at least 1 is paid; of -4, -5 and +9 at least 4, known from the labels that part there."""
    cheap, dear = (part([0, 0, 0], {(0, 1): -4, (1, 2): -5, (0, 2): cost}) for cost in (1, 9))
    assert lower_bound(cheap, np.array(labels)) <= -8 and lower_bound(dear, np.array(labels)) <= -5
    assert lower_bound(cheap, np.zeros(3, np.int64)) == pytest.approx(-8)
    assert lower_bound(dear, np.array([0, 1, 1])) == pytest.approx(-5)


def test_a_node_that_costs_more_than_it_brings_is_paid_for():
    assert lower_bound(part([3, -1], {(0, 1): -2}), np.array([-1, 0])) == pytest.approx(-1)
    assert lower_bound(part([1, -1], {(0, 1): -2}), np.array([0, 0])) == pytest.approx(-2)


def test_a_bridge_between_two_clusters_is_paid_for_by_their_enmity():
    pairs = {(0, 1): -5, (2, 3): -5, (1, 2): -1, (0, 3): 8, (0, 2): 8, (1, 3): 8}
    assert lower_bound(part([0] * 4, pairs), np.array([0, 0, 1, 1])) == pytest.approx(-10)
