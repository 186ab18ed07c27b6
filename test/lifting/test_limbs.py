"""Laws of the parts of lifting: surfaces in front, lines along limbs, lengths of limbs."""
import numpy as np
import pytest

from pose_ros.lifting.anatomy import flesh_m, limb_lengths_m, outer_ends, steps_outward, straight_limbs
from pose_ros.lifting.foreground import Surface, foreground
from pose_ros.lifting.limb_depth import limb_ends
from pose_ros.lifting.limb_lengths import LimbLengths, measured_lengths, refine
from pose_ros.skeletons import OPENPOSE18, SKELETONS

RNG = np.random.default_rng(0)
every_skeleton = pytest.mark.parametrize('skeleton', SKELETONS.values(), ids=SKELETONS.keys())


@pytest.mark.parametrize('share', [0.3, 0.6, 1.0])
def test_what_is_in_front_wins(share):
    limb = RNG.random((200, 50)) < share
    samples = np.where(limb, 2.0, 2.6) + RNG.normal(0, 0.01, (200, 50))
    got = foreground(samples, 0.1)
    front = limb.mean(axis=1) > 0.27
    assert np.abs(got.depths[front] - 2.0).max() < 0.02
    np.testing.assert_allclose(np.sqrt(got.variances[front]).mean(), 0.01 / np.sqrt(50 * share), rtol=0.3)


def test_few_samples_or_none_are_nothing():
    samples = np.full((3, 20), np.nan)
    samples[1, :2], samples[2] = 2.0, 2.0
    got = foreground(samples, 0.1)
    assert np.isnan(got.depths[:2]).all() and np.isinf(got.variances[:2]).all() and got.depths[2] == 2.0


def line(start, end, count=8):
    """(1, B) depths at the middles of equal pieces of a straight limb in the image: its inverse is a line."""
    places = (np.arange(count) + 0.5) / count
    return 1 / (1 / start + places * (1 / end - 1 / start))[None]


def test_the_ends_of_a_straight_limb_come_back():
    first, second = limb_ends(Surface(line(2.0, 1.6), np.full((1, 8), 1e-6)), 0.01)
    assert (first.depths[0], second.depths[0]) == pytest.approx((2.0, 1.6))


def test_bins_on_the_wall_or_without_depth_are_outvoted():
    depths = line(2.0, 1.6)
    depths[0, 6:], depths[0, 2] = 3.1, np.nan
    first, second = limb_ends(Surface(depths, np.where(np.isnan(depths), np.inf, 1e-6)), 0.01)
    assert (first.depths[0], second.depths[0]) == pytest.approx((2.0, 1.6), abs=1e-6)
    assert second.variances[0] > first.variances[0]


def test_three_bins_are_no_limb():
    depths = np.full((1, 8), np.nan)
    depths[0, :3] = 2.0
    first, second = limb_ends(Surface(depths, np.where(np.isnan(depths), np.inf, 1e-6)), 0.01)
    assert np.isnan(first.depths).all() and np.isinf(second.variances).all()


@every_skeleton
def test_anatomy_knows_every_skeleton_and_both_sides_alike(skeleton):
    flesh = flesh_m(skeleton, 1.7)
    np.testing.assert_array_equal(flesh, flesh[skeleton.mirror])
    np.testing.assert_allclose(flesh_m(skeleton, 3.4), 2 * flesh)
    assert (limb_lengths_m(skeleton, 1.7) > 0.02).all()
    outer, steps = outer_ends(skeleton), steps_outward(skeleton)
    for (first, second), end in zip(skeleton.edges, outer):
        assert end in (first, second, -1) and steps[end] == max(steps[first], steps[second]) or end == -1
    assert len(straight_limbs(skeleton)) == 8


def body(noise=0.0, seed=0):
    """(1, 18, 3) points of an upright body 2.5 m away, noisy along their rays, and the rays."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(0, 0.3, (1, 18, 3)) + [0, 0, 2.5]
    rays = truth / truth[:, :, 2:]
    return truth, rays, rays * (truth[:, :, 2:] + rng.normal(0, noise, (1, 18, 1)))


def test_refining_what_fits_changes_nothing():
    truth, rays, _ = body()
    lengths = measured_lengths(truth, OPENPOSE18.edges)
    sure = np.full(lengths.shape, 1e-4)
    got, variances = refine(truth, rays, np.full((1, 18), 1e-3), OPENPOSE18.edges, lengths, sure)
    np.testing.assert_allclose(got, truth, atol=1e-9)
    assert (variances < 1e-3).all()


def test_known_lengths_make_noisy_depths_better_and_keep_them_on_their_rays():
    before, after = [], []
    for seed in range(20):
        truth, rays, noisy = body(0.05, seed)
        lengths = measured_lengths(truth, OPENPOSE18.edges)
        noisy[0, 4] = np.nan
        got, _ = refine(noisy, rays, np.full((1, 18), 0.05 ** 2), OPENPOSE18.edges, lengths,
                        np.full(lengths.shape, 1e-4))
        assert np.isnan(got[0, 4]).all() and np.isfinite(np.delete(got, 4, axis=1)).all()
        np.testing.assert_allclose(got / got[:, :, 2:], np.where(np.isnan(got), np.nan, rays))
        before.append(np.nanmean(np.abs(noisy - truth)))
        after.append(np.nanmean(np.abs(got - truth)))
    assert np.mean(after) < 0.85 * np.mean(before)


def test_lengths_are_learned_for_tracks_only_and_gross_errors_are_not():
    lengths = LimbLengths(np.array([0.3, 0.4]), 5.0)
    for frame in range(20):
        lengths.of([7, -1], frame / 10)
        lengths.learn([7, -1], RNG.normal([[0.33, 2.0], [0.2, 0.2]], 0.02))
    means, variances = lengths.of([7, -1], 2.0)
    assert means[0] == pytest.approx([0.33, 0.4], abs=0.015) and means[1] == pytest.approx([0.3, 0.4])
    assert variances[0, 0] < 0.1 * variances[1, 0]


def test_lengths_are_forgotten_after_a_while_and_when_time_goes_back():
    for later in (0.5, 20.0):
        lengths = LimbLengths(np.array([0.3]), 5.0)
        lengths.of([1], 1.0)
        lengths.learn([1], np.array([[0.33]]))
        assert lengths.of([1], 1.1)[0][0, 0] > 0.3
        lengths.of([2], later)
        lengths.learn([2], np.array([[0.3]]))
        assert lengths.of([1], later)[0][0, 0] == 0.3
