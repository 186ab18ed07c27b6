"""Shadows, tables and things in hands appear where the person is, and their masks say where."""
import numpy as np
import pytest

from pose_ros.synthetic.props import ANKLES, HIPS, WRISTS, cast_shadow, put_in_hand, put_table

PHOTOS = [np.full((40, 50, 3), 200, np.uint8)]


def keypoints() -> np.ndarray:
    points = np.random.default_rng(0).uniform((50, 20), (78, 100), (17, 2))
    points[ANKLES], points[HIPS], points[WRISTS] = [(58, 105), (70, 105)], [(60, 60), (68, 60)], [(45, 62), (83, 62)]
    return points


def test_a_shadow_darkens_the_feet_and_nothing_brightens():
    image = np.full((128, 128, 3), 120, np.uint8)
    cast_shadow(np.random.default_rng(0), image, keypoints())
    assert image[100:116, 55:75].mean() < 110 and image.max() == 120 and (image[:60] == 120).all()


@pytest.mark.parametrize('put', [put_table, put_in_hand])
def test_what_is_put_in_front_changes_the_picture_only_in_its_mask(put):
    covered = 0
    for seed in range(10):
        image = np.full((128, 128, 3), 90, np.uint8)
        mask = put(np.random.default_rng(seed), image, PHOTOS, keypoints())
        assert (image[mask == 0] == 90).all()
        covered += (mask > 127).sum()
    assert covered > 0


def test_people_far_outside_the_picture_do_no_harm():
    image, away = np.zeros((64, 64, 3), np.uint8), keypoints() + 1e7
    cast_shadow(np.random.default_rng(0), image, away)
    assert not put_table(np.random.default_rng(0), image, PHOTOS, away).any() and not image.any()
