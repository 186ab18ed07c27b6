"""Held-out scenes become COCO annotations that say the same."""
import numpy as np

from pose_ros.skeletons import COCO17, OPENPOSE18
from pose_ros.synthetic.scene import Scene
from pose_ros.training.held_out import as_coco


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


def test_people_without_a_label_are_no_annotation():
    coco = as_coco([Scene(np.zeros((9, 9, 3), np.uint8), np.zeros((2, 18, 3), np.float32))])
    assert coco['annotations'] == []
