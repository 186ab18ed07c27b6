"""People from one image: laws of the turned cameras, equality with torch, and honest guesses on unseen people."""
from dataclasses import replace

import numpy as np
import pytest
import torch

from pose_ros.camera import Camera
from pose_ros.errors import SkeletonError, WeightsError
from pose_ros.lifting.lifting_network import LiftingNetwork
from pose_ros.lifting.monocular import MonocularLifter, MonocularSettings, load_monocular
from pose_ros.lifting.person_view import person_views, place
from pose_ros.networks.lifting import LiftingNet
from pose_ros.skeletons import COCO17, OPENPOSE18, SKELETONS
from pose_ros.synthetic.stick_people import looking_along_x, placed, reaching, transformed, walking
from pose_ros.training.lifting_bodies import heights_m
from pose_ros.training.lifting_evaluation import pa_mpjpe
from pose_ros.types import Person, PointSource
from pose_ros.weights import find_weights

CAMERA = Camera(1280, 720, np.array([[900.0, 0, 639.5], [0, 900.0, 359.5], [0, 0, 1]]),
                np.array([-0.2, 0.05, 0.001, 0.0, 0.0]))
RNG = np.random.default_rng(0)


def body(seed=0, place_m=(3.0, 0.3), turn=2.6):
    """(18, 3) points of someone in the optical frame."""
    rng = np.random.default_rng(seed)
    return transformed(looking_along_x(1.2), placed(reaching(1.7, rng), np.array(place_m), turn))


def seen(points, noise_px=0.0, skeleton=OPENPOSE18):
    pixels = CAMERA.project(points) + RNG.normal(0, noise_px, (18, 2))
    return Person(OPENPOSE18, pixels, np.ones(18), 1.0, track_id=4).as_skeleton(skeleton)


def person_lifted(person, **settings):
    return load_monocular(person.skeleton, MonocularSettings(**settings)).lift([person], CAMERA, 0.0)[0]


def test_numpy_is_torch():
    network = LiftingNet(18, width=32, blocks=3).double()
    weights = {name: value.numpy() for name, value in network.state_dict().items()}
    features = RNG.normal(0, 1, (5, 55)).astype(np.float32)
    with torch.no_grad():
        expected = network(torch.from_numpy(features).double()).numpy()
    np.testing.assert_allclose(LiftingNetwork(weights)(features), expected, atol=1e-5)


def test_a_turned_camera_sees_a_turned_person_alike():
    rays = np.stack([body(1) / body(1)[:, 2:]])
    tilt = np.array([[1, 0, 0], [0, np.cos(0.2), -np.sin(0.2)], [0, np.sin(0.2), np.cos(0.2)]])
    turned = rays @ tilt.T
    one, other = person_views(rays), person_views(turned / turned[:, :, 2:])
    np.testing.assert_allclose(one.features, other.features, atol=0.02)
    for views in (one, other):
        np.testing.assert_allclose(views.rotations @ np.swapaxes(views.rotations, 1, 2), np.eye(3)[None], atol=1e-12)
        assert np.abs(views.features[:, :36]).max() <= 0.5 + 1e-6


def test_missing_keypoints_are_zero_and_marked():
    rays = np.stack([body(1) / body(1)[:, 2:]])
    rays[0, 3:7] = np.nan
    features = person_views(rays).features
    np.testing.assert_array_equal(features[0, 6:14], 0)
    np.testing.assert_array_equal(features[0, 36:54], np.isfinite(rays[0, :, 0]))


def test_a_known_shape_is_placed_where_its_rays_meet_it():
    points = np.stack([body(seed, (3 + seed, 0.5)) for seed in range(4)])
    roots = points[:, [8, 11]].mean(axis=1)
    rays = points / points[:, :, 2:]
    rays[:, 14:] = np.nan
    got = place(points - roots[:, None], rays, np.ones(rays.shape[:2]))
    np.testing.assert_allclose(got, roots, atol=1e-6)


