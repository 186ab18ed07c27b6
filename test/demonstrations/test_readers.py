"""The exports in the hands of those they are for: needs the extra `export-test`, in an environment of its own.

LeRobot and robomimic want other versions of torch than this package: see docs/demonstrations.md.
"""
import importlib.util

import numpy as np
import pytest
from demonstrations_made import make_demonstration

from pose_ros.demonstrations.camera_images import decode
from pose_ros.demonstrations.episode import cut
from pose_ros.demonstrations.export import export
from pose_ros.demonstrations.segment import Segment
from pose_ros.demonstrations.settings import EpisodeSettings


def needs(library):
    return pytest.mark.skipif(importlib.util.find_spec(library) is None,
                              reason=f"needs {library}: pip install 'pose_ros[export-test]' in another environment")


@pytest.fixture(params=[('shoulder', 'elbow'), ('only',)], ids=['two joints', 'one joint'])
def episodes(request):
    made = make_demonstration(4.0, joints=request.param)
    begin = made.span[0]
    segments = [Segment(begin + 0.5, begin + 1.5), Segment(begin + 2.0, begin + 3.5)]
    return cut([(made, segments), (make_demonstration(4.0, joints=request.param, seed=2), segments[:1])],
               EpisodeSettings(rate_hz=20, task='wave'))


@needs('lerobot')
def test_lerobot_opens_it(tmp_path, monkeypatch, episodes):
    monkeypatch.setenv('HF_HUB_OFFLINE', '1')
    monkeypatch.setenv('HF_HOME', str(tmp_path / 'cache'))
    from lerobot.datasets.lerobot_dataset import LeRobotDataset
    export(episodes, 'lerobot', tmp_path / 'taught')
    joints = len(episodes.about.joints)
    dataset = LeRobotDataset('pose_ros/taught', root=tmp_path / 'taught',
                             delta_timestamps={'action': [0.0, 0.05, 0.1]})
    assert (dataset.num_episodes, dataset.num_frames, dataset.fps) == (3, 21 + 31 + 21, 20)
    assert dataset.meta.robot_type == 'toy' and list(dataset.meta.tasks.index) == ['wave']
    item = dataset[21 + 4]
    episode = episodes.episodes[1]
    np.testing.assert_allclose(np.ravel(item['observation.state']), episode.state[4], rtol=1e-6)
    np.testing.assert_allclose(item['action'].reshape(3, joints), episode.action[4:7], rtol=1e-6)
    np.testing.assert_allclose(item['observation.human.keypoints'], episode.keypoints[4].ravel(), rtol=1e-5)
    assert item['task'] == 'wave' and item['episode_index'] == 1 and item['frame_index'] == 4
    np.testing.assert_allclose(dataset.meta.stats['action']['max'],
                               np.concatenate([e.action for e in episodes.episodes]).max(0), rtol=1e-6)
    only = LeRobotDataset('pose_ros/taught', root=tmp_path / 'taught', episodes=[2])
    assert only.num_frames == 21


@needs('lerobot')
def test_lerobot_serves_batches(tmp_path, monkeypatch, episodes):
    monkeypatch.setenv('HF_HUB_OFFLINE', '1')
    monkeypatch.setenv('HF_HOME', str(tmp_path / 'cache'))
    import torch
    from lerobot.datasets.lerobot_dataset import LeRobotDataset
    export(episodes, 'lerobot', tmp_path / 'taught')
    loader = torch.utils.data.DataLoader(LeRobotDataset('pose_ros/taught', root=tmp_path / 'taught'), batch_size=16)
    batches = list(loader)
    assert sum(len(batch['index']) for batch in batches) == 73
    assert all(torch.isfinite(batch['observation.human.keypoints']).all() for batch in batches)


@pytest.fixture
def pictured():
    made = make_demonstration(4.0, images_hz=10.0)
    begin = made.span[0]
    return cut([(made, [Segment(begin + 0.5, begin + 1.5), Segment(begin + 2.0, begin + 3.5)])],
               EpisodeSettings(rate_hz=20))


