"""What each part of RMPE gives, and the parameters of its pose NMS: `python -m pose_ros.training.rmpe_study`.

The NMS is fitted on scenes of training; the parts are compared on held-out scenes. Networks trained without a part, by
`pose-ros train-top-down`, are compared where their checkpoints lie beside the whole one's.
"""
from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path

from rich.console import Console
from rich.table import Table

from pose_ros.estimators import EstimatorSettings, load
from pose_ros.grouping.settings import GroupingSettings, PoseNmsSettings
from pose_ros.synthetic.scene import Scene
from pose_ros.synthetic.shards import Shards
from pose_ros.training.annotations import read_coco
from pose_ros.training.evaluation import Evaluation, evaluate
from pose_ros.training.held_out import as_coco
from pose_ros.training.pose_nms_fit import fit_pose_nms
from pose_ros.training.settings import TrainSettings
from pose_ros.types import Person

NMS_OFF = 100.0    # more than poses can ever be alike
FITTED_ON, JUDGED_ON = 60, 100
VARIANTS = (('all of RMPE', 'rmpe', True), ('no pose NMS', 'rmpe', False), ('no transformer', 'rmpe_no_stn', True),
            ('no proposals', 'rmpe_no_pgpg', True))


def fit(checkpoint: Path) -> tuple[PoseNmsSettings, float]:
    """The best parameters of the pose NMS, and their F1, on the first scenes of training."""
    scenes = list(islice(Shards(Path(TrainSettings().folder) / 'scenes'), FITTED_ON))
    return fit_pose_nms(read_coco(as_coco(scenes)), _persons(checkpoint, scenes), PoseNmsSettings())


def compare(folder: Path) -> Table:
    """The figures of all variants on the first held-out scenes.

    Args:
        folder: of the checkpoints rmpe, rmpe_no_stn and rmpe_no_pgpg (.safetensors); absent ones are left out.
    """
    scenes = list(islice(Shards(Path(TrainSettings().folder) / 'held_out'), JUDGED_ON))
    table = Table('variant', 'AP', 'AP50', 'recall', 'recall, large', title=f'{len(scenes)} held-out scenes')
    for name, file, nms in VARIANTS:
        if (path := folder / f'{file}.safetensors').exists():
            result = _judge(path, scenes, GroupingSettings() if nms else GroupingSettings(nms_threshold=NMS_OFF))
            table.add_row(name, *(f'{value:.3f}' for value in
                                  (result.ap, result.ap50, result.recall, result.recall_large)))
    return table


def _persons(path: Path, scenes: Sequence[Scene]) -> list[list[Person]]:
    """Before the NMS."""
    settings = EstimatorSettings(estimator='rmpe', weights=str(path), min_person_score=0.1)
    with closing(load(settings, GroupingSettings(nms_threshold=NMS_OFF))) as estimator:
        return [estimator.estimate([scene.image])[0] for scene in scenes]


def _judge(path: Path, scenes: Sequence[Scene], grouping: GroupingSettings) -> Evaluation:
    settings = EstimatorSettings(estimator='rmpe', weights=str(path))
    with closing(load(settings, grouping)) as estimator:
        return evaluate(estimator, [scene.image for scene in scenes], as_coco(scenes))


def main(folder: Path) -> None:
    """Print both, of the checkpoints in a folder."""
    console = Console()
    console.print('pose NMS and its F1:', fit(folder / 'rmpe.safetensors'))
    console.print(compare(folder))


if __name__ == '__main__':
    main(Path(sys.argv[1] if len(sys.argv) > 1 else 'pose_ros/checkpoints'))
