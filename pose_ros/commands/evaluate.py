"""`pose-ros evaluate`: how good an estimator is on labelled photos."""
from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from pose_ros.commands.console import progress_bar
from pose_ros.commands.options import with_settings
from pose_ros.estimators.estimator import EstimatorSettings
from pose_ros.grouping.settings import GroupingSettings

if TYPE_CHECKING:
    from pose_ros.training.evaluation import Evaluation


def _table(result: Evaluation) -> Table:
    table = Table(title=f'{result.model} on {result.persons} people', show_header=False)
    for name, value in (
            ('AP (OKS .50:.95)', f'{result.ap:.3f}'), ('AP at OKS .50', f'{result.ap50:.3f}'),
            ('recall at OKS .50', f'{result.recall:.3f} of {result.persons} people'),
            ('recall at OKS .50, large', f'{result.recall_large:.3f} of {result.large_persons} people'),
            ('false skeletons per photo without people', f'{result.false_per_negative:.2f}'),
            ('time per photo', f'{result.ms_per_image:.1f} ms')):
        table.add_row(name, value)
    return table


@with_settings(estimator=EstimatorSettings, grouping=GroupingSettings)
def evaluate(images: Annotated[Path, typer.Option(help='Folder of the photos')],
             annotations: Annotated[Path, typer.Option(help='Labels in COCO keypoint format (JSON)')],
             json_file: Annotated[Path | None, typer.Option('--json', help='Write the figures here, too')] = None,
             *, estimator: EstimatorSettings, grouping: GroupingSettings) -> None:
    """Measure an estimator on labelled photos: COCO AP, recall, false skeletons, time per photo."""
    from pose_ros.estimators import load
    from pose_ros.training.evaluation import evaluate as measure
    with closing(load(estimator, grouping)) as model, progress_bar() as bar:
        task = bar.add_task(model.model, total=None)
        result = measure(model, images, annotations, lambda done, total: bar.update(task, completed=done, total=total))
    Console().print(_table(result))
    if json_file:
        json_file.parent.mkdir(parents=True, exist_ok=True)
        json_file.write_text(json.dumps(result.as_dict(), indent=2, allow_nan=False) + '\n')