def test_guesses_are_near_unseen_people_and_honest_about_how_near():
    places = RNG.uniform((2.5, -1.0, 0), (4.5, 1.0, 6), (40, 3))
    bodies = np.stack([body(seed, place[:2], place[2]) for seed, place in enumerate(places)])
    guesses, squares = [], []
    for points in bodies:
        lifted = person_lifted(seen(points, 2.0), body_height_m=float(heights_m(points[None])[0]))
        assert (lifted.points.sources == PointSource.LIFTED).all() and lifted.track_id == 4
        guesses.append(lifted.points.positions)
        misses = lifted.points.positions - points
        squares += np.einsum('ki,kij,kj->k', misses, np.linalg.inv(lifted.points.covariances), misses).tolist()
    assert pa_mpjpe(np.array(guesses), bodies).mean() < 0.095
    roots = [points[:, [8, 11]].mean(axis=1) for points in (np.array(guesses), bodies)]
    assert np.median(np.linalg.norm(roots[0] - roots[1], axis=1) / roots[1][:, 2]) < 0.08
    # The median of chi squared with three degrees of freedom is 2.4.
    assert 0.8 < np.median(squares) < 5.0


def test_distance_grows_with_the_height_and_the_doubt_lies_along_the_view():
    person = seen(body())
    small, large = (person_lifted(person, body_height_m=height).points for height in (1.0, 2.0))
    np.testing.assert_allclose(2 * small.positions, large.positions, rtol=1e-6)
    ahead = large.positions / np.linalg.norm(large.positions, axis=1, keepdims=True)
    along = np.einsum('ki,kij,kj->k', ahead, large.covariances, ahead)
    assert (along > 0.8 * np.square(0.07 * np.linalg.norm(large.positions, axis=1))).all()
    assert (np.linalg.eigvalsh(large.covariances) > 0).all()


def test_hidden_keypoints_are_guessed_with_more_doubt():
    whole = seen(body())
    half = replace(whole, scores=np.where(np.arange(18) == 4, 0.0, 1.0))
    sure, guessed = (person_lifted(one).points.covariances[4].trace() for one in (whole, half))
    assert person_lifted(half).points.known.all() and guessed > sure


@pytest.mark.parametrize('skeleton', SKELETONS.values(), ids=SKELETONS.keys())
def test_skeletons_are_matched_by_name(skeleton):
    person = seen(body(), skeleton=skeleton)
    points = person_lifted(person).points
    known = skeleton.indices_in(OPENPOSE18) >= 0
    np.testing.assert_array_equal(points.known, known)
    reference = person_lifted(seen(body())).points.positions[skeleton.indices_in(OPENPOSE18)]
    assert np.linalg.norm(points.positions - reference, axis=1)[known].max() < 0.25


def test_too_few_keypoints_and_nobody_give_no_points():
    few = replace(seen(body()), keypoints=np.where(np.arange(18)[:, None] < 5, seen(body()).keypoints, np.nan))
    lifter = load_monocular(OPENPOSE18)
    one, other = lifter.lift([few, seen(body())], CAMERA, 0.0)
    assert one.points is None and other.points.known.all() and lifter.lift([], CAMERA, 0.0) == []


def test_what_does_not_fit_is_refused(tmp_path):
    with pytest.raises(SkeletonError, match='openpose18'):
        load_monocular(OPENPOSE18).lift([seen(body()).as_skeleton(COCO17)], CAMERA, 0.0)
    weights = {name: value.numpy() for name, value in LiftingNet(17, 8, 1).state_dict().items()}
    with pytest.raises(WeightsError, match='52 features; allowed: 55'):
        MonocularLifter(OPENPOSE18, LiftingNetwork(weights))
    with pytest.raises(WeightsError, match='allowed'):
        LiftingNetwork({name: value for name, value in weights.items() if name != 'last.bias'})
    with pytest.raises(WeightsError, match='takes what the one before gives'):
        LiftingNetwork({**weights, 'last.weight': np.zeros((85, 9))})
    (tmp_path / 'bad.safetensors').write_bytes(b'nothing of the kind')
    for path in (tmp_path / 'bad.safetensors', tmp_path / 'missing.safetensors'):
        with pytest.raises(WeightsError, match='cannot read'):
            LiftingNetwork.load(path)


def test_the_network_that_ships_is_small():
    assert find_weights('lifting').stat().st_size < 2_000_000


def test_a_walker_stays_whole():
    """Limbs of guessed bodies are about as long as real ones."""
    points = transformed(looking_along_x(1.2), placed(walking(1.7, 1.0), np.array([3.5, 0.0]), 1.5))
    guess = person_lifted(seen(points, 1.0)).points.positions
    assert heights_m(guess[None])[0] == pytest.approx(1.7, rel=0.12)