@needs('lerobot')
def test_lerobot_sees_the_camera(tmp_path, monkeypatch, pictured):
    monkeypatch.setenv('HF_HUB_OFFLINE', '1')
    monkeypatch.setenv('HF_HOME', str(tmp_path / 'cache'))
    from lerobot.datasets.lerobot_dataset import LeRobotDataset
    export(pictured, 'lerobot', tmp_path / 'taught')
    dataset = LeRobotDataset('pose_ros/taught', root=tmp_path / 'taught')
    key = 'observation.images.camera'
    assert dataset.meta.camera_keys == dataset.meta.image_keys == [key] and dataset.num_frames == 21 + 31
    for index, episode, frame in ((4, 0, 4), (21 + 7, 1, 7)):
        wanted = decode(pictured.episodes[episode].images[frame])
        seen = dataset[index][key]
        assert seen.shape == (3, 48, 64) and seen.max() <= 1
        np.testing.assert_allclose(255 * seen.permute(1, 2, 0), wanted, atol=3)
    for name in ('mean', 'std', 'min', 'q50'):
        assert dataset.meta.stats[key][name].shape == (3, 1, 1)
    pixels = np.array([decode(jpeg) for episode in pictured.episodes for jpeg in episode.images]) / 255
    np.testing.assert_allclose(dataset.meta.stats[key]['mean'].ravel(), pixels.mean((0, 1, 2)), atol=0.01)
    only = LeRobotDataset('pose_ros/taught', root=tmp_path / 'taught', episodes=[1])
    assert only.num_frames == 31 and only[0][key].shape == (3, 48, 64)


@needs('robomimic')
def test_robomimic_sees_the_camera(tmp_path, pictured):
    import robomimic.utils.obs_utils as obs_utils
    from robomimic.utils.dataset import SequenceDataset
    export(pictured, 'robomimic', tmp_path / 'taught.hdf5')
    obs_utils.initialize_obs_utils_with_obs_specs({'obs': {'low_dim': ['joint_positions'], 'rgb': ['camera_image']}})
    dataset = SequenceDataset(str(tmp_path / 'taught.hdf5'), obs_keys=('joint_positions', 'camera_image'),
                              dataset_keys=('actions',), load_next_obs=True, seq_length=2, hdf5_use_swmr=True)
    item = dataset[21 + 7]
    wanted = np.array([decode(jpeg) for jpeg in pictured.episodes[1].images[7:10]])
    np.testing.assert_array_equal(item['obs']['camera_image'], wanted[:2])
    np.testing.assert_array_equal(item['next_obs']['camera_image'], wanted[1:])


@needs('robomimic')
def test_robomimic_opens_it(tmp_path, episodes):
    import robomimic.utils.obs_utils as obs_utils
    from robomimic.utils.dataset import SequenceDataset
    export(episodes, 'robomimic', tmp_path / 'taught.hdf5')
    keys = ('joint_positions', 'keypoints')
    obs_utils.initialize_obs_utils_with_obs_specs({'obs': {'low_dim': keys}})
    dataset = SequenceDataset(str(tmp_path / 'taught.hdf5'), obs_keys=keys, load_next_obs=True,
                              dataset_keys=('actions', 'rewards', 'dones'), seq_length=5, pad_seq_length=True,
                              hdf5_cache_mode='all', hdf5_use_swmr=False, filter_by_attribute='train')
    assert (dataset.n_demos, dataset.total_num_sequences) == (3, 73)
    item = dataset[21 + 4]
    episode = episodes.episodes[1]
    np.testing.assert_allclose(item['obs']['joint_positions'], episode.state[4:9], rtol=1e-6)
    np.testing.assert_allclose(item['next_obs']['joint_positions'], episode.state[5:10], rtol=1e-6)
    np.testing.assert_allclose(item['actions'], episode.action[4:9], rtol=1e-6)
    assert not item['dones'].any() and dataset[72]['dones'][0] == 1
