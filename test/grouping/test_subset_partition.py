import numpy as np

from pose_ros.grouping.subset_partition import Part, Problem, Solution


def sparse(rng, nodes=12, kinds=3):
    first, second = np.triu_indices(nodes, 1)
    kept = rng.random(len(first)) < 0.4
    otherwise = rng.uniform(0, 1, (kinds, kinds))
    return Problem(rng.normal(size=nodes), rng.integers(kinds, size=nodes), np.arange(nodes), first[kept], second[kept],
                   rng.normal(size=kept.sum()), otherwise + otherwise.T)


def test_a_part_has_the_pairs_that_are_given_and_the_usual_cost_of_the_others():
    problem = sparse(np.random.default_rng(0))
    part = problem.part(np.arange(12))
    given = {(i, j): cost for i, j, cost in zip(problem.first, problem.second, problem.cost)}
    for i in range(12):
        assert part.cost[i, i] == 0
        for j in range(i + 1, 12):
            expected = given.get((i, j), problem.otherwise[problem.kind[i], problem.kind[j]])
            assert part.cost[i, j] == part.cost[j, i] == expected


def test_some_nodes_in_any_order_are_the_same_part():
    problem = sparse(np.random.default_rng(1))
    nodes = np.array([7, 2, 9, 0])
    whole, part = problem.part(np.arange(12)), problem.part(nodes)
    np.testing.assert_array_equal(part.cost, whole.cost[np.ix_(nodes, nodes)])
    np.testing.assert_array_equal(part.unary, whole.unary[nodes])


def test_no_pair_between_components_gains():
    rng = np.random.default_rng(2)
    for _ in range(20):
        problem = sparse(rng, nodes=20)
        components = problem.components()
        assert sorted(np.concatenate(components)) == list(range(20))
        whole = problem.part(np.arange(20))
        for i, one in enumerate(components):
            for other in components[i + 1:]:
                assert (whole.cost[np.ix_(one, other)] >= 0).all()


def test_nodes_of_one_site_are_in_one_component():
    none = np.zeros(0, np.int64)
    problem = Problem(-np.ones(4), np.zeros(4, np.int64), np.array([5, 1, 5, 2]), none, none, np.zeros(0),
                      np.zeros((1, 1)))
    assert sorted(map(sorted, map(list, problem.components()))) == [[0, 2], [1], [3]]


def test_the_objective_is_the_sum_over_chosen_nodes_and_pairs_in_clusters():
    cost = np.array([[0, -3, 1, 7.], [-3, 0, 2, 7], [1, 2, 0, 7], [7, 7, 7, 0]])
    part = Part(np.array([-1, 0.5, -2, 4.]), cost, np.arange(4))
    assert part.objective(np.array([0, 0, 1, -1])) == -1 + 0.5 - 2 - 3
    assert part.objective(np.array([0, 0, 0, -1])) == -1 + 0.5 - 2 - 3 + 1 + 2
    assert part.objective(np.full(4, -1)) == 0


def test_the_gap_is_relative_and_never_negative():
    assert Solution(np.zeros(1), -10.0, -11.0).gap == 0.1
    assert Solution(np.zeros(1), -10.0, -10.0).gap == Solution(np.zeros(0), 0.0, 0.0).gap == 0
