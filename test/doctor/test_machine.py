"""What the doctor says about weights, shared memory and buffers."""
import pytest

from pose_ros.doctor import machine
from pose_ros.errors import WeightsError
from pose_ros.weights import register


@pytest.fixture
def weights(tmp_path):
    (tmp_path / 'small.safetensors').write_bytes(b'weights')
    return register('small', 'small.safetensors', 'Apache-2.0', 'openpose18', tmp_path)


def test_weights_are_named_by_their_digest(weights, tmp_path):
    found = machine.check_weights(tmp_path)
    assert found.status == 'ok'
    assert f'small@{weights.sha256[:12]}' in found.detail


def test_damaged_weights_break_the_check(weights, tmp_path):
    (tmp_path / weights.file).write_bytes(b'damaged')
    with pytest.raises(WeightsError, match=weights.sha256):
        machine.check_weights(tmp_path)


def test_no_weights_fail(tmp_path):
    (tmp_path / 'weights.json').write_text('[]')
    assert machine.check_weights(tmp_path).status == 'fail'


def test_an_old_python_fails(monkeypatch):
    monkeypatch.setattr(machine, 'OLDEST_PYTHON', (99, 0))
    assert machine.check_python().status == 'fail'


@pytest.mark.parametrize(('needed_mb', 'status'), [(0, 'ok'), (float('inf'), 'warn')])
def test_shared_memory(needed_mb, status, tmp_path, monkeypatch):
    monkeypatch.setattr(machine, 'SHARED_MEMORY', tmp_path)
    monkeypatch.setattr(machine, 'SHARED_MEMORY_MB', needed_mb)
    assert machine.check_shared_memory().status == status


@pytest.mark.parametrize(('size', 'status'), [(212992, 'warn'), (33554432, 'ok')])
def test_receive_buffer(size, status, tmp_path, monkeypatch):
    (tmp_path / 'rmem_max').write_text(f'{size}\n')
    monkeypatch.setattr(machine, 'RECEIVE_BUFFER', tmp_path / 'rmem_max')
    assert machine.check_receive_buffer().status == status
