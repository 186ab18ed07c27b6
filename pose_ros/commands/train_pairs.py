"""`pose-ros train-pairs`: learn again how DeepCut judges pairs of keypoints."""
from __future__ import annotations

from rich.console import Console

from pose_ros.commands.options import with_settings
from pose_ros.training.pair_settings import PairSettings


@with_settings(training=PairSettings)
def train_pairs(training: PairSettings) -> None:
    """Render synthetic people, find peaks in them, and fit DeepCut's probabilities (minutes, no GPU)."""
    from pose_ros.training.pairwise import train_pairs as make
    Console().print(f'written: {make(training)}')
