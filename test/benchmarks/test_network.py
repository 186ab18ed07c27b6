import pytest

from pose_ros.benchmarks import network
from pose_ros.errors import SettingError
from pose_ros.estimators.fake import FakeEstimator

CPU = ['network.size', 'network.256x320.cpu1.one_scale.ms', 'network.256x320.cpu1.half_scale.ms',
       'network.256x320.cpu1.default.ms']
GPU = [f'network.256x320.cuda_fp16.batch{n}.ms' for n in (1, 4, 8)]


@pytest.fixture
def frames(monkeypatch):
    """The shapes of all frames that fake estimators see, loaded in place of real ones."""
    seen = []
    monkeypatch.setattr(network, 'load', lambda settings: FakeEstimator(lambda image: seen.append(image.shape) or []))
    return seen


def test_there_is_a_row_for_each_batch_where_a_gpu_is(frames):
    rows = network.rows(repeats=1)
    assert [row.name for row in rows] == CPU + GPU
    assert set(frames) == {(256, 320, 3)} and len(frames) == 4 * (1 + 1 + 1 + 1 + 4 + 8)
    assert all(row.value > 0 and row.unit == ('MB' if row.name.endswith('size') else 'ms') for row in rows)


def test_no_rows_of_a_gpu_where_there_is_none(frames, monkeypatch):
    found = network.load

    def load(settings):
        if settings.device == 'cuda':
            raise SettingError('device = cuda is not allowed here')
        return found(settings)

    monkeypatch.setattr(network, 'load', load)
    assert [row.name for row in network.rows(repeats=1)] == CPU
