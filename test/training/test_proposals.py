"""The pose-guided proposals generator gives boxes as wrong as those it learnt from."""
import json

import numpy as np
import pytest

from pose_ros.training.proposals import ProposalGenerator, align, fit_generator, fit_mixture, nearest_atom


def people(count, seed=0):
    """Two kinds of poses, upright and bent; boxes of the first are too high, of the second too wide."""
    random = np.random.default_rng(seed)
    kind = np.arange(count) % 2
    typical = np.random.default_rng(9).random((2, 18, 2))
    poses = typical[kind] + random.normal(0, .03, (count, 18, 2))
    truth = np.column_stack([random.random((count, 2)) * 200, np.zeros((count, 2))])
    truth[:, 2:] = truth[:, :2] + (60, 120)
    offsets = random.normal(0, .03, (count, 4))
    offsets[kind == 0, 1] -= .2
    offsets[kind == 1, 2] += .3
    poses = truth[:, None, :2] + poses * (60, 120)
    return poses, truth, truth + offsets * (60, 120, 60, 120), kind


def test_the_offsets_of_each_pose_are_learnt():
    poses, truth, found, kind = people(400)
    generator = fit_generator(poses, truth, found, atoms=2, components=1)
    random = np.random.default_rng(1)
    for which, side, expected in ((0, 1, -.2), (1, 2, .3)):
        chosen = np.flatnonzero(kind == which)[:100]
        drawn = np.stack([generator.propose(random, poses[i], truth[i]) - truth[i] for i in chosen])
        offsets = drawn / (60, 120, 60, 120)
        assert offsets[:, side].mean() == pytest.approx(expected, abs=.02)
        assert offsets.std(0) == pytest.approx(np.full(4, .035), abs=.012)


def test_poses_fall_to_the_nearest_atom():
    poses, truth, found, kind = people(200)
    generator = fit_generator(poses, truth, found, atoms=2, components=1)
    atom = nearest_atom(align(poses, truth), generator.atoms)
    assert (atom == atom[0] ^ kind ^ kind[0]).all()


def test_a_mixture_finds_both_of_its_parts():
    random = np.random.default_rng(0)
    offsets = np.concatenate([random.normal(-.3, .02, (300, 4)), random.normal(.2, .05, (100, 4))])
    weights, means, spreads = fit_mixture(offsets, 2)
    order = np.argsort(means[:, 0])
    np.testing.assert_allclose(weights[order], [.75, .25], atol=.02)
    np.testing.assert_allclose(means[order].mean(1), [-.3, .2], atol=.02)
    assert (spreads[order][0] < spreads[order][1]).all()


def test_too_little_to_learn_from_gives_the_box_itself():
    weights, means, spreads = fit_mixture(np.zeros((1, 4)), 3)
    assert weights.sum() == pytest.approx(1) and (means == 0).all() and (spreads < .03).all()


def test_it_comes_back_from_a_file():
    poses, truth, found, _ = people(100)
    generator = fit_generator(poses, truth, found)
    again = ProposalGenerator.from_json(json.loads(json.dumps(generator.to_json())))
    np.testing.assert_allclose(again.atoms, generator.atoms, atol=1e-4)
    draws = [one.propose(np.random.default_rng(3), poses[0], truth[0]) for one in (generator, again)]
    np.testing.assert_allclose(*draws, atol=.1)


def test_unknown_keypoints_lie_in_the_middle():
    pose = np.full((1, 18, 2), np.nan)
    assert (align(pose, np.array([[0., 0, 10, 10]])) == .5).all()
