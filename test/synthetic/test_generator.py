"""Shards are rendered once, by one process or several, and a stopped run goes on."""
import cv2
import numpy as np
import pytest

pytest.importorskip('anny', reason='needs the `train` extra (anny)')
pytest.importorskip('moderngl', reason='needs the `train` extra (moderngl)')

from pose_ros.errors import DatasetError  # noqa: E402
from pose_ros.synthetic.generator import GeneratorSettings, generate, shard_path  # noqa: E402


@pytest.fixture
def settings(tmp_path) -> GeneratorSettings:
    place = tmp_path / 'photos' / 'source' / 'people_free'
    place.mkdir(parents=True)
    for i in range(20):
        cv2.imwrite(str(place / f'room{i:02d}x.jpg'), np.random.default_rng(i).integers(0, 255, (80, 90, 3), np.uint8))
    return GeneratorSettings(scenes=3, shard=1, size_px=64, photos=str(tmp_path / 'photos'), labels='', motion='')


def test_two_processes_render_what_one_does_and_only_what_is_missing(settings, tmp_path):
    try:
        assert list(generate(tmp_path / 'one', settings)) == [1, 2, 3]
    except DatasetError as error:
        pytest.skip(str(error))
    kept = shard_path(tmp_path / 'two', 1)
    kept.parent.mkdir()
    kept.write_bytes(b'mine')
    assert list(generate(tmp_path / 'two', settings.changed(processes=2)))[-1] == 3
    assert kept.read_bytes() == b'mine'
    for seed in (0, 2):
        with np.load(shard_path(tmp_path / 'one', seed)) as one, np.load(shard_path(tmp_path / 'two', seed)) as two:
            np.testing.assert_array_equal(one['jpegs'], two['jpegs'])


@pytest.mark.parametrize('processes', [1, 2])
def test_what_is_missing_is_named(settings, tmp_path, processes):
    wrong = settings.changed(labels=str(tmp_path / 'none.npz'), processes=processes)
    with pytest.raises(DatasetError, match='cannot read label sets'):
        list(generate(tmp_path / 'out', wrong))


def test_nothing_is_read_when_nothing_is_missing(tmp_path):
    shard_path(tmp_path, 7).write_bytes(b'')
    assert list(generate(tmp_path, GeneratorSettings(scenes=1, seed=7, photos='nowhere'))) == []
