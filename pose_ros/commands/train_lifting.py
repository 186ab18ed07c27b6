"""`pose-ros train-lifting`: learn again how bodies look in one image."""
from __future__ import annotations

from rich.console import Console

from pose_ros.commands.options import with_settings
from pose_ros.training.lifting_settings import LiftingTrainSettings


@with_settings(training=LiftingTrainSettings)
def train_lifting(training: LiftingTrainSettings) -> None:
    """Pose synthetic bodies by motion capture and learn to lift them from one image (minutes, no GPU)."""
    from pose_ros.training.lifting_training import train_lifting as make
    Console().print(f'written: {make(training)}')
