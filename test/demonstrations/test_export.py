import json
from dataclasses import replace

import numpy as np
import pytest
from demonstrations_made import BEGIN, make_demonstration, make_images

from pose_ros.demonstrations.camera_images import decode
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


def pictured():
    return cut([(make_demonstration(images_hz=10.0), SEGMENTS)])


def test_lerobot_holds_the_images_as_they_were_recorded(tmp_path):
    parquet = pytest.importorskip('pyarrow.parquet')
    episodes = pictured()
    export(episodes, 'lerobot', tmp_path / 'taught')
    info = json.loads((tmp_path / 'taught/meta/info.json').read_text())
    assert info['features']['observation.images.camera'] == {'dtype': 'image', 'shape': [48, 64, 3],
                                                             'names': ['height', 'width', 'channels']}
    files = parquet.read_table(tmp_path / 'taught/data/chunk-000/file-000.parquet')['observation.images.camera']
    wanted = [jpeg for episode in episodes.episodes for jpeg in episode.images]
    assert [file['bytes'] for file in files.to_pylist()] == wanted and len(wanted) == 62
    found = json.loads((tmp_path / 'taught/meta/stats.json').read_text())['observation.images.camera']
    pixels = np.array([decode(jpeg)[::4, ::4] for jpeg in wanted]) / 255
    for name, value in {'mean': pixels.mean((0, 1, 2)), 'std': pixels.std((0, 1, 2)), 'min': pixels.min((0, 1, 2)),
                        'max': pixels.max((0, 1, 2)), 'q10': np.quantile(pixels, 0.1, (0, 1, 2)),
                        'q90': np.quantile(pixels, 0.9, (0, 1, 2))}.items():
        np.testing.assert_allclose(np.array(found[name]).reshape(3), value, atol=0.01, err_msg=name)
    assert np.shape(found['mean']) == (3, 1, 1) and found['count'] == [62]


def test_robomimic_holds_the_images_and_what_is_seen_next(tmp_path):
    h5py = pytest.importorskip('h5py')
    episodes = pictured()
    export(episodes, 'robomimic', tmp_path / 'taught.hdf5')
    with h5py.File(tmp_path / 'taught.hdf5') as file:
        seen, following = file['data/demo_1/obs/camera_image'], file['data/demo_1/next_obs/camera_image'][:]
        assert seen.dtype == np.uint8 and seen.shape == (31, 48, 64, 3) and following.shape == seen.shape
        np.testing.assert_array_equal(seen[7], decode(episodes.episodes[1].images[7]))
        np.testing.assert_array_equal(following[:-1], seen[1:])
        np.testing.assert_array_equal(following[-1], seen[-1])


@pytest.mark.parametrize(('form', 'library'), [('lerobot', 'pyarrow'), ('robomimic', 'h5py')])
def test_images_of_several_sizes_are_refused_and_nothing_is_left(tmp_path, form, library):
    pytest.importorskip(library)
    episodes = pictured()
    first, second = episodes.episodes
    small = replace(second, images=make_images(second.times, 32, 24).jpegs)
    with pytest.raises(DatasetError, match='64x48 and 32x24 px cannot be one dataset'):
        export(replace(episodes, episodes=(first, small)), form, tmp_path / 'taught')
    assert not list(tmp_path.iterdir())


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
