import hashlib
import json
from dataclasses import asdict
from pathlib import Path

import pytest

from pose_ros.errors import WeightsError
from pose_ros.estimators import ESTIMATORS
from pose_ros.skeletons import SKELETONS
from pose_ros.weights import (
    Weights,
    cache_folder,
    check_ending,
    file_of,
    find_weights,
    list_weights,
    locate,
    register,
    sha256_of,
    verify,
)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / 'one.safetensors').write_bytes(b'weights')
    register('one', 'one.safetensors', 'Apache-2.0', 'openpose18', tmp_path)
    return tmp_path


def test_what_is_registered_is_found(folder):
    entry, = list_weights(folder)
    assert (entry.name, entry.file, entry.size, entry.licence) == ('one', 'one.safetensors', 7, 'Apache-2.0')
    assert entry.sha256 == hashlib.sha256(b'weights').hexdigest()
    assert find_weights('one', folder) == folder / 'one.safetensors'


def test_registering_again_replaces(folder):
    (folder / 'one.safetensors').write_bytes(b'better weights')
    register('one', 'one.safetensors', 'Apache-2.0', 'openpose18', folder)
    (folder / 'two').write_bytes(b'')
    register('two', 'two', 'MIT', 'coco17', folder)
    assert [(entry.name, entry.size) for entry in list_weights(folder)] == [('one', 14), ('two', 0)]
    verify(list_weights(folder)[0], folder)


def test_a_changed_file_is_refused(folder):
    (folder / 'one.safetensors').write_bytes(b'weightz')
    with pytest.raises(WeightsError, match='one.safetensors is not the registered file: its sha256 is .*, allowed is'):
        find_weights('one', folder)


def test_a_missing_file_is_named(folder):
    (folder / 'one.safetensors').unlink()
    with pytest.raises(WeightsError, match='one.safetensors'):
        find_weights('one', folder)


def test_an_unknown_name_is_answered_with_the_known(folder):
    with pytest.raises(WeightsError, match="no weights named 'two'; there are one"):
        find_weights('two', folder)


@pytest.mark.parametrize('text', ['', '[{}]', '[1]', '{"a": 1}', '[{"name": "x"}]'])
def test_a_damaged_registry_is_named(folder, text):
    (folder / 'weights.json').write_text(text)
    with pytest.raises(WeightsError, match='weights.json'):
        list_weights(folder)


def test_a_folder_is_no_weights(tmp_path):
    with pytest.raises(WeightsError, match='cannot read the weights'):
        sha256_of(tmp_path)


def test_what_ships_is_what_is_registered():
    for entry in list_weights():
        assert not entry.skeleton or entry.skeleton in SKELETONS
        assert set(entry.estimators) <= set(ESTIMATORS)
        if not entry.url:
            verify(entry)
            assert entry.size <= 15e6 and entry.commercial and entry.licence == 'Apache-2.0'


def test_what_can_be_downloaded_is_described():
    downloads = [entry for entry in list_weights() if entry.url]
    assert len({entry.file for entry in downloads}) == len(downloads)
    for entry in downloads:
        assert entry.estimators and entry.colour in ('rgb', 'bgr') and len(entry.mean) == len(entry.scale) == 3
        assert set(entry.sha256) <= set('0123456789abcdef')
        assert entry.commercial == (not entry.licence.startswith('LicenseRef-'))
        assert entry.note or entry.checked, 'what nobody here has seen says so'


def test_entries_survive_being_written(tmp_path, folder):
    entry = Weights('far', 'far.onnx', 'ab12', 0, 'MIT', 'coco17', url='https://x/far.zip', member='a.onnx',
                    estimators=('rmpe',), colour='bgr', mean=(1.0, 2.0, 3.0), commercial=False, note='unseen')
    path = folder / 'weights.json'
    path.write_text(json.dumps([*json.loads(path.read_text()), asdict(entry)]))
    (folder / 'two').write_bytes(b'')
    register('two', 'two', 'MIT', 'coco17', folder)
    assert list_weights(folder)[1] == entry
    assert 'checked' not in path.read_text(), 'what is as by default is not written'


def test_the_cache_follows_xdg(monkeypatch, tmp_path):
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path))
    assert cache_folder() == tmp_path / 'pose_ros' / 'weights'
    monkeypatch.setenv('XDG_CACHE_HOME', 'relative')
    monkeypatch.setenv('HOME', str(tmp_path))
    assert cache_folder() == tmp_path / '.cache' / 'pose_ros' / 'weights'


def test_a_setting_is_a_name_or_a_file(folder, tmp_path):
    mine = tmp_path / 'mine.onnx'
    mine.write_bytes(b'')
    assert locate('', 'one', folder) == locate('one', 'one', folder) == folder / 'one.safetensors'
    assert locate(str(mine), 'one', folder) == mine
    with pytest.raises(WeightsError, match="no weights 'other'; allowed: a file, or one of one"):
        locate('other', 'one', folder)


def test_registered_weights_of_other_estimators_are_refused_before_anybody_downloads_them(folder):
    with pytest.raises(WeightsError, match='the weights rtmpose_t are for rmpe; allowed here: a file, or one of openp'):
        locate('rtmpose_t', 'openpose')
    with pytest.raises(WeightsError, match='the weights one are for one; allowed here: a file, or one of two'):
        register('two', 'one.safetensors', 'MIT', 'coco17', folder)
        locate('one', 'two', folder)


def test_an_ending_is_one_of_those_allowed():
    check_ending(Path('net.onnx'), ('.pth', '.onnx'))
    with pytest.raises(WeightsError, match='net.png is of no known kind; allowed: files that end in .pth, .onnx'):
        check_ending(Path('net.png'), ('.pth', '.onnx'))


def test_weights_that_were_not_downloaded_are_asked_for(monkeypatch, tmp_path):
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path))
    entry = next(entry for entry in list_weights() if entry.url)
    with pytest.raises(WeightsError, match=f'pose-ros weights pull {entry.name}'):
        find_weights(entry.name)
    file_of(entry).parent.mkdir(parents=True)
    file_of(entry).write_bytes(b'')
    assert find_weights(entry.name) == file_of(entry)
