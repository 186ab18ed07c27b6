"""Photos from clones, with a repository made for the test."""
import subprocess
from dataclasses import replace

import cv2
import numpy as np
import pytest

from pose_ros.errors import DatasetError
from pose_ros.training import further_photos
from pose_ros.training.further_photos import COCO_DEV, PhotoSource, gather, gather_coco_dev, list_sources
from pose_ros.training.photo_labels import PhotoLabels


@pytest.fixture
def clones(tmp_path, monkeypatch):
    """A folder with one clone, of which one photo is listed, and the photo."""
    clone, image = tmp_path / 'clones' / 'site', np.zeros((900, 1280, 3), np.uint8)
    image[:, 640:] = 200
    (clone / 'img').mkdir(parents=True)
    cv2.imwrite(str(clone / 'img' / 'a.png'), image)
    git = ['git', '-C', str(clone), '-c', 'user.name=a', '-c', 'user.email=a@b']
    for command in (['init', '-q'], ['add', '.'], ['commit', '-qm', 'photo']):
        subprocess.run([*git, *command], check=True)
    commit = subprocess.run([*git, 'rev-parse', 'HEAD'], capture_output=True, check=True, text=True).stdout.strip()
    sources = {'site': PhotoSource('https://host/owner/site', commit, 'CC0', '', {'img-a.jpg': 'img/a.png'}, {})}
    monkeypatch.setattr(further_photos, 'list_sources', lambda: sources)
    return tmp_path / 'clones'


def test_photos_are_written_small_and_once(clones, tmp_path):
    written, = gather(clones, tmp_path / 'out')
    assert written == tmp_path / 'out' / 'site' / 'with_people' / 'img-a.jpg'
    assert cv2.imread(str(written)).shape == (450, 640, 3)
    assert not list(gather(clones, tmp_path / 'out'))


def test_a_squeezed_photo_is_stretched_and_parts_share_a_folder(clones, tmp_path, monkeypatch):
    source, = further_photos.list_sources().values()
    parts = {'site/a': replace(source, sizes={'img-a.jpg': [300, 200]}),
             'site/b': replace(source, with_people={'b.jpg': 'img/a.png'})}
    monkeypatch.setattr(further_photos, 'list_sources', lambda: parts)
    assert [cv2.imread(str(path)).shape for path in gather(clones, tmp_path / 'out')] == [(200, 300, 3), (450, 640, 3)]
    assert len(list((tmp_path / 'out' / 'site' / 'with_people').iterdir())) == 2


def test_what_is_missing_is_said(clones, tmp_path, monkeypatch):
    with pytest.raises(DatasetError, match='make it: git clone --mirror https://host/owner/site'):
        list(gather(tmp_path / 'elsewhere', tmp_path / 'out'))
    source = PhotoSource('https://host/owner/site', 'HEAD', 'CC0', '', {}, {'b.jpg': 'img/b.png'})
    monkeypatch.setattr(further_photos, 'list_sources', lambda: {'site': source})
    with pytest.raises(DatasetError, match='lacks the photo img/b.png at HEAD'):
        list(gather(clones, tmp_path / 'out'))
    with pytest.raises(DatasetError, match='no 000000000165.jpg in'):
        list(gather_coco_dev(tmp_path, tmp_path / 'out'))


def test_every_source_names_where_it_comes_from_and_its_terms():
    sources, labels = list_sources(), PhotoLabels.shipped()
    for source in sources.values():
        assert source.repository.startswith('https://github.com/') and len(source.commit) == 40
        assert source.licence and 'NC' not in source.licence and 'ND' not in source.licence
        assert source.attribution or 'CC0' in source.licence
        assert set(source.flickr) in (set(), set(source.with_people))
        assert set(source.sizes) <= set(source.with_people)
    for name in {name.partition('/')[0] for name in sources}:
        parts = [set(source.with_people) for part, source in sources.items() if part.partition('/')[0] == name]
        assert set().union(*parts) == labels.of_source(name) and sum(map(len, parts)) == len(labels.of_source(name))
    assert len(labels.of_source(COCO_DEV)) == 14
