"""The settings of training the lifting network."""
from __future__ import annotations

from dataclasses import dataclass

from pose_ros.settings import Settings, setting


@dataclass(frozen=True)
class LiftingTrainSettings(Settings):
    """What `pose-ros train-lifting` does. Paths are relative to where it runs, the repository's root."""

    bodies: int = setting(4000, 'Bodies of the Anny model to pose', low=16, high=10 ** 7)
    steps: int = setting(3500, 'Steps of the optimiser', low=1, high=10 ** 8)
    batch: int = setting(512, 'People per step', low=1, high=10 ** 6)
    width: int = setting(448, 'Width of the hidden layers', low=8, high=4096)
    blocks: int = setting(2, 'Residual blocks', low=0, high=32)
    learning_rate: float = setting(1e-3, 'Peak learning rate of AdamW', low=1e-6, high=1.0)
    seed: int = setting(0, 'Seed of all randomness', low=0, high=2 ** 31)
    threads: int = setting(0, 'CPU threads; 0: all', low=0, high=1024)
    poses: str = setting('../shared/data/motion/makehuman_CC0', 'Motion capture (BVH) for the bodies to learn from')
    folder: str = setting('out/train_lifting', 'Where the bodies lie')
    output: str = setting('pose_ros/checkpoints/lifting.safetensors', 'The checkpoint to write')
