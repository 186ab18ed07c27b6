"""Overlays: every found keypoint shows, nothing else changes, and hostile input is drawn without harm."""
import itertools

import numpy as np
import pytest

from pose_ros.drawing import colour_of, contact_sheet, draw_persons, side_colour
from pose_ros.skeletons import SKELETONS
from pose_ros.types import Person

GREY = np.full((240, 320, 3), 120, np.uint8)


def make_person(skeleton, seed=0, score=0.9, **changes):
    """A person whose keypoints lie anywhere well inside GREY."""
    rng = np.random.default_rng(seed)
    keypoints = changes.pop('keypoints', rng.uniform((60, 60), (260, 180), (len(skeleton), 2)))
    return Person(skeleton, keypoints, np.full(len(skeleton), score), score, **changes)


def differs_at(image, points):
    columns, rows = np.round(points).astype(int).T
    return (image[rows, columns].astype(int) - 120).any(axis=-1)


@pytest.mark.parametrize('skeleton', SKELETONS.values(), ids=lambda skeleton: skeleton.name)
def test_every_keypoint_shows_and_the_image_given_stays_as_it_was(skeleton):
    person = make_person(skeleton)
    before = GREY.copy()
    drawn = draw_persons(GREY, [person])
    assert (before == GREY).all()
    assert drawn.shape == GREY.shape and drawn.dtype == np.uint8
    assert differs_at(drawn, person.keypoints).all()


def test_nothing_changes_without_people_or_far_from_them():
    person = make_person(SKELETONS['coco17'], keypoints=np.full((17, 2), (100, 100.0)))
    nobody = make_person(SKELETONS['coco17'], keypoints=np.full((17, 2), np.nan))
    assert (draw_persons(GREY, []) == GREY).all()
    assert (draw_persons(GREY, [nobody]) == GREY).all()
    assert (draw_persons(GREY, [person])[150:] == GREY[150:]).all()


def test_missing_keypoints_and_their_limbs_are_not_drawn():
    skeleton = SKELETONS['coco17']
    keypoints = np.full((17, 2), np.nan)
    keypoints[skeleton.index('left_knee')] = (100, 100)
    keypoints[skeleton.index('left_ankle')] = (200, np.nan)
    drawn = draw_persons(GREY, [make_person(skeleton, keypoints=keypoints)])
    assert differs_at(drawn, [[100, 100]]).all()
    assert (drawn[:, 150:] == 120).all()


def test_an_unsure_keypoint_is_fainter_than_a_sure_one():
    skeleton = SKELETONS['coco17']
    change = [np.abs(draw_persons(GREY, [make_person(skeleton, score=score, keypoints=np.full((17, 2), (100.0, 100)))])
                     [100, 100].astype(int) - 120).sum() for score in (0.1, 0.9)]
    assert 0 < change[0] < change[1]


@pytest.mark.parametrize('place', [-1e30, -5000.0, -0.4, 1e9])
def test_keypoints_outside_the_image_are_cut_off(place):
    skeleton = SKELETONS['openpose18']
    person = make_person(skeleton)
    keypoints = person.keypoints.copy()
    keypoints[::2] = place
    drawn = draw_persons(GREY, [make_person(skeleton, keypoints=keypoints)])
    assert differs_at(drawn, keypoints[1::2]).all()


@pytest.mark.parametrize('shape', [(1, 1, 3), (2, 3, 3), (40, 4000, 3)])
def test_any_image_size_is_drawn_on(shape):
    person = make_person(SKELETONS['openpose18'], keypoints=np.zeros((18, 2)))
    drawn = draw_persons(np.zeros(shape, np.uint8), [person])
    assert drawn.shape == shape and drawn.any()


def test_a_person_keeps_a_colour_by_track_and_neighbours_differ():
    assert colour_of(3) == colour_of(3)
    for first, second in itertools.pairwise(colour_of(index) for index in range(30)):
        assert np.abs(np.subtract(first, second)).max() > 0.3
    assert all(0 <= part <= 1 for index in range(-1, 50) for part in colour_of(index))


def test_left_is_lighter_and_right_is_darker_than_the_middle():
    left, middle, right = (sum(side_colour(colour_of(0), names)) for names in
                           (('left_hip', 'left_knee'), ('left_hip', 'right_hip'), ('neck', 'right_hip')))
    assert left > middle > right


def test_a_contact_sheet_holds_every_image_in_reading_order():
    shades = (50, 100, 150, 200, 250)
    sheet = contact_sheet([np.full((30, 40, 3), shade, np.uint8) for shade in shades], columns=2, width=200)
    assert sheet.shape == (3 * 75, 200, 3)
    centres = [int(sheet[75 * (i // 2) + 37, 100 * (i % 2) + 50, 0]) for i in range(5)]
    assert tuple(centres) == shades


def test_a_contact_sheet_fits_images_of_other_shapes_into_the_cells():
    sheet = contact_sheet([GREY, np.full((500, 100, 3), 255, np.uint8)], columns=2, width=640)
    assert sheet.shape == (240, 640, 3)
    white = (sheet == 255).all(axis=-1)
    assert white.any(axis=1).all() and white.sum() == 240 * 48


@pytest.mark.parametrize(('images', 'columns'), [([], 3), ([GREY], 0), ([GREY], 5000)])
def test_a_contact_sheet_needs_images_and_columns(images, columns):
    with pytest.raises(ValueError, match='contact sheet needs'):
        contact_sheet(images, columns, 400)
