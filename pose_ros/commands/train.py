"""`pose-ros train`: make the network of this package again, or one of your own."""
from __future__ import annotations

from rich.console import Console

from pose_ros.commands.options import with_settings
from pose_ros.training.settings import TrainSettings


@with_settings(training=TrainSettings)
def train(training: TrainSettings) -> None:
    """Render synthetic people, train on them, and write a checkpoint. Goes on where it was stopped."""
    from pose_ros.training.train import train as make
    Console().print(f'written: {make(training)}')
