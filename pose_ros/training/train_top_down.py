"""`pose-ros train-top-down`: makes the networks of Mask R-CNN and RMPE."""
from __future__ import annotations

from pathlib import Path

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from pose_ros.training.fine_tuning import FineTuning, Task
from pose_ros.training.mask_rcnn import MaskRcnnTask, output_of
from pose_ros.training.rmpe import RmpeTask
from pose_ros.training.top_down_settings import TopDownTraining


def train_top_down(settings: TopDownTraining) -> Path:
    """Train the network, from the OpenPose network or from where the last run stopped.

    Returns:
        The checkpoint written.

    Raises:
        DatasetError: data missing or damaged, or the disk is full; the last state is kept.
        WeightsError: a network to begin with is missing.
    """
    task: Task = (MaskRcnnTask if settings.network == 'mask_rcnn' else RmpeTask)(settings)
    run = FineTuning(task, settings, Path(settings.folder) / settings.network)
    with Progress(TextColumn('{task.description}'), BarColumn(), TaskProgressColumn(), TimeElapsedColumn(),
                  TimeRemainingColumn(), TextColumn('{task.fields[reached]}')) as bar:
        shown = bar.add_task(settings.network, total=settings.samples, completed=run.samples, reached='')
        run.learn(lambda samples, words: bar.update(shown, completed=samples, reached=words))
    return output_of(settings)
