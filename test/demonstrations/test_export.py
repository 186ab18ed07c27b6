import json

import numpy as np
import pytest
from demonstrations_made import BEGIN, make_demonstration

from pose_ros.demonstrations.episode import cut
from pose_ros.demonstrations.export import EXPORTS, export
from pose_ros.demonstrations.segment import Segment
from pose_ros.demonstrations.settings import EpisodeSettings
from pose_ros.errors import DatasetError

SEGMENTS = [Segment(BEGIN + 0.5, BEGIN + 1.5), Segment(BEGIN + 1.6, BEGIN + 2.6)]


@pytest.fixture
def episodes():
    return cut([(make_demonstration(), SEGMENTS)], EpisodeSettings(task='wave'))


def test_lerobot_tables_are_what_the_info_says(tmp_path, episodes):
    parquet = pytest.importorskip('pyarrow.parquet')
    export(episodes, 'lerobot', tmp_path / 'taught')
    info = json.loads((tmp_path / 'taught/meta/info.json').read_text())
    table = parquet.read_table(tmp_path / 'taught' / info['data_path'].format(chunk_index=0, file_index=0))
    assert info['codebase_version'] == 'v3.0' and info['fps'] == 30 and table.num_rows == info['total_frames'] == 62
    assert set(table.column_names) == set(info['features'])
    state = np.array(table['observation.state'].to_pylist())
    assert state.shape == (62, *info['features']['observation.state']['shape'])
    np.testing.assert_allclose(state[31:], episodes.episodes[1].state, rtol=1e-6)
    rows = parquet.read_table(tmp_path / 'taught/meta/episodes/chunk-000/file-000.parquet').to_pylist()
    assert [(row['dataset_from_index'], row['dataset_to_index'], row['tasks']) for row in rows] == [
        (0, 31, ['wave']), (31, 62, ['wave'])]
    stats = json.loads((tmp_path / 'taught/meta/stats.json').read_text())
    np.testing.assert_allclose(stats['action']['mean'], np.concatenate([e.action for e in episodes.episodes]).mean(0),
                               rtol=1e-5)
    assert stats['index']['count'] == [62] and stats['index']['max'] == [61.0]


def test_robomimic_file_has_its_layout(tmp_path, episodes):
    h5py = pytest.importorskip('h5py')
    export(episodes, 'robomimic', tmp_path / 'taught.hdf5')
    with h5py.File(tmp_path / 'taught.hdf5') as file:
        assert file['data'].attrs['total'] == 62 and sorted(file['data']) == ['demo_0', 'demo_1']
        demo = file['data/demo_1']
        np.testing.assert_allclose(demo['actions'], episodes.episodes[1].action, rtol=1e-6)
        np.testing.assert_array_equal(demo['next_obs/joint_positions'][:-1], demo['obs/joint_positions'][1:])
        assert demo['dones'][:].tolist() == [0] * 30 + [1] and demo.attrs['num_samples'] == 31
        assert json.loads(file['data'].attrs['env_args'])['env_kwargs']['rate_hz'] == 30
        assert file['mask/train'][:].tolist() == [b'demo_0', b'demo_1']


def test_csv_has_a_name_for_every_number(tmp_path, episodes):
    export(episodes, 'csv', tmp_path / 'taught')
    files = sorted((tmp_path / 'taught').iterdir())
    assert len(files) == 2
    names = files[1].read_text().splitlines()[0].split(',')
    values = np.loadtxt(files[1], delimiter=',', skiprows=1)
    assert values.shape == (31, len(names)) and len(set(names)) == len(names)
    episode = episodes.episodes[1]
    np.testing.assert_allclose(values[:, names.index('action elbow [rad]')], episode.action[:, 1], atol=1e-6)
    place = episodes.about.skeleton.index('right_wrist')
    np.testing.assert_allclose(values[:, names.index('right_wrist y [m]')], episode.keypoints[:, place, 1], atol=1e-6)


@pytest.mark.parametrize('form', EXPORTS)
def test_nothing_is_written_over(tmp_path, episodes, form):
    out = tmp_path / 'there'
    out.mkdir()
    with pytest.raises(DatasetError, match='is there already'):
        export(episodes, form, out)


def test_unknown_formats_and_missing_libraries_are_named(tmp_path, episodes, monkeypatch):
    with pytest.raises(DatasetError, match="no format 'bvh'; allowed: lerobot, robomimic, csv"):
        export(episodes, 'bvh', tmp_path / 'a')
    monkeypatch.setitem(EXPORTS, 'csv', ('export_csv', ('no_such_library',)))
    with pytest.raises(DatasetError, match=r'csv needs no_such_library: pip install'):
        export(episodes, 'csv', tmp_path / 'a')
