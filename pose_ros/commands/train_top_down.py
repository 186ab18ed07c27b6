"""`pose-ros train-top-down`: make the networks of Mask R-CNN and RMPE again."""
from __future__ import annotations

from rich.console import Console

from pose_ros.commands.options import with_settings
from pose_ros.training.top_down_settings import TopDownTraining


@with_settings(training=TopDownTraining)
def train_top_down(training: TopDownTraining) -> None:
    """Train Mask R-CNN or RMPE on the scenes of `pose-ros train`, from its network. Goes on where it was stopped."""
    from pose_ros.training.train_top_down import train_top_down as make
    Console().print(f'written: {make(training)}')
