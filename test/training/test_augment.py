"""Views move keypoints and pixels together."""
import cv2
import numpy as np
import pytest

from pose_ros.training.augment import Labelled, mirror, recolour, view_matrix, warp
from pose_ros.training.targets import UNKNOWN


def sample() -> Labelled:
    random = np.random.default_rng(0)
    persons = np.concatenate([random.uniform(10, 90, (2, 18, 2)), random.integers(-1, 4, (2, 18, 1))], -1)
    ignored = random.integers(0, 2, (96, 100)).astype(np.uint8)
    return Labelled(random.integers(0, 255, (96, 100, 3), np.uint8), persons.astype(np.float32), ignored)


def test_mirroring_twice_is_the_identity():
    before, after = sample(), mirror(mirror(sample()))
    np.testing.assert_array_equal(after.image, before.image)
    np.testing.assert_allclose(after.persons, before.persons, atol=1e-4)
    np.testing.assert_array_equal(after.ignored, before.ignored)


@pytest.mark.parametrize('seed', range(6))
def test_a_dot_stays_under_its_keypoint(seed):
    random = np.random.default_rng(seed)
    image = np.zeros((200, 200, 3), np.uint8)
    cv2.circle(image, (90, 110), 6, (255, 255, 255), -1)
    persons = np.zeros((1, 18, 3), np.float32)
    persons[0, 0] = 90, 110, 2
    matrix = view_matrix(random, np.array([90.0, 110.0]), random.uniform(.5, 1.5), 128, random.uniform(-60, 60))
    view = warp(np.random.default_rng(9), Labelled(image, persons), matrix, 128)
    if view.persons[0, 0, 2]:
        x, y = view.persons[0, 0, :2]
        assert view.image[round(y), round(x)].min() > 150


def test_keypoints_that_leave_the_view_are_unlabelled_and_unknown_ones_stay_unknown():
    before = sample()
    far = np.array([[1, 0, 1000], [0, 1, 0]], float)
    after = warp(np.random.default_rng(0), before, far, 64).persons[..., 2]
    np.testing.assert_array_equal(after, np.where(before.persons[..., 2] == UNKNOWN, UNKNOWN, 0))


def test_recolouring_keeps_shape_and_type():
    random = np.random.default_rng(0)
    for _ in range(60):
        image = recolour(random, sample().image[:96, :96].copy())
        assert image.shape == (96, 96, 3) and image.dtype == np.uint8
