"""Stickers lie where the limb lies, turn and grow with it, and leave everything else as it was."""
from dataclasses import replace

import cv2
import numpy as np
import pytest

from pose_ros.errors import SettingError, SkeletonError
from pose_ros.skeletons import OPENPOSE18
from pose_ros.stickers import Sticker, draw_stickers, placement, read_sticker, text_picture
from pose_ros.types import Person

LIMB = ('neck', 'nose')
GREY = np.full((200, 300, 3), 90, np.uint8)


def person(neck, nose):
    keypoints = np.full((18, 2), np.nan)
    keypoints[OPENPOSE18.index('neck')], keypoints[OPENPOSE18.index('nose')] = neck, nose
    return Person(OPENPOSE18, keypoints, np.isfinite(keypoints[:, 0]) * 0.9, 0.9)


def halves():
    """Red upper half, blue lower half, left third clear."""
    picture = np.zeros((40, 30, 4), np.uint8)
    picture[:20], picture[20:] = (255, 0, 0, 255), (0, 0, 255, 255)
    picture[:, :10] = 0
    return picture


@pytest.mark.parametrize('angle_deg', [0, 37, 90, 180, 251])
@pytest.mark.parametrize('length_px', [30, 80])
def test_the_top_looks_along_the_limb_and_the_right_stays_right(angle_deg, length_px):
    way = np.array([np.sin(np.radians(angle_deg)), -np.cos(np.radians(angle_deg))])
    right = np.array([-way[1], way[0]])
    centre = np.array([150.0, 100.0])
    drawn = draw_stickers(GREY, [person(centre - way * length_px / 2, centre + way * length_px / 2)],
                          [Sticker(halves(), LIMB)])

    def colour(along, aside):
        x, y = np.rint(centre + length_px * (along * way + aside * right)).astype(int)
        return tuple(drawn[y, x].tolist())

    assert colour(0.25, 0.1) == (255, 0, 0) and colour(-0.25, 0.1) == (0, 0, 255)
    assert colour(0.25, -0.25) == (90, 90, 90) and colour(0.7, 0.1) == (90, 90, 90)


@pytest.mark.parametrize('along', [0.0, 0.5, 1.0])
def test_the_middle_of_the_picture_is_on_the_limb(along):
    sticker = Sticker(halves(), LIMB, scale=2.0, along=along)
    start, end = np.array([20.0, 30.0]), np.array([70.0, 110.0])
    affine = placement(sticker, start, end)
    np.testing.assert_allclose(affine @ [14.5, 19.5, 1], start + along * (end - start))
    assert np.sqrt(np.linalg.det(affine[:, :2])) * 40 == pytest.approx(2 * np.linalg.norm(end - start))


@pytest.mark.parametrize('people', [
    [], [person([np.nan, np.nan], [10, 10])], [person([50, 50], [50, 50])], [person([-900, 50], [-900, 20])]])
def test_where_there_is_no_limb_nothing_changes(people):
    assert (draw_stickers(GREY, people, [Sticker(halves(), LIMB)]) == GREY).all()


def test_a_clear_picture_changes_nothing_and_the_image_is_kept():
    clear = Sticker(np.zeros((9, 9, 4), np.uint8), LIMB)
    assert (draw_stickers(GREY, [person([50, 90], [50, 40])], [clear]) == 90).all()
    draw_stickers(GREY, [person([50, 90], [50, 40])], [Sticker(halves(), LIMB)])
    assert (GREY == 90).all()


def test_a_sticker_that_hangs_over_the_edge_is_cut():
    drawn = draw_stickers(GREY, [person([295, 190], [295, 150])], [Sticker(halves(), LIMB, scale=3.0)])
    assert drawn.shape == GREY.shape and (drawn != GREY).any()


def test_the_order_of_people_that_do_not_touch_is_nothing():
    people = [person([50, 90], [50, 40]), person([200, 90], [200, 40])]
    sticker = [Sticker(halves(), LIMB)]
    assert (draw_stickers(GREY, people, sticker) == draw_stickers(GREY, people[::-1], sticker)).all()


def test_stickers_are_read_from_words(tmp_path):
    cv2.imwrite(str(tmp_path / 'hat.png'), cv2.cvtColor(halves(), cv2.COLOR_RGBA2BGRA))
    hat = read_sticker(f'{tmp_path}/hat.png@neck-nose:1.5')
    assert (hat.limb, hat.scale) == (LIMB, 1.5) and (hat.picture == halves()).all()
    name = read_sticker('text:Ann@left_hip-right_hip')
    assert name.limb == ('left_hip', 'right_hip') and (name.picture == text_picture('Ann')).all()
    assert set(np.unique(name.picture[..., 3])) >= {0, 255}


@pytest.mark.parametrize('text', ['hat.png', 'hat.png@neck', 'none.png@neck-nose', 'text:a@neck-nose:x', ''])
def test_other_words_are_refused(text):
    with pytest.raises(SettingError, match='allowed: FILE.png@START-END'):
        read_sticker(text)


def test_a_keypoint_that_does_not_exist_is_named():
    with pytest.raises(SkeletonError, match='no keypoint .tail.'):
        draw_stickers(GREY, [person([50, 90], [50, 40])], [replace(Sticker(halves(), LIMB), limb=('neck', 'tail'))])
