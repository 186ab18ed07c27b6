import json
import math
import random

import cv2
import numpy as np
import pytest

from pose_ros.errors import DatasetError
from pose_ros.estimators.fake import FakeEstimator
from pose_ros.skeletons import COCO17, OPENPOSE18
from pose_ros.training.evaluation import evaluate
from pose_ros.types import Person

KEYS = ['ap', 'ap50', 'recall', 'recall_large', 'persons', 'large_persons', 'false_per_negative', 'calibration_error',
        'ms_per_image', 'cpu_ms_per_image', 'ms_per_person', 'size_mb', 'estimator', 'model']


def pose(x, y, size):
    """(17, 2) an upright person, by name."""
    place = {'nose': (0, .1)}
    for side, sign in (('left', 1), ('right', -1)):
        place |= {f'{side}_{name}': (sign * dx, dy) for name, dx, dy in (
            ('eye', .03, .08), ('ear', .06, .1), ('shoulder', .12, .2), ('elbow', .16, .36), ('wrist', .2, .5),
            ('hip', .07, .52), ('knee', .09, .74), ('ankle', .1, .95))}
    return np.array([place[name] for name in COCO17.keypoints]) * size + (x, y)


def annotation(number, image, points, **values):
    table = np.column_stack([points, np.full(17, 2)])
    low, high = points.min(0), points.max(0)
    return {'id': number, 'image_id': image, 'category_id': 1, 'bbox': [*low, *(high - low)], 'iscrowd': 0,
            'keypoints': table.ravel().tolist(), 'area': float(np.prod(high - low)), **values}


def dataset(poses, **values):
    """One image of 640x480 for each list of poses."""
    return {'images': [{'id': 7 * i, 'file_name': f'{i}.png', 'width': 640, 'height': 480} for i in range(len(poses))],
            'annotations': [annotation(100 * i + n, 7 * i, one, **values)
                            for i, some in enumerate(poses) for n, one in enumerate(some)],
            'categories': [{'id': 1, 'name': 'person'}]}


def images(count):
    """Images that tell their number."""
    return [np.full((480, 640, 3), i, np.uint8) for i in range(count)]


def person(keypoints, score=0.9):
    return Person(COCO17, keypoints, np.isfinite(keypoints[:, 0]).astype(float), score)


def answering(poses):
    return FakeEstimator(lambda image: [person(one) for one in poses[image[0, 0, 0]]])


TRUTH = [[pose(200, 20, 400), pose(450, 50, 380)], [pose(300, 100, 60)], []]


def run(answers, truth=TRUTH, **values):
    return evaluate(answering(answers), images(len(truth)), dataset(truth, **values))


def test_the_truth_is_perfect():
    result = run(TRUTH)
    assert (result.ap, result.ap50, result.recall, result.recall_large) == (pytest.approx(1), pytest.approx(1), 1, 1)
    assert (result.persons, result.large_persons, result.false_per_negative) == (3, 2, 0)
    assert result.ms_per_image > 0
    assert (result.estimator, result.model) == ('fake', 'fake@000000000000')


def test_the_keys_are_those_that_others_read():
    assert list(run(TRUTH).as_dict()) == KEYS
    assert json.loads(json.dumps(run(TRUTH).as_dict()))['persons'] == 3


def test_scores_that_are_shares_have_no_error():
    half_right = [[TRUTH[0][0], pose(9, 9, 50)], [], []]
    sure, even = (FakeEstimator(lambda image, score=score: [person(one, score) for one in half_right[image[0, 0, 0]]])
                  for score in (1.0, 0.5))
    assert evaluate(sure, images(3), dataset(TRUTH)).calibration_error == pytest.approx(0.5)
    assert evaluate(even, images(3), dataset(TRUTH)).calibration_error == pytest.approx(0)


def test_nobody_found():
    result = run([[], [], []])
    assert (result.ap, result.recall, result.recall_large, result.false_per_negative) == (0, 0, 0, 0)


def test_half_found_and_false_people_in_a_negative():
    result = run([[TRUTH[0][1]], [], [pose(9, 9, 50), pose(60, 60, 300), pose(300, 9, 50)]])
    assert result.recall == pytest.approx(1 / 3)
    assert result.recall_large == 0.5
    assert result.false_per_negative == 3
    assert 0 < result.ap < 1


def test_one_skeleton_counts_once():
    together = [[pose(200, 20, 400), pose(203, 21, 400)]]
    assert run([[together[0][0]]], together).recall == 0.5
    assert run([together[0]], together).recall == 1


def test_left_and_right_are_not_the_same():
    swapped = TRUTH[0][0][COCO17.mirror]
    assert run([[swapped], [], []]).recall == 0


def test_the_more_it_is_off_the_less_it_counts():
    recalls = []
    for noise in (0, 20, 60, 200):
        rng = np.random.default_rng(0)
        recalls.append(run([[one + rng.normal(0, noise, one.shape) for one in some] for some in TRUTH]).ap)
    assert recalls[0] == pytest.approx(1)
    assert recalls == sorted(recalls, reverse=True)
    assert recalls[-1] < 0.1


def test_other_skeletons_are_mapped_by_name():
    def openpose(image):
        return [Person(COCO17, one, np.ones(17), 0.9).as_skeleton(OPENPOSE18) for one in TRUTH[image[0, 0, 0]]]
    result = evaluate(FakeEstimator(openpose), images(3), dataset(TRUTH))
    assert result.recall == 1
    assert result.ap == pytest.approx(1)


