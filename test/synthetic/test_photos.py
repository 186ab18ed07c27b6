"""Photos: scenes are held out whole, always the same ones."""
from pathlib import Path

import cv2
import numpy as np
import pytest

from pose_ros.errors import DatasetError
from pose_ros.synthetic.photos import is_held_out, list_all_photos, list_photos, read_photo, scene_of

SHARED = Path(__file__).parents[2].parent / 'shared' / 'data' / 'training_photos'


def test_frames_of_one_clip_are_one_scene():
    names = ['store-aisle-detection_0.jpg', 'store-aisle-detection_7.jpg']
    assert len({scene_of(Path('intel_sample_videos/with_people') / name) for name in names}) == 1
    assert len({scene_of(Path('us_gov_18f/with_people') / name) for name in ('18f_0001.jpg', '18f_0002.jpg')}) == 2


def test_no_scene_is_on_both_sides(tmp_path):
    folder = tmp_path / 'source' / 'people_free'
    folder.mkdir(parents=True)
    for i in range(60):
        (folder / f'place{i // 3:02d}_{i % 3}.jpg').touch()
    trained, held_out = (list_photos(tmp_path, 'people_free', side) for side in (False, True))
    assert len(trained) + len(held_out) == 60 and held_out
    assert not {scene_of(p) for p in trained} & {scene_of(p) for p in held_out}
    assert all(is_held_out(path) for path in held_out)


def test_an_empty_folder_and_a_broken_photo_are_named(tmp_path):
    with pytest.raises(DatasetError, match='no photos'):
        list_photos(tmp_path, 'people_free')
    (tmp_path / 'a.jpg').write_bytes(b'no jpeg')
    with pytest.raises(DatasetError, match='cannot be read'):
        read_photo(tmp_path / 'a.jpg')


def test_a_photo_is_read_as_rgb(tmp_path):
    cv2.imwrite(str(tmp_path / 'red.png'), np.full((4, 4, 3), (0, 0, 255), np.uint8))
    assert read_photo(tmp_path / 'red.png')[0, 0].tolist() == [255, 0, 0]


@pytest.mark.skipif(not SHARED.is_dir(), reason='needs ../shared/data/training_photos')
def test_enough_photos_are_held_out():
    for kind in ('people_free', 'with_people'):
        assert len(list_photos(SHARED, kind, True)) >= 10


def test_further_photos_are_added_and_may_be_absent(tmp_path):
    for folder, name in (('first', 'room'), ('second', 'hall'), ('second', 'yard'), ('second', 'shed')):
        place = tmp_path / folder / 'source' / 'people_free'
        place.mkdir(parents=True, exist_ok=True)
        (place / f'{name}.jpg').write_bytes(b'')
    both, alone = (sorted(path.stem for held_out in (False, True) for path in list_all_photos(
        tmp_path / 'first', tmp_path / further, 'people_free', held_out)) for further in ('second', 'none'))
    assert both == ['hall', 'room', 'shed', 'yard'] and alone == ['room']
    with pytest.raises(DatasetError, match='no photos'):
        list_all_photos(tmp_path / 'none', tmp_path / 'second', 'people_free')
