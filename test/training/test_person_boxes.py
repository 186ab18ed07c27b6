import numpy as np

from pose_ros.training.augment import Labelled
from pose_ros.training.person_boxes import MARGIN, detectable, person_boxes


def person(left, top, width, height):
    """18 visible keypoints spread over a box."""
    random = np.random.default_rng(0)
    points = np.concatenate([random.random((16, 2)), [[0, 0], [1, 1]]]) * (width, height) + (left, top)
    return np.concatenate([points, np.full((18, 1), 2)], 1).astype(np.float32)


def test_a_box_holds_all_keypoints_with_a_margin():
    box, = person_boxes(person(50, 60, 40, 100)[None])
    np.testing.assert_allclose(box, [50 - 100 * MARGIN, 60 - 100 * MARGIN, 90 + 100 * MARGIN, 160 + 100 * MARGIN],
                               atol=1e-3)


def test_keypoints_that_are_not_there_do_not_count():
    one = person(50, 60, 40, 100)
    one[3] = [500, 500, 0]
    one[4] = [500, 500, -1]
    assert person_boxes(one[None])[0, 2] < 110


def test_a_person_without_keypoints_has_no_box():
    assert np.isnan(person_boxes(np.zeros((1, 18, 3)))).all()
    assert person_boxes(np.zeros((0, 18, 3))).shape == (0, 4)


def test_who_is_too_small_is_painted_over_and_the_others_are_kept():
    image = np.random.default_rng(0).integers(0, 255, (200, 200, 3), np.uint8)
    view = Labelled(image, np.stack([person(60, 20, 60, 150), person(5, 5, 6, 9)]))
    seen, boxes = detectable(view)
    assert len(seen.persons) == len(boxes) == 1 and (seen.image[6:12, 6:9] == seen.image[6, 6]).all()
    assert (seen.image[30:170, 60:120] == image[30:170, 60:120]).all()
    assert (boxes >= 0).all() and (boxes <= 199).all()


def test_places_with_unlabelled_people_are_painted_over_but_not_a_person():
    image = np.random.default_rng(0).integers(0, 255, (200, 200, 3), np.uint8)
    ignored = np.zeros((200, 200), np.uint8)
    ignored[:, 100:] = 255
    seen, _ = detectable(Labelled(image, person(60, 20, 60, 150)[None], ignored))
    assert (seen.image[100, 60:120] == image[100, 60:120]).all()
    assert (seen.image[:, 160:] == seen.image[0, 160]).all()


def test_a_view_without_people_stays_as_it_is():
    image = np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)
    seen, boxes = detectable(Labelled(image, np.zeros((0, 18, 3), np.float32)))
    assert (seen.image == image).all() and boxes.shape == (0, 4)
