"""Episodes as robomimic's HDF5 file (robomimic v0.3, `SequenceDataset`)."""
from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import h5py
import numpy as np

from pose_ros.demonstrations.camera_images import decode_all, shape_of
from pose_ros.demonstrations.episode import Episode, EpisodeSet

# robomimic.envs.env_base.EnvType.GYM_TYPE: there is no simulator to reset to, and a type must be told.
GYM_TYPE = 2
CAMERA = 'camera_image'


def observations(episode: Episode) -> dict[str, np.ndarray]:
    """What the policy sees, by name: (T, D) float32."""
    count = len(episode.times)
    seen = {'joint_positions': episode.state, 'keypoints': episode.keypoints.reshape(count, -1),
            'scores': episode.scores, 'time': episode.times[:, None]}
    return {name: values.astype(np.float32) for name, values in seen.items()}


def write(episodes: EpisodeSet, out: Path) -> None:
    """Writes one file: `data/demo_i` with obs, next_obs, actions, rewards, dones, and `mask/train`.

    Raises:
        DatasetError: images of several sizes, or one that is damaged.
        OSError: it cannot be written.
    """
    about, shape = episodes.about, shape_of(episodes.episodes[0].images)
    with h5py.File(out, 'w') as file:
        data = file.create_group('data')
        for number, episode in enumerate(episodes.episodes):
            _write_episode(data.create_group(f'demo_{number}'), episode, shape)
        data.attrs['total'] = sum(len(episode.times) for episode in episodes.episodes)
        data.attrs['env_args'] = json.dumps({
            'env_name': about.robot, 'env_type': GYM_TYPE,
            'env_kwargs': {'joints': about.joints, 'keypoints': about.skeleton.keypoints, 'rate_hz': episodes.rate_hz,
                           'model': about.model, 'digests': about.digests}})
        names = [f'demo_{number}'.encode() for number in range(len(episodes.episodes))]
        file.create_dataset('mask/train', data=np.array(names))


def _write_images(group: h5py.Group, jpegs: Sequence[bytes], shape: tuple[int, ...]) -> None:
    """The images once, and what is seen next as a view of them."""
    size = len(jpegs), *shape
    stored = group.create_dataset(f'obs/{CAMERA}', size, np.uint8, chunks=(1, *shape), compression='gzip',
                                  compression_opts=1)
    for frame, image in enumerate(decode_all(jpegs, shape)):
        stored[frame] = image
    view, source = h5py.VirtualLayout(size, np.uint8), h5py.VirtualSource(stored)
    view[:-1], view[-1:] = source[1:], source[-1:]
    group.create_virtual_dataset(f'next_obs/{CAMERA}', view)


def _write_episode(group: h5py.Group, episode: Episode, shape: tuple[int, ...]) -> None:
    last = np.arange(len(episode.times)) == len(episode.times) - 1
    for name, values in observations(episode).items():
        group[f'obs/{name}'] = values
        group[f'next_obs/{name}'] = np.concatenate([values[1:], values[-1:]])
    if episode.images:
        _write_images(group, episode.images, shape)
    group['actions'] = episode.action.astype(np.float32)
    group['rewards'] = last.astype(np.float32)
    group['dones'] = last.astype(np.int64)
    group.attrs['num_samples'] = len(episode.times)
    group.attrs['task'] = episode.task