def test_keypoints_not_found_do_not_count_as_found():
    some = [[np.where(np.arange(17)[:, None] < 5, one, np.nan) for one in people] for people in TRUTH]
    assert run(some).recall == 0


def test_the_order_of_the_persons_does_not_matter():
    rng = np.random.default_rng(1)
    found = [[one + rng.normal(0, 15, one.shape) for one in (*some, *some)] for some in TRUTH]
    shuffled = [random.Random(0).sample(some, len(some)) for some in found]
    assert run(found).recall == run(shuffled).recall


@pytest.mark.parametrize('values, persons, large', [
    ({'iscrowd': 1}, 0, 0), ({'keypoints': [0] * 51}, 0, 0), ({'keypoints': None}, 0, 0), ({'area': 9216.0}, 3, 0),
    ({'area': 9217.0}, 3, 3), ({'keypoints': [5, 5, 2] * 4 + [0] * 39}, 3, 0), ({'category_id': 2}, 0, 0)])
def test_who_counts_as_a_person(values, persons, large):
    result = run([[], [], []], **values)
    assert (result.persons, result.large_persons) == (persons, large)
    assert math.isnan(result.recall) == (persons == 0)
    assert (result.as_dict()['ap'] is None) == (persons == 0)


def test_boxes_without_keypoints_are_no_negatives():
    people = [[pose(300, 100, 200)], []]
    found = [[pose(0, 0, 100)] * 2, [pose(0, 0, 100)]]
    content = dataset(people)
    del content['annotations'][0]['keypoints']
    assert evaluate(answering(found), images(2), content).false_per_negative == 1


def test_a_missing_area_is_estimated_from_the_box():
    people = [[pose(300, 100, 200)]]
    near = [[people[0][0] + 12]]
    box = people[0][0].max(0) - people[0][0].min(0)
    missing, given = (run(near, people, area=area) for area in (None, 0.53 * box.prod()))
    assert missing.recall == given.recall
    assert missing.ap == pytest.approx(given.ap)


def test_photos_are_read_from_a_folder_and_progress_is_told(tmp_path):
    for i, image in enumerate(images(3)):
        cv2.imwrite(str(tmp_path / f'{i}.png'), image)
    (tmp_path / 'labels.json').write_text(json.dumps(dataset(TRUTH)))
    told = []
    result = evaluate(answering(TRUTH), tmp_path, tmp_path / 'labels.json', lambda *done: told.append(done))
    assert result.recall == 1
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_colours_reach_the_estimator_as_rgb(tmp_path):
    cv2.imwrite(str(tmp_path / '0.png'), np.full((480, 640, 3), (30, 20, 10), np.uint8))
    seen = []
    evaluate(FakeEstimator(lambda image: seen.append(image[0, 0].tolist()) or []), tmp_path, dataset([[]]))
    assert seen == [[10, 20, 30]]


def test_missing_and_broken_photos_are_named(tmp_path):
    cv2.imwrite(str(tmp_path / '0.png'), images(1)[0])
    with pytest.raises(DatasetError, match="2 of 3 images are not in .*, the first '1.png'"):
        evaluate(answering(TRUTH), tmp_path, dataset(TRUTH))
    for name in ('1.png', '2.png'):
        (tmp_path / name).write_bytes(b'no image')
    with pytest.raises(DatasetError, match='cannot decode the image .*1.png'):
        evaluate(answering(TRUTH), tmp_path, dataset(TRUTH))


def test_photos_of_another_size_are_refused():
    with pytest.raises(DatasetError, match='is 320x240 px, labelled as 640x480'):
        evaluate(answering(TRUTH), [np.zeros((240, 320, 3), np.uint8)] * 3, dataset(TRUTH))


def test_as_many_images_as_labelled():
    with pytest.raises(DatasetError, match='name 3 images, got 2'):
        evaluate(answering(TRUTH), images(2), dataset(TRUTH))


@pytest.mark.parametrize('spoil', [
    lambda content: content.pop('images'), lambda content: content.pop('annotations'),
    lambda content: content['annotations'][0].pop('bbox'), lambda content: content['annotations'][0].pop('image_id'),
    lambda content: content['annotations'][0].update(image_id=99),
    lambda content: content['images'][0].pop('file_name'),
    lambda content: content['annotations'][0].update(keypoints=[1, 2, 3]),
    lambda content: content['annotations'][0].update(bbox=['a', 0, 0, 0]), lambda content: content.update(images=5),
    lambda content: content.update(images=[], annotations=[])])
def test_malformed_annotations_are_explained(spoil):
    content = dataset(TRUTH)
    spoil(content)
    with pytest.raises(DatasetError, match='allowed'):
        evaluate(answering(TRUTH), images(3), content)


@pytest.mark.parametrize('text', ['', '{', '[]', 'null', '[1, 2]', '"text"'])
def test_files_that_are_no_annotations_are_named(tmp_path, text):
    path = tmp_path / 'labels.json'
    path.write_text(text)
    with pytest.raises(DatasetError, match='allowed'):
        evaluate(answering(TRUTH), images(3), path)
    with pytest.raises(DatasetError, match='nothing.json'):
        evaluate(answering(TRUTH), images(3), tmp_path / 'nothing.json')
