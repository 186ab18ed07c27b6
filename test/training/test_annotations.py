import json

import numpy as np
import pytest

from pose_ros.errors import DatasetError
from pose_ros.training.annotations import read_coco

KEYPOINTS = [10.0, 20.0, 2, 30.0, 40.0, 1, *[0] * 45]


def content(**values):
    annotation = {'image_id': 3, 'bbox': [1, 2, 30, 40], 'keypoints': KEYPOINTS, 'area': 700.0, **values}
    return {'images': [{'id': 3, 'file_name': 'a.jpg', 'width': 64, 'height': 48}, {'id': 9, 'file_name': 'b.jpg'}],
            'annotations': [annotation]}


def test_labels_are_read_and_zeros_are_no_labels():
    image, negative = read_coco(content())
    person, = image.persons
    assert (image.file, image.width, image.height) == ('a.jpg', 64, 48)
    assert (negative.file, negative.width, negative.persons) == ('b.jpg', 0, ())
    np.testing.assert_array_equal(person.keypoints[:2], [[10, 20], [30, 40]])
    assert np.isnan(person.keypoints[2:]).all()
    assert person.labelled.sum() == 2
    assert person.counts
    assert (person.area, person.crowd) == (700, False)


@pytest.mark.parametrize('values, counts, area', [
    ({'iscrowd': 1}, False, 700), ({'area': None}, True, 636), ({'area': 0}, True, 636),
    ({'keypoints': None}, False, 700)])
def test_what_is_missing_has_a_meaning(values, counts, area):
    person, = read_coco(content(**values))[0].persons
    assert person.counts == counts
    assert person.area == pytest.approx(area)


def test_other_categories_are_left_out():
    cats = {**content(category_id=17), 'categories': [{'id': 17, 'name': 'cat'}, {'id': 4, 'name': 'person'}]}
    assert read_coco(cats)[0].persons == ()
    cats['annotations'][0]['category_id'] = 4
    assert len(read_coco(cats)[0].persons) == 1


def test_a_file_is_read_like_its_content(tmp_path):
    path = tmp_path / 'labels.json'
    path.write_text(json.dumps(content()))
    one, = read_coco(path)[0].persons
    other, = read_coco(content())[0].persons
    np.testing.assert_array_equal(one.keypoints, other.keypoints)


@pytest.mark.parametrize('bad', [{'image_id': 4}, {'bbox': [1, 2]}, {'keypoints': [1, 2]}, {'bbox': None}])
def test_what_is_malformed_is_explained(bad):
    with pytest.raises(DatasetError, match='annotations are malformed: .*; allowed: COCO keypoints'):
        read_coco(content(**bad))
