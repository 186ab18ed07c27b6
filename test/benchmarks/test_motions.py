import numpy as np

from pose_ros.benchmarks.motions import ARMS, BONE_LENGTHS, add_noise, move, spoil


def test_bones_keep_their_lengths():
    points = move(50).points
    for side in ('left', 'right'):
        chain = [ARMS.index(f'{side}_{name}') for name in ('shoulder', 'elbow', 'wrist', 'hand')]
        lengths = np.linalg.norm(np.diff(points[:, chain], axis=1), axis=2)
        np.testing.assert_allclose(lengths, np.tile(BONE_LENGTHS, (50, 1)))


def test_wrists_move_at_the_speed_of_people():
    motion = move(900)
    wrists = motion.points[:, [ARMS.index('left_wrist'), ARMS.index('right_wrist')]]
    speeds = np.linalg.norm(np.diff(wrists, axis=0), axis=2) * 30
    assert 0.35 < np.median(speeds) < 0.55 and speeds.max() < 1.6


def test_frames_between_frames_lie_between():
    motion = move(20)
    middle = motion.at(motion.stamps[:-1] + 1 / 60)
    np.testing.assert_allclose(middle.points, (motion.points[1:] + motion.points[:-1]) / 2)
    np.testing.assert_allclose(motion.at(motion.stamps).points, motion.points)


def test_noise_is_as_large_as_it_says():
    motion = move(2000)
    error = add_noise(motion, sigma_m=.01, outliers=0.0).points - motion.points
    assert abs(error.std() - .01) < 5e-4
    large = np.linalg.norm(add_noise(motion, outliers=.02).points - motion.points, axis=2) > .08
    assert .01 < large.mean() < .02


def test_spoilt_motions_have_every_fault():
    spoilt = spoil(move(3000))
    assert len(spoilt.stamps) < 3000
    assert np.isnan(spoilt.points).any() and np.isinf(spoilt.points).any() and (np.diff(spoilt.stamps) < 0).any()
    assert (np.abs(spoilt.points[np.isfinite(spoilt.points)]) > 100).any()
