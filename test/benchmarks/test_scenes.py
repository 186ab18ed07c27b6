import sys
from pathlib import Path

import numpy as np
import pytest

from pose_ros.benchmarks.scenes import Scene, make_scene, score
from pose_ros.skeletons import OPENPOSE18
from pose_ros.types import Person

PROTOTYPE = Path(__file__).parents[3] / 'shared' / 'prototypes' / 'grouping'


@pytest.fixture
def synth(monkeypatch):
    """The generator on whose scenes other decoders were timed."""
    if not (PROTOTYPE / 'synth.py').exists():
        pytest.skip('../shared/prototypes/grouping/synth.py is not beside this checkout')
    monkeypatch.syspath_prepend(PROTOTYPE)
    yield __import__('synth')
    sys.modules.pop('synth', None)


def persons_of(scene):
    scores = np.isfinite(scene.keypoints).all(axis=-1).astype(float)
    return [Person(OPENPOSE18, keypoints, one, 1.0) for keypoints, one in zip(scene.keypoints, scores)]


@pytest.mark.parametrize('people, height, width, seed', [(1, 46, 82, 0), (5, 46, 82, 1), (20, 92, 164, 2),
                                                         (50, 46, 82, 0)])
def test_the_scenes_are_those_of_the_comparison(synth, people, height, width, seed):
    keypoints, _, heatmaps, pafs = synth.maps(people, height, width, seed)
    scene = make_scene(people, height, width, seed)
    channels = np.array([limb[2:] for limb in synth.LIMBS]).ravel()
    assert [limb[:2] for limb in synth.LIMBS] == [tuple(limb) for limb in OPENPOSE18.limb_indices.tolist()]
    np.testing.assert_allclose(scene.keypoints, keypoints, atol=1e-9)
    np.testing.assert_allclose(scene.heatmaps, heatmaps, atol=1e-6)
    np.testing.assert_allclose(scene.pafs, pafs[channels], atol=1e-6)


@pytest.mark.parametrize('seed', range(3))
def test_people_are_scored_as_in_the_comparison(synth, seed):
    rng = np.random.default_rng(seed)
    scene = make_scene(20, 46, 82, seed)
    spoilt = scene.keypoints + rng.normal(0, 6, scene.keypoints.shape)
    spoilt[rng.random((20, 18)) < 0.1] = np.nan
    persons = persons_of(Scene(spoilt[rng.permutation(20)[:17]], scene.heatmaps, scene.pafs))
    ours = score(scene, persons)
    assert (ours.found, ours.false, ours.wrong) == synth.score(scene.keypoints, [one.keypoints for one in persons])[:3]
    assert ours.error_px == pytest.approx(synth.score(scene.keypoints, [one.keypoints for one in persons])[3], abs=1e-5)


def test_the_truth_scores_perfectly_and_nothing_scores_nothing():
    scene = make_scene(5, 46, 82, 0)
    truth = score(scene, persons_of(scene))
    assert (truth.found, truth.false, truth.wrong) == (5, 0, 0)
    assert truth.error_px < 1e-4
    assert score(scene, []).found == 0


def test_the_same_seed_gives_the_same_scene():
    one, same, other = (make_scene(5, 46, 82, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.heatmaps, same.heatmaps)
    assert not np.array_equal(one.heatmaps, other.heatmaps)
