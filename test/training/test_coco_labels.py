"""COCO's own labels, in the order that the network is trained with."""
from pathlib import Path

import numpy as np
import pytest

from pose_ros.errors import DatasetError
from pose_ros.skeletons import COCO17, OPENPOSE18
from pose_ros.training import coco_labels
from pose_ros.training.coco_labels import FULL_SCALE, CocoPeople, openpose_order

SHOULDERS = COCO17.index('left_shoulder'), COCO17.index('right_shoulder')


@pytest.fixture
def person():
    """(1, 17, 3): x, y, visibility 2."""
    places = np.random.default_rng(0).uniform(10, 90, (1, 17, 2))
    return np.concatenate([places, np.full((1, 17, 1), 2.)], axis=2)


def write(path, person, image=7, size=(100., 50.)):
    boxes = np.array([[.5, .5, .2, .4]])
    np.savez(path, image_id=[image], vis=person[..., 2].astype(np.uint8),
             kps=np.round(person[..., :2] / size * FULL_SCALE).astype(np.uint16),
             box_cxcywh=np.round(boxes * FULL_SCALE).astype(np.uint16))
    return CocoPeople(path)


def test_every_keypoint_keeps_its_place_and_the_neck_is_between_the_shoulders(person):
    moved = openpose_order(person)
    assert np.allclose(moved[:, COCO17.indices_in(OPENPOSE18)], person)
    assert np.allclose(moved[:, OPENPOSE18.index('neck'), :2], person[:, SHOULDERS, :2].mean(1))


def test_no_neck_without_both_shoulders_and_nothing_where_nothing_is_labelled(person):
    person[0, SHOULDERS[0]] = 0
    moved = openpose_order(person)
    assert not moved[0, OPENPOSE18.index('neck')].any() and not moved[0, OPENPOSE18.index('left_shoulder')].any()


def test_a_mirrored_person_has_mirrored_labels(person):
    def mirror(labels, skeleton):
        return labels[:, skeleton.mirror] * (-1, 1, 1)
    assert np.allclose(openpose_order(mirror(person, COCO17)), mirror(openpose_order(person), OPENPOSE18))


def test_people_come_back_from_the_table_in_pixels(person, tmp_path):
    person[..., 1] /= 2
    people = write(tmp_path / 'people.npz', person)
    assert np.allclose(people.persons(7, 100, 50), openpose_order(person), atol=.01)
    assert np.allclose(people.boxes(7, 100, 50), [[40, 15, 60, 35]], atol=.01)
    assert people.persons(8, 100, 50).shape == (0, 18, 3) and people.boxes(8, 100, 50).shape == (0, 4)


def test_somebody_outside_the_labelled_boxes_is_ignored(person, tmp_path, monkeypatch):
    people = write(tmp_path / 'people.npz', person)
    monkeypatch.setattr(coco_labels, 'sure_peaks', lambda *_: np.array([[50., 25.], [80., 25.]]))
    entry = coco_labels.label(np.zeros((50, 100, 3), np.uint8), 7, people, None, None)
    assert entry['ignored'] == [[56, 1, 104, 49]] and len(entry['persons']) == 1


def test_a_table_that_is_none_is_told(tmp_path):
    np.savez(tmp_path / 'other.npz', a=1)
    for path in (tmp_path / 'missing.npz', tmp_path / 'other.npz', Path(__file__)):
        with pytest.raises(DatasetError, match=r'allowed: coco2017_keypoints_train\.npz'):
            CocoPeople(path)
