"""Sources of training pictures: views that keep their labels right, hard negatives, people pasted elsewhere."""
import json
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from pose_ros.errors import DatasetError
from pose_ros.skeletons import OPENPOSE18
from pose_ros.training.augment import Labelled
from pose_ros.training.cutouts import CutoutSource, cut_out, paste
from pose_ros.training.sources import EmptySource, PhotoSource

STANDING = {'nose': (100, 40), 'neck': (100, 70), 'right_shoulder': (80, 70), 'left_shoulder': (120, 70),
            'right_elbow': (72, 100), 'left_elbow': (128, 100), 'right_wrist': (70, 130), 'left_wrist': (130, 130),
            'right_hip': (88, 135), 'left_hip': (112, 135), 'right_knee': (87, 180), 'left_knee': (113, 180),
            'right_ankle': (86, 225), 'left_ankle': (114, 225)}


def person() -> np.ndarray:
    labels = np.zeros((18, 3), np.float32)
    for name, (x, y) in STANDING.items():
        labels[OPENPOSE18.index(name)] = x, y, 2
    return labels


def photo() -> Labelled:
    """A red figure on a grey wall."""
    image = np.full((260, 200, 3), 90, np.uint8)
    image += np.random.default_rng(0).integers(0, 20, image.shape, np.uint8)
    labels = person()
    for a, b in OPENPOSE18.limb_indices:
        if labels[a, 2] and labels[b, 2]:
            ends = (tuple(map(int, labels[i, :2])) for i in (a, b))
            cv2.line(image, *ends, (220, 30, 30), 16)
    cv2.rectangle(image, (80, 70), (120, 135), (220, 30, 30), -1)
    cv2.circle(image, (100, 42), 20, (220, 30, 30), -1)
    return Labelled(image, labels[None])


def test_a_person_is_cut_out_along_the_body_and_not_with_the_wall():
    cutout = cut_out(photo(), 0)
    assert cutout is not None
    red = cutout.image[..., 0] > 150
    opaque = cutout.alpha > 127
    assert (red & opaque).sum() / red.sum() > .9 and (red & opaque).sum() / opaque.sum() > .9


def test_nobody_is_cut_out_of_a_crowd_or_from_few_keypoints():
    alone = photo()
    beside = person()
    beside[:, 0] += 10
    assert cut_out(Labelled(alone.image, np.stack([person(), beside])), 0) is None
    few = person()
    few[7:, 2] = 0
    assert cut_out(Labelled(alone.image, few[None]), 0) is None


def test_pasting_keeps_the_labels_on_the_person_and_hides_who_stands_behind():
    cutout = cut_out(photo(), 0)
    behind = np.zeros((1, 18, 3), np.float32)
    ys, xs = np.mgrid[4:92:6, 4:92:6][:, :3, :6].reshape(2, -1)
    behind[0, :, 0], behind[0, :, 1], behind[0, :, 2] = xs, ys, 2
    hidden = 0
    for seed in range(8):
        view = Labelled(np.zeros((96, 96, 3), np.uint8), behind)
        pasted = paste(np.random.default_rng(seed), view, cutout)
        assert pasted.image.shape == view.image.shape and len(pasted.persons) == 2
        for (x, y, visibility), before in zip(pasted.persons[0], behind[0]):
            covered = pasted.image[int(y), int(x)].max() > 40
            hidden += visibility == 1
            assert visibility in (1, 2) and (visibility == 2 or covered)
            np.testing.assert_array_equal((x, y), before[:2])
    assert hidden


def test_a_source_of_cutouts_gives_views_of_the_size_asked_for_and_says_when_nobody_can_be_cut_out():
    photos = SimpleNamespace(samples=[photo()], shares=np.ones(1))
    wall = SimpleNamespace(sample=lambda random, size: Labelled(np.zeros((size, size, 3), np.uint8),
                                                                np.zeros((0, 18, 3), np.float32)))
    view = CutoutSource(photos, [wall]).sample(np.random.default_rng(0), 64)
    assert view.image.shape == (64, 64, 3) and 1 <= len(view.persons) <= 3
    nobody = SimpleNamespace(samples=[Labelled(photo().image, person()[None] * [1, 1, 0])], shares=np.ones(1))
    with pytest.raises(DatasetError, match='nobody could be cut out'):
        CutoutSource(nobody, [wall]).sample(np.random.default_rng(0), 64)


def test_half_of_the_empty_views_show_what_was_mistaken_for_people(tmp_path):
    places = tmp_path / 'people_free'
    places.mkdir()
    image = np.zeros((400, 400, 3), np.uint8)
    image[280:340, 280:340] = 255
    cv2.imwrite(str(places / 'room.jpg'), image)
    mined = tmp_path / 'seen.json'

    def brightness() -> float:
        source, random = EmptySource([places / 'room.jpg'], mined), np.random.default_rng(0)
        return float(np.mean([(source.sample(random, 64).image > 128).mean() for _ in range(150)]))

    before = brightness()
    mined.write_text(json.dumps({'room.jpg': [[310, 310]], 'gone.jpg': [[5, 5]]}))
    assert brightness() > before


def test_no_photos_are_named():
    with pytest.raises(DatasetError, match='no photos without people'):
        EmptySource([])
    with pytest.raises(DatasetError, match='no photo with people has labels'):
        PhotoSource([])
