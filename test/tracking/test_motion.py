"""Laws of the motion model."""
import numpy as np
import pytest

from pose_ros.tracking.motion import Motion, MotionSettings

RNG = np.random.default_rng(0)
SHAPES = RNG.uniform(0, 200, (3, 18, 2))
SPEEDS = np.array([[120.0, 0.0], [-40.0, 30.0], [0.0, 0.0]])


def moved(rate_hz=30, length_s=1.0):
    """Three people of constant shape and speed, followed for a second."""
    motion = Motion(18, MotionSettings())
    motion.add(SHAPES)
    for frame in range(1, int(rate_hz * length_s) + 1):
        motion.predict(1 / rate_hz)
        motion.correct(np.arange(3), SHAPES + SPEEDS[:, None] * frame / rate_hz, 1 / rate_hz)
    return motion


@pytest.mark.parametrize('rate_hz', [10, 30, 100])
def test_constant_velocity_is_learned_and_continued(rate_hz):
    motion = moved(rate_hz)
    np.testing.assert_allclose(motion.velocities, SPEEDS, atol=3)
    motion.predict(0.5)
    np.testing.assert_allclose(motion.keypoints, SHAPES + 1.5 * SPEEDS[:, None], atol=5)


def test_two_short_predictions_are_one_long_one():
    one, two = moved(), moved()
    one.predict(0.4)
    two.predict(0.1)
    two.predict(0.3)
    np.testing.assert_allclose(one.keypoints, two.keypoints)
    np.testing.assert_allclose(one.spreads, two.spreads)


def test_time_spreads_and_sight_narrows():
    motion = moved()
    before = motion.spreads.copy()
    motion.predict(0.5)
    wide = motion.spreads.copy()
    motion.correct(np.arange(3), motion.keypoints.copy(), 0.5)
    assert (wide > before).all() and (motion.spreads < wide).all()


def test_hidden_keypoints_move_with_the_person():
    motion = moved()
    seen = SHAPES + 1.1 * SPEEDS[:, None]
    hidden = seen.copy()
    hidden[:, ::3] = np.nan
    motion.predict(0.1)
    motion.correct(np.arange(3), hidden, 0.1)
    np.testing.assert_allclose(motion.keypoints, seen, atol=3)
    assert (motion.ages_s[:, ::3] == 0.1).all() and (np.delete(motion.ages_s, np.s_[::3], axis=1) == 0).all()


def test_only_the_kept_and_the_corrected_change():
    motion = moved()
    motion.correct(np.array([1]), SHAPES[1:2] + 50, 0.0)
    np.testing.assert_array_equal(motion.keypoints[0], moved().keypoints[0])
    motion.keep(np.array([2, 0]))
    np.testing.assert_array_equal(motion.keypoints, moved().keypoints[[2, 0]])
