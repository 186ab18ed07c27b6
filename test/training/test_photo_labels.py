"""The shipped labels are well formed, and fit their photos where those are there."""
import json
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from pose_ros.errors import DatasetError
from pose_ros.synthetic.photos import list_photos, read_photo
from pose_ros.training.annotations import LabelledImage
from pose_ros.training.photo_labels import PhotoLabels, unseen
from pose_ros.training.targets import UNKNOWN, UNSURE

PHOTOS = Path(__file__).parents[2].parent / 'shared' / 'data' / 'training_photos'
BY_HAND = ('coco_dev_cc_by', 'coco_train2017')  # by COCO's annotators
ENTRIES = json.loads((files('pose_ros.training') / 'photo_labels.json').read_text())


def test_labels_are_well_formed():
    labels = PhotoLabels.shipped()
    for name in ENTRIES:
        source, file = name.split('/')
        persons = labels.persons(Path(source) / 'with_people' / file)
        assert len(persons) and np.isfinite(persons).all()
        assert set(np.unique(persons[..., 2])) <= {UNKNOWN, 0, 1, 2, UNSURE}
        fewest = 1 if source in BY_HAND else 4
        assert ((persons[..., 2] > 0).sum(1) >= fewest).all()


def test_an_unlabelled_photo_has_nobody():
    photo = Path('us_gov_18f/with_people/none.jpg')
    assert PhotoLabels.shipped().persons(photo).shape == (0, 18, 3)
    assert not PhotoLabels.shipped().ignored(photo, (20, 30)).any()


def test_ignored_boxes_are_filled_and_cut_at_the_border():
    labels = PhotoLabels({'a/b.jpg': {'persons': [], 'ignored': [[-4, 2, 3, 100]]}})
    mask = labels.ignored(Path('a/with_people/b.jpg'), (10, 10))
    assert mask[2:, :4].all() and not mask[:2].any() and not mask[:, 4:].any()


def test_a_broken_file_is_named(tmp_path):
    with pytest.raises(DatasetError, match='cannot read photo labels'):
        PhotoLabels.read(tmp_path / 'none.json')


@pytest.mark.skipif(not PHOTOS.is_dir(), reason='needs ../shared/data/training_photos')
def test_labels_lie_in_their_photos():
    labels, labelled = PhotoLabels.shipped(), 0
    for path in [*list_photos(PHOTOS, 'with_people'), *list_photos(PHOTOS, 'with_people', held_out=True)][::8]:
        persons = labels.persons(path)
        height, width = read_photo(path).shape[:2]
        points = persons[persons[..., 2] > 0, :2]
        assert ((points >= -8) & (points <= (width + 8, height + 8))).all()
        labelled += len(persons)
    assert labelled


def test_photos_that_were_trained_on_are_told_from_others():
    trained = LabelledImage('folder/000000000165.jpg', 0, 0, ())
    other = LabelledImage('000000000785.jpg', 0, 0, ())
    assert unseen([trained, other]) == [other]
    with pytest.raises(DatasetError, match='trained on all 1 photos'):
        unseen([trained])
