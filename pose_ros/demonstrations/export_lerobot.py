"""Episodes as a LeRobot dataset, format v3.0: what `lerobot.datasets.LeRobotDataset` opens, written without LeRobot.

Layout: github.com/huggingface/lerobot, src/lerobot/datasets/utils.py (LeRobot 0.4).
"""
from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pose_ros.demonstrations.episode import Episode, EpisodeSet

FILE = 'chunk-{chunk_index:03d}/file-{file_index:03d}.parquet'
FIRST = FILE.format(chunk_index=0, file_index=0)
QUANTILES = (0.01, 0.1, 0.5, 0.9, 0.99)


def write(episodes: EpisodeSet, out: Path) -> None:
    """Writes data, episodes, tasks, statistics and info into a new folder.

    Raises:
        OSError: it cannot be written.
    """
    for folder in ('data/chunk-000', 'meta/episodes/chunk-000'):
        (out / folder).mkdir(parents=True)
    tasks = list(dict.fromkeys(episode.task for episode in episodes.episodes))
    tables, begin = [], 0
    for number, episode in enumerate(episodes.episodes):
        tables.append(columns(episode, number, begin, tasks.index(episode.task)))
        begin += len(episode.times)
    whole = {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}
    pq.write_table(_table(whole), out / 'data' / FIRST)
    rows = [_row(episode, number, table) for number, (episode, table) in enumerate(zip(episodes.episodes, tables))]
    pq.write_table(pa.Table.from_pylist(rows), out / 'meta/episodes' / FIRST)
    pd.DataFrame({'task_index': range(len(tasks))}, index=tasks).to_parquet(out / 'meta/tasks.parquet')
    _write_json(out / 'meta/stats.json', {name: statistics(values) for name, values in whole.items()})
    _write_json(out / 'meta/info.json', info(episodes, whole, len(tasks)))


def columns(episode: Episode, number: int, begin: int, task: int) -> dict[str, np.ndarray]:
    """The frames of one episode by feature, (T, D) each.

    Args:
        episode: the episode.
        number: of the episode.
        begin: index of its first frame in the dataset.
        task: index of its task.
    """
    count = len(episode.times)
    numbers = np.arange(count)[:, None]
    return {'observation.state': episode.state.astype(np.float32), 'action': episode.action.astype(np.float32),
            'observation.human.keypoints': episode.keypoints.reshape(count, -1).astype(np.float32),
            'observation.human.scores': episode.scores.astype(np.float32),
            'timestamp': episode.times[:, None].astype(np.float32), 'frame_index': numbers,
            'episode_index': np.full_like(numbers, number), 'index': begin + numbers,
            'task_index': np.full_like(numbers, task)}


def _table(values: Mapping[str, np.ndarray]) -> pa.Table:
    """Features of one number are plain columns, the others lists of fixed length."""
    return pa.table({name: pa.array(column[:, 0]) if column.shape[1] == 1 else
                     pa.FixedSizeListArray.from_arrays(pa.array(column.ravel()), column.shape[1])
                     for name, column in values.items()})


def _row(episode: Episode, number: int, table: Mapping[str, np.ndarray]) -> dict[str, Any]:
    begin, count = int(table['index'][0, 0]), len(episode.times)
    stats = {f'stats/{name}/{what}': value for name, values in table.items()
             for what, value in statistics(values).items()}
    return {'episode_index': number, 'tasks': [episode.task], 'length': count, 'dataset_from_index': begin,
            'dataset_to_index': begin + count, 'data/chunk_index': 0, 'data/file_index': 0,
            'meta/episodes/chunk_index': 0, 'meta/episodes/file_index': 0, **stats}


def statistics(values: np.ndarray) -> dict[str, list[Any]]:
    """Of each column of (T, D): what LeRobot normalises with."""
    found = {'min': values.min(0), 'max': values.max(0), 'mean': values.mean(0), 'std': values.std(0)}
    found |= {f'q{round(100 * part):02d}': np.quantile(values, part, axis=0) for part in QUANTILES}
    return {**{name: np.asarray(value, float).tolist() for name, value in found.items()}, 'count': [len(values)]}


def info(episodes: EpisodeSet, whole: Mapping[str, np.ndarray], tasks: int) -> dict[str, Any]:
    """`meta/info.json`: what the dataset is, and the type, shape and names of every feature."""
    about = episodes.about
    keypoints = about.skeleton.keypoints
    names = {'observation.state': about.joints, 'action': about.joints, 'observation.human.scores': keypoints,
             'observation.human.keypoints': [f'{name}.{axis}' for name in keypoints for axis in 'xyz']}
    features = {name: {'dtype': str(values.dtype), 'shape': [values.shape[1]],
                       'names': list(names[name]) if name in names else None} for name, values in whole.items()}
    count = len(episodes.episodes)
    return {'codebase_version': 'v3.0', 'robot_type': about.robot, 'total_episodes': count,
            'total_frames': len(whole['index']), 'total_tasks': tasks, 'chunks_size': 1000,
            'data_files_size_in_mb': 100, 'video_files_size_in_mb': 200, 'fps': episodes.rate_hz,
            'splits': {'train': f'0:{count}'}, 'data_path': f'data/{FILE}', 'video_path': None, 'features': features,
            'pose_ros': {'model': about.model, 'digests': about.digests}}


def _write_json(path: Path, values: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(values, indent=1) + '\n')
