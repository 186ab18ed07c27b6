"""Episodes as a LeRobot dataset, format v3.0: what `lerobot.datasets.LeRobotDataset` opens, written without LeRobot.

Layout: github.com/huggingface/lerobot, src/lerobot/datasets/utils.py (LeRobot 0.4).
"""
from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pose_ros.demonstrations.camera_images import decode_all, histogram, shape_of
from pose_ros.demonstrations.episode import Episode, EpisodeSet

FILE = 'chunk-{chunk_index:03d}/file-{file_index:03d}.parquet'
FIRST = FILE.format(chunk_index=0, file_index=0)
QUANTILES = (0.01, 0.1, 0.5, 0.9, 0.99)
CAMERA = 'observation.images.camera'


def write(episodes: EpisodeSet, out: Path) -> None:
    """Writes data, episodes, tasks, statistics and info into a new folder; images as the JPEG files that they are.

    Raises:
        DatasetError: images of several sizes, or one that is damaged.
        OSError: it cannot be written.
    """
    shape = shape_of(episodes.episodes[0].images)
    seen = [histogram(decode_all(episode.images, shape)) for episode in episodes.episodes]
    tasks = list(dict.fromkeys(episode.task for episode in episodes.episodes))
    tables, begin = [], 0
    for number, episode in enumerate(episodes.episodes):
        tables.append(columns(episode, number, begin, tasks.index(episode.task)))
        begin += len(episode.times)
    _write_tables(out / 'data' / FIRST, (_table(table, episode.images)
                                         for table, episode in zip(tables, episodes.episodes)))
    rows = [_row(episode, number, _statistics(table, counts))
            for number, (episode, table, counts) in enumerate(zip(episodes.episodes, tables, seen))]
    _write_tables(out / 'meta/episodes' / FIRST, [pa.Table.from_pylist(rows)])
    whole = {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}
    pd.DataFrame({'task_index': range(len(tasks))}, index=tasks).to_parquet(out / 'meta/tasks.parquet')
    _write_json(out / 'meta/stats.json', _statistics(whole, np.sum(seen, axis=0)))
    _write_json(out / 'meta/info.json', info(episodes, whole, len(tasks), shape))


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


def _write_tables(path: Path, tables: Iterable[pa.Table]) -> None:
    """One file of tables that have the same columns; only one of them at a time is in memory."""
    path.parent.mkdir(parents=True)
    with ExitStack() as stack:
        file = None
        for table in tables:
            file = file or stack.enter_context(pq.ParquetWriter(path, table.schema))
            file.write_table(table)


def _table(values: Mapping[str, np.ndarray], images: Sequence[bytes]) -> pa.Table:
    """Features of one number are plain columns, the others lists of fixed length, and images files with a name."""
    table = pa.table({name: pa.array(column[:, 0]) if column.shape[1] == 1 else
                      pa.FixedSizeListArray.from_arrays(pa.array(column.ravel()), column.shape[1])
                      for name, column in values.items()})
    files = [{'bytes': jpeg, 'path': f'{frame:06d}.jpg'} for frame, jpeg in enumerate(images)]
    return table.append_column(CAMERA, pa.array(files)) if files else table


def _statistics(table: Mapping[str, np.ndarray], counts: np.ndarray) -> dict[str, dict[str, list[Any]]]:
    found = {name: statistics(values) for name, values in table.items()}
    return {**found, CAMERA: image_statistics(counts, len(table['index']))} if counts.any() else found


def _row(episode: Episode, number: int, found: Mapping[str, Mapping[str, list[Any]]]) -> dict[str, Any]:
    begin, count = int(found['index']['min'][0]), len(episode.times)
    stats = {f'stats/{name}/{what}': value for name, values in found.items() for what, value in values.items()}
    return {'episode_index': number, 'tasks': [episode.task], 'length': count, 'dataset_from_index': begin,
            'dataset_to_index': begin + count, 'data/chunk_index': 0, 'data/file_index': 0,
            'meta/episodes/chunk_index': 0, 'meta/episodes/file_index': 0, **stats}


def statistics(values: np.ndarray) -> dict[str, list[Any]]:
    """Of each column of (T, D): what LeRobot normalises with."""
    found = {'min': values.min(0), 'max': values.max(0), 'mean': values.mean(0), 'std': values.std(0)}
    found |= {f'q{round(100 * part):02d}': np.quantile(values, part, axis=0) for part in QUANTILES}
    return {**{name: np.asarray(value, float).tolist() for name, value in found.items()}, 'count': [len(values)]}


def image_statistics(counts: np.ndarray, frames: int) -> dict[str, list[Any]]:
    """Of the values of images, 0..1: each (3, 1, 1), as LeRobot has them.

    Args:
        counts: (3, 256) how often each value occurs in each channel.
        frames: how many images they are of.
    """
    values, parts = np.arange(256) / 255, counts / counts.sum(1, keepdims=True)
    mean, below = parts @ values, parts.cumsum(1)
    std = np.sqrt(np.maximum(parts @ values ** 2 - mean ** 2, 0))
    there = counts > 0
    found = {'min': values[there.argmax(1)], 'max': values[::-1][there[:, ::-1].argmax(1)], 'mean': mean, 'std': std}
    found |= {f'q{round(100 * part):02d}': values[(below < part).sum(1)] for part in QUANTILES}
    return {**{name: value.reshape(3, 1, 1).tolist() for name, value in found.items()}, 'count': [frames]}


def info(episodes: EpisodeSet, whole: Mapping[str, np.ndarray], tasks: int, shape: Sequence[int]) -> dict[str, Any]:
    """`meta/info.json`: what the dataset is, and the type, shape and names of every feature.

    Args:
        episodes: all of them.
        whole: their frames by feature, (T, D) each.
        tasks: how many.
        shape: (H, W, 3) of their images, or ().
    """
    about = episodes.about
    keypoints = about.skeleton.keypoints
    names = {'observation.state': about.joints, 'action': about.joints, 'observation.human.scores': keypoints,
             'observation.human.keypoints': [f'{name}.{axis}' for name in keypoints for axis in 'xyz']}
    features = {name: {'dtype': str(values.dtype), 'shape': [values.shape[1]],
                       'names': list(names[name]) if name in names else None} for name, values in whole.items()}
    if shape:
        features[CAMERA] = {'dtype': 'image', 'shape': list(shape), 'names': ['height', 'width', 'channels']}
    count = len(episodes.episodes)
    return {'codebase_version': 'v3.0', 'robot_type': about.robot, 'total_episodes': count,
            'total_frames': len(whole['index']), 'total_tasks': tasks, 'chunks_size': 1000,
            'data_files_size_in_mb': 100, 'video_files_size_in_mb': 200, 'fps': episodes.rate_hz,
            'splits': {'train': f'0:{count}'}, 'data_path': f'data/{FILE}', 'video_path': None, 'features': features,
            'pose_ros': {'model': about.model, 'digests': about.digests}}


def _write_json(path: Path, values: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(values, indent=1) + '\n')
