"""Agreement with annotations: all of it for the truth itself, none for nobody, whichever frames were seen."""
import json

import numpy as np
import pytest

from pose_ros.demo.ground_truth import GroundTruth
from pose_ros.errors import DatasetError
from pose_ros.skeletons import COCO17, OPENPOSE18
from pose_ros.sources import Frame
from pose_ros.types import Person

COUNT = 4
RNG = np.random.default_rng(3)
KEYPOINTS = RNG.uniform(20, 200, (COUNT, 2, 17, 2)).round(2)
IMAGES = RNG.integers(0, 255, (COUNT, 240, 320, 3), np.uint8)


@pytest.fixture
def truth(tmp_path):
    people = [{'image_id': i, 'category_id': 1, 'iscrowd': 0, 'area': 10_000.0, 'bbox': [0, 0, 200, 200],
               'keypoints': np.column_stack([keypoints, np.full(17, 2)]).ravel().tolist()}
              for i, both in enumerate(KEYPOINTS) for keypoints in both]
    content = {'images': [{'id': i, 'file_name': f'{i}.jpg'} for i in range(COUNT)], 'annotations': people}
    (tmp_path / 'truth.json').write_text(json.dumps(content))
    return GroundTruth([Frame(0, image, str(i)) for i, image in enumerate(IMAGES)], tmp_path / 'truth.json')


def people_of(number, shift=0.0):
    return [Person(COCO17, keypoints + shift, np.ones(17), 1.0).as_skeleton(OPENPOSE18)
            for keypoints in KEYPOINTS[number]]


def test_the_truth_itself_is_found_in_the_frames_that_were_seen(truth):
    for number in (2, 0):
        truth.add(IMAGES[number], people_of(number)[::-1])
    assert truth.score() == {'frames': 2, 'people': 4, 'mean_oks': pytest.approx(1, abs=1e-5), 'recall': 1.0}


def test_agreement_falls_with_distance_and_nobody_agrees_not_at_all(truth):
    scores = []
    for shift in (2.0, 15.0, 500.0):
        truth.add(IMAGES[1], people_of(1, shift))
        scores.append(truth.score())
    means = [score['mean_oks'] for score in scores]
    assert 1 > means[0] > means[1] > means[2] == pytest.approx(0, abs=1e-6)
    truth.add(IMAGES[1], [])
    assert truth.score() == {'frames': 1, 'people': 2, 'mean_oks': 0.0, 'recall': 0.0}


def test_images_that_are_not_of_the_clip_are_passed_over(truth):
    truth.add(IMAGES[0] + 1, people_of(0))
    score = truth.score()
    assert (score['frames'], score['people']) == (0, 0) and np.isnan(score['mean_oks'])


def test_malformed_annotations_are_an_error(tmp_path):
    (tmp_path / 'truth.json').write_text('{}')
    with pytest.raises(DatasetError, match='malformed'):
        GroundTruth([], tmp_path / 'truth.json')
