"""Held-out scenes become COCO annotations that say the same."""
from pathlib import Path

import numpy as np
import pytest

from pose_ros.skeletons import COCO17, OPENPOSE18
from pose_ros.synthetic.photos import is_held_out, list_photos
from pose_ros.synthetic.scene import Scene
from pose_ros.synthetic.shards import write_shard
from pose_ros.training import held_out
from pose_ros.training.annotations import read_coco
from pose_ros.training.held_out import as_coco, held_out_people
from pose_ros.training.targets import UNKNOWN, UNSURE

PHOTOS = Path(__file__).parents[2].parent / 'shared' / 'data' / 'training_photos'


def test_scenes_become_annotations():
    person = np.zeros((1, 18, 3), np.float32)
    person[0, OPENPOSE18.index('left_wrist')] = 10, 20, 2
    person[0, OPENPOSE18.index('nose')] = 30, 60, 1
    coco = as_coco([Scene(np.zeros((70, 80, 3), np.uint8), person), Scene(np.zeros((9, 9, 3), np.uint8), person[:0])])
    assert [(image['width'], image['height']) for image in coco['images']] == [(80, 70), (9, 9)]
    annotation, = coco['annotations']
    keypoints = np.reshape(annotation['keypoints'], (17, 3))
    assert keypoints[COCO17.index('left_wrist')].tolist() == [10, 20, 2]
    assert annotation['num_keypoints'] == 2 and annotation['bbox'] == [10, 20, 20, 40]


def test_there_are_as_many_scenes_as_asked_for_where_more_are_rendered(tmp_path, monkeypatch):
    monkeypatch.setattr(held_out, 'generate', lambda *_, **__: [])
    scenes = [Scene(np.full((16, 16, 3), i, np.uint8), np.zeros((0, 18, 3), np.float32)) for i in range(5)]
    write_shard(tmp_path / '0.npz', scenes)
    assert [len(held_out.held_out_scenes(tmp_path, '', count)) for count in (2, 5)] == [2, 5]


def test_people_without_a_label_are_no_annotation():
    coco = as_coco([Scene(np.zeros((9, 9, 3), np.uint8), np.zeros((2, 18, 3), np.float32))])
    assert coco['annotations'] == []


def test_nothing_is_sure_means_no_label_and_boxes_are_crowds():
    person = np.full((1, 18, 3), (5, 6, UNSURE), np.float32)
    person[0, OPENPOSE18.index('nose')] = 3, 4, 2
    person[0, OPENPOSE18.index('left_knee')] = 3, 4, UNKNOWN
    label, = read_coco(as_coco([Scene(np.zeros((9, 9, 3), np.uint8), person)], [[[1, 2, 4, 8]]]))
    known, crowd = label.persons
    assert known.counts and known.labelled.sum() == 1
    assert crowd.crowd and not crowd.counts and crowd.box.tolist() == [1, 2, 3, 6]


@pytest.mark.skipif(not PHOTOS.is_dir(), reason='needs ../shared/data/training_photos')
def test_held_out_photos_are_of_places_that_training_has_not_seen(tmp_path):
    scenes, boxes = held_out_people(PHOTOS, tmp_path)
    assert len(scenes) == len(boxes) > 5 and all(len(scene.persons) for scene in scenes)
    seen = list_photos(PHOTOS, 'with_people')
    assert not any(is_held_out(path) for path in seen)
