"""A checkpoint comes back as it was saved, or says what is wrong with it."""
import hashlib

import pytest
import torch
from safetensors.torch import load_file, save_file

from pose_ros.errors import WeightsError
from pose_ros.networks.checkpoint import load_openpose, read_facts, save_openpose, write_facts
from pose_ros.networks.openpose import OpenPoseNet, OpenPoseShape
from pose_ros.weights import sha256_of

SMALL = OpenPoseShape(widths=(8, 8, 8, 8), blocks=(0, 0, 0, 0), features=8)


@pytest.fixture
def checkpoint(tmp_path):
    path = tmp_path / 'net.safetensors'
    save_openpose(path, OpenPoseNet(SMALL), {'samples': 7})
    return path


def test_a_saved_network_comes_back(tmp_path):
    net = OpenPoseNet(SMALL).eval()
    save_openpose(tmp_path / 'net.safetensors', net, {'samples': 7, 'data': ['a']})
    again, facts = load_openpose(tmp_path / 'net.safetensors')
    assert facts == {'samples': 7, 'data': ['a']} and again.shape == SMALL and not again.training
    image = torch.rand(1, 3, 32, 32)
    with torch.inference_mode():
        torch.testing.assert_close(again(image)[-1][0], net(image)[-1][0], atol=1e-2, rtol=1e-2)


def test_the_digest_is_sha256(checkpoint):
    assert sha256_of(checkpoint) == hashlib.sha256(checkpoint.read_bytes()).hexdigest()


def test_facts_change_and_tensors_stay(checkpoint, tmp_path):
    before, facts = load_openpose(checkpoint)
    write_facts(checkpoint, {**facts, 'new': [1, 2]}, tmp_path / 'other.safetensors')
    after, changed = load_openpose(tmp_path / 'other.safetensors')
    assert changed == {**facts, 'new': [1, 2]} == read_facts(tmp_path / 'other.safetensors')
    assert all(torch.equal(a, b) for a, b in zip(before.state_dict().values(), after.state_dict().values()))
    assert read_facts(checkpoint) == facts


def test_a_missing_checkpoint_is_named(tmp_path):
    with pytest.raises(WeightsError, match='no checkpoint at'):
        load_openpose(tmp_path / 'none.safetensors')
    with pytest.raises(WeightsError, match='cannot read'):
        sha256_of(tmp_path / 'none.safetensors')


@pytest.mark.parametrize('damage', [lambda b: b[:len(b) // 2], lambda b: b'', lambda b: b'\xff' * len(b)])
def test_a_damaged_checkpoint_is_refused(checkpoint, damage):
    checkpoint.write_bytes(damage(checkpoint.read_bytes()))
    with pytest.raises(WeightsError, match='damaged'):
        load_openpose(checkpoint)


def test_other_safetensors_are_refused(tmp_path):
    save_file({'x': torch.zeros(1)}, tmp_path / 'other.safetensors')
    with pytest.raises(WeightsError, match='kind'):
        load_openpose(tmp_path / 'other.safetensors')


@pytest.mark.parametrize(('change', 'message'), [
    (lambda t: t.pop('first.1.bias'), 'lacks'),
    (lambda t: t.update(extra=torch.zeros(1)), 'unknown'),
    (lambda t: t.update({'first.1.bias': torch.zeros(5)}), r'shape \(5,\)'),
    (lambda t: t.update({'first.1.bias': torch.full((57,), torch.nan)}), 'not finite')])
def test_tensors_that_do_not_fit_are_named(checkpoint, change, message):
    from safetensors import safe_open
    with safe_open(checkpoint, framework='pt') as file:
        header = file.metadata()
    tensors = load_file(checkpoint)
    change(tensors)
    save_file(tensors, checkpoint, header)
    with pytest.raises(WeightsError, match=message):
        load_openpose(checkpoint)


def test_an_unwritable_place_keeps_the_old_file(tmp_path):
    with pytest.raises(WeightsError, match='cannot write'):
        save_openpose(tmp_path / 'none' / 'net.safetensors', OpenPoseNet(SMALL), {})
