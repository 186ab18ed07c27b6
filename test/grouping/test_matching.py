import numpy as np
import pytest

from pose_ros.grouping.candidates import Candidates
from pose_ros.grouping.matching import match

PEAKS = 12


def random_candidates(seed, count=150):
    rng = np.random.default_rng(seed)
    pairs = rng.choice(4 * PEAKS * PEAKS, count, replace=False)
    limb, rest = np.divmod(pairs, PEAKS * PEAKS)
    return Candidates(limb, *np.divmod(rest, PEAKS), rng.permutation(count).astype(np.float32) + 1)


def triples(candidates):
    return set(zip(candidates.limb.tolist(), candidates.first.tolist(), candidates.second.tolist()))


def greedy_loop(candidates):
    chosen, used = set(), set()
    for i in np.argsort(-candidates.score):
        limb, first, second = candidates.limb[i], candidates.first[i], candidates.second[i]
        if not used & {(limb, 'first', first), (limb, 'second', second)}:
            used |= {(limb, 'first', first), (limb, 'second', second)}
            chosen.add((limb, first, second))
    return chosen


@pytest.mark.parametrize('seed', range(10))
def test_equals_the_sorted_greedy_loop(seed):
    candidates = random_candidates(seed)
    assert triples(match(candidates, PEAKS)) == greedy_loop(candidates)


@pytest.mark.parametrize('seed', range(5))
def test_nobody_has_two_partners_along_a_limb(seed):
    connections = match(random_candidates(seed), PEAKS)
    for ends in (connections.first, connections.second):
        assert len(set(zip(connections.limb, ends))) == len(ends)


def test_the_order_of_the_candidates_does_not_matter():
    candidates = random_candidates(0)
    shuffled = candidates.take(np.random.default_rng(1).permutation(len(candidates.score)))
    assert triples(match(candidates, PEAKS)) == triples(match(shuffled, PEAKS))


def test_nothing_matches_nothing():
    none = np.zeros(0, np.int64)
    assert len(match(Candidates(none, none, none, np.zeros(0, np.float32)), PEAKS).score) == 0
