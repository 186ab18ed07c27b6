"""The lifting network's lessons: bodies, cameras, the measures of error, and a training that learns."""
import logging
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation

from pose_ros.errors import DatasetError
from pose_ros.lifting.lifting_network import LiftingNetwork
from pose_ros.lifting.person_view import place
from pose_ros.networks.lifting import LiftingNet
from pose_ros.skeletons import COCO17, OPENPOSE18
from pose_ros.synthetic.points import openpose18
from pose_ros.synthetic.stick_people import reaching
from pose_ros.training.lifting_bodies import captured_people, heights_m
from pose_ros.training.lifting_evaluation import aligned, mpjpe, pa_mpjpe
from pose_ros.training.lifting_samples import HIPS, before_cameras, mixed, seen
from pose_ros.training.lifting_settings import LiftingTrainSettings
from pose_ros.training.lifting_training import loss, train_lifting
from pose_ros.weights import find_weights

MOTION = Path(__file__).parents[3] / 'shared' / 'data' / 'motion'
RNG = np.random.default_rng(0)
BODIES = np.array([reaching(RNG.uniform(1.5, 1.9), RNG) for _ in range(64)])


def test_mpjpe_is_the_mean_distance_and_unknown_points_do_not_count():
    truth = RNG.normal(0, 1, (3, 18, 3))
    guess = truth + [0.3, 0.4, 0.0]
    guess[1, 5:], truth[2, :5] = np.nan, np.nan
    np.testing.assert_allclose(mpjpe(guess, truth), 0.5)


def test_pa_mpjpe_forgives_turning_scaling_and_moving_but_no_mirror():
    turn = Rotation.from_euler('xyz', (0.3, 1.0, -2.0)).as_matrix()
    moved = 0.4 * BODIES @ turn.T + [1.0, 2.0, 3.0]
    moved[0, 3] = np.nan
    np.testing.assert_allclose(pa_mpjpe(moved, BODIES), 0, atol=1e-9)
    assert (pa_mpjpe(BODIES * [1, -1, 1], BODIES) > 0.01).all()


def test_alignment_is_scipys():
    truth, guess = RNG.normal(0, 1, (2, 18, 3))
    one, other = guess - guess.mean(axis=0), truth - truth.mean(axis=0)
    turned = Rotation.align_vectors(other, one)[0].apply(one)
    expected = (turned * other).sum() / (one ** 2).sum() * turned + truth.mean(axis=0)
    np.testing.assert_allclose(aligned(guess[None], truth[None])[0], expected, atol=1e-6)


def test_heights_do_not_depend_on_posture_or_place():
    tall = np.array([reaching(1.7, RNG) for _ in range(5)])
    heights = heights_m(tall @ Rotation.random(random_state=0).as_matrix().T + 3.0)
    np.testing.assert_allclose(heights, heights[0])
    np.testing.assert_allclose(heights_m(2 * tall), 2 * heights)


def test_the_neck_is_between_the_shoulders():
    points = RNG.normal(0, 1, (2, 17, 3))
    got = openpose18(points)
    neck = points[:, [COCO17.index('left_shoulder'), COCO17.index('right_shoulder')]].mean(axis=1)
    np.testing.assert_allclose(got[:, OPENPOSE18.index('neck')], neck)
    np.testing.assert_allclose(got[:, OPENPOSE18.index('left_knee')], points[:, COCO17.index('left_knee')])


def test_mixed_bodies_keep_trunks_and_limb_lengths():
    got = mixed(BODIES, np.random.default_rng(1))
    edges = OPENPOSE18.edges
    lengths = [np.linalg.norm(one[:, edges[:, 0]] - one[:, edges[:, 1]], axis=2) / heights_m(one)[:, None]
               for one in (got, BODIES)]
    np.testing.assert_allclose(*lengths, rtol=0.05)
    assert (np.abs(got - BODIES).max(axis=(1, 2)) > 0.05).mean() > 0.5


def test_samples_are_consistent_with_their_rays_and_truncated_at_times():
    samples = seen(BODIES, np.random.default_rng(2), noise=0.0)
    known = np.isfinite(samples.rays[:, :, 0])
    assert 0.02 < 1 - known.mean() < 0.4 and (known.sum(axis=1) >= 4).all()
    shapes = samples.shapes * samples.heights_m[:, None, None]
    np.testing.assert_allclose(place(shapes, samples.rays, np.ones(known.shape)), samples.places, atol=2e-3)
    np.testing.assert_allclose(samples.shapes[:, HIPS].mean(axis=1), 0, atol=1e-6)
    assert np.isfinite(samples.features).all() and samples.features.dtype == np.float32


def test_cameras_look_at_people_from_all_sides_and_mostly_upright():
    points = before_cameras(BODIES, np.random.default_rng(3), 2.0, 4.0)
    distances = points[:, HIPS].mean(axis=1)
    np.testing.assert_allclose(distances[:, :2], 0, atol=1e-9)
    assert (distances[:, 2] > 1.99).all() and (distances[:, 2] < 4.01).all()
    assert (points[:, OPENPOSE18.index('nose'), 1] < points[:, OPENPOSE18.index('left_ankle'), 1]).mean() > 0.8
    across = points[:, OPENPOSE18.index('left_hip'), 0] - points[:, OPENPOSE18.index('right_hip'), 0]
    assert 0.25 < (across > 0).mean() < 0.75


def test_the_loss_is_least_where_the_deviations_are_the_errors():
    samples = seen(BODIES, np.random.default_rng(2))

    class Fixed(LiftingNet):
        def __init__(self, deviation):
            super().__init__(18, 8, 0)
            self.deviation = deviation

        def forward(self, features):
            truth = torch.nan_to_num(torch.from_numpy(samples.shapes))
            return torch.cat([truth + 0.05, torch.full((*truth.shape[:2], 2), np.log(self.deviation))], dim=2)
    losses = [loss(Fixed(deviation), samples).item() for deviation in (0.01, 0.047, 0.2)]
    assert losses[1] < losses[0] and losses[1] < losses[2]


def test_a_short_training_learns_writes_and_registers(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr('pose_ros.training.lifting_training.anny_bodies', lambda count, folder, seed: BODIES)
    settings = LiftingTrainSettings(bodies=64, steps=60, batch=64, width=32, blocks=1, folder=str(tmp_path / 'bodies'),
                                    output=str(tmp_path / 'lifting.safetensors'), threads=1)
    with caplog.at_level(logging.WARNING):
        path = train_lifting(settings)
    losses = [float(record.args[2]) for record in caplog.records if 'loss' in record.getMessage()]
    assert losses[-1] < losses[0] - 1
    assert find_weights('lifting', tmp_path) == path
    assert LiftingNetwork.load(path)(np.zeros((2, 55), np.float32)).shape == (2, 18, 5)


@pytest.mark.skipif(not MOTION.exists(), reason='needs the motion capture in ../shared/data/motion')
def test_captured_people_stand_upright_without_faces():
    people = captured_people(MOTION)
    assert len(people) > 200
    up = people[:, OPENPOSE18.index('neck'), 2] - people[:, OPENPOSE18.index('left_ankle'), 2]
    assert (up > 0.8).mean() > 0.9 and np.isnan(people[:, OPENPOSE18.index('nose')]).all()
    assert 1.4 < np.median(heights_m(people)) < 2.0


def test_a_folder_without_captures_is_told(tmp_path):
    with pytest.raises(DatasetError, match='BVH|bvh'):
        captured_people(tmp_path)
