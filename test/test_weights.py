import hashlib

import pytest

from pose_ros import weights
from pose_ros.errors import WeightsError
from pose_ros.skeletons import SKELETONS
from pose_ros.weights import find_weights, list_weights, register, sha256_of, verify


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
    if not (weights.CHECKPOINTS / 'weights.json').exists():
        pytest.skip('no weights are embedded yet')
    for entry in list_weights():
        verify(entry)
        assert entry.skeleton in SKELETONS
        assert entry.size <= 12e6
