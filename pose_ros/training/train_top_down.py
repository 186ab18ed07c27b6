"""`pose-ros train-top-down`: makes the networks of Mask R-CNN and RMPE."""
from __future__ import annotations

from pathlib import Path

from pose_ros.training.fine_tuning import FineTuning, Task
from pose_ros.training.mask_rcnn import MaskRcnnTask
from pose_ros.training.progress import Progress
from pose_ros.training.rmpe import RmpeTask
from pose_ros.training.top_down_files import output_of
from pose_ros.training.top_down_settings import TopDownTraining


def train_top_down(settings: TopDownTraining) -> Path:
    """Train the network, from the OpenPose network or from where the last run from this network stopped.

    Says beforehand what it will cost.

    Returns:
        The checkpoint written; an older one stays until the run is at its end.

    Raises:
        DatasetError: data missing or damaged, or the disk is full; the last state is kept.
        WeightsError: a network to begin with is missing.
    """
    task: Task = (MaskRcnnTask if settings.network == 'mask_rcnn' else RmpeTask)(settings)
    run = FineTuning(task, settings)
    what = 'pictures' if settings.network == 'mask_rcnn' else 'people'
    print(f'{settings.network}: {settings.samples - run.samples:,} {what} to go, about {run.cost_s() / 60:.0f} CPU '
          'minutes', flush=True)
    run.learn(Progress(what, settings.samples, run.samples).update)
    return output_of(settings)
