"""Episodes as plain tables: one CSV file each, a column for every number."""
from __future__ import annotations

from pathlib import Path

import numpy as np

from pose_ros.demonstrations.episode import Episode, EpisodeSet


def header(episodes: EpisodeSet) -> list[str]:
    """Names of the columns, with units."""
    joints, keypoints = episodes.about.joints, episodes.about.skeleton.keypoints
    return ['time [s]', *(f'state {name} [rad]' for name in joints), *(f'action {name} [rad]' for name in joints),
            *(f'{name} {axis} [m]' for name in keypoints for axis in 'xyz'), *(f'score {name}' for name in keypoints)]


def table(episode: Episode) -> np.ndarray:
    """(T, columns) of one episode."""
    count = len(episode.times)
    return np.concatenate([episode.times[:, None], episode.state, episode.action,
                           episode.keypoints.reshape(count, -1), episode.scores], axis=1)


def write(episodes: EpisodeSet, out: Path) -> None:
    """Writes `episode_000000.csv` and so on into a new folder.

    Raises:
        OSError: it cannot be written.
    """
    out.mkdir(parents=True)
    names = ','.join(header(episodes))
    for number, episode in enumerate(episodes.episodes):
        np.savetxt(out / f'episode_{number:06d}.csv', table(episode), '%.6f', ',', header=names, comments='')
