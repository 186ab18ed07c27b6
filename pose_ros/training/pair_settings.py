"""The settings of learning how DeepCut judges pairs of keypoints."""
from __future__ import annotations

from dataclasses import dataclass

from pose_ros.settings import Settings, setting


@dataclass(frozen=True)
class PairSettings(Settings):
    """What `pose-ros train-pairs` does. Paths are relative to where it runs, the repository's root."""

    scenes: int = setting(600, 'Synthetic scenes to render', low=1, high=10 ** 6)
    crowds: int = setting(600, 'Crowds to draw of their people', low=0, high=10 ** 6)
    photos: str = setting('../shared/data/training_photos', 'Backgrounds')
    folder: str = setting('out/train/pairs', 'Where the scenes lie')
    output: str = setting('pose_ros/checkpoints/deepcut.json', 'The file to write')
