"""DeepCut's integer program as the paper writes it (1511.06645, equations 1 to 9), every row of it: slow, and exact."""
from itertools import combinations, permutations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from pose_ros.grouping.subset_partition import Part


def random_problem(rng, sites, classes, missing=0.2):
    """alpha (D, C) and beta (D, D, C, C), the cost of d being c and d' being c' in one person, for d < d'."""
    alpha = rng.normal(0, 1, (sites, classes))
    beta = rng.normal(0, 1, (sites, sites, classes, classes)) * (rng.random((sites, sites, 1, 1)) > missing)
    return alpha, beta


def as_part(alpha, beta):
    """The same problem with a node for each site and class."""
    sites, classes = alpha.shape
    cost = np.zeros((sites, classes, sites, classes))
    for d, e in combinations(range(sites), 2):
        cost[d, :, e] = beta[d, e]
        cost[e, :, d] = beta[d, e].T
    nodes = sites * classes
    return Part(alpha.ravel(), cost.reshape(nodes, nodes), np.repeat(np.arange(sites), classes))


def optimum(alpha, beta):
    """The lowest objective, by all variables x, y, z and all rows at once."""
    sites, classes = alpha.shape
    names = [('x', d, c) for d in range(sites) for c in range(classes)]
    names += [('y', d, e) for d, e in combinations(range(sites), 2)]
    names += [('z', d, e, c, k) for d, e in combinations(range(sites), 2) for c, k in np.ndindex(classes, classes)]
    number = {name: i for i, name in enumerate(names)}
    cost = [alpha[name[1:]] if name[0] == 'x' else beta[name[1:]] if name[0] == 'z' else 0.0 for name in names]
    rows = list(_rows(sites, classes))
    matrix, limits = np.zeros((len(rows), len(names))), np.zeros(len(rows))
    for i, (terms, limit) in enumerate(rows):
        for name, value in terms.items():
            matrix[i, number[name]] = value
        limits[i] = limit
    result = milp(cost, integrality=np.ones(len(names)), bounds=Bounds(0, 1),
                  constraints=LinearConstraint(matrix, ub=limits))
    assert result.status == 0
    return result.fun


def _rows(sites, classes):
    every = range(classes)
    for d in range(sites):
        for c, k in combinations(every, 2):
            yield {('x', d, c): 1, ('x', d, k): 1}, 1
    for d, e in combinations(range(sites), 2):
        yield {('y', d, e): 1, **{('x', d, c): -1 for c in every}}, 0
        yield {('y', d, e): 1, **{('x', e, c): -1 for c in every}}, 0
        for c in every:
            for k in every:
                z, x, u, y = ('z', d, e, c, k), ('x', d, c), ('x', e, k), ('y', d, e)
                yield {x: 1, u: 1, y: 1, z: -1}, 2
                for one in (x, u, y):
                    yield {z: 1, one: -1}, 0
    for d, e, f in permutations(range(sites), 3):
        pair = {frozenset(p): ('y', *sorted(p)) for p in combinations((d, e, f), 2)}
        yield {pair[frozenset((d, e))]: 1, pair[frozenset((e, f))]: 1, pair[frozenset((d, f))]: -1}, 1
