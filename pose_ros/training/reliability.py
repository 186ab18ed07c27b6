"""The reliability diagram: how often answers of a score were right, before and after calibration."""
from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

from pose_ros.errors import DatasetError
from pose_ros.estimators.calibration import Calibration
from pose_ros.files import written_whole
from pose_ros.training.calibration import Answers, Outcomes, calibration_error, reliability

FEWEST = 10  # answers in a bin that is drawn


def draw_reliability(results: Mapping[str, tuple[Calibration, Mapping[str, Answers]]], output: Path) -> None:
    """Draw persons beside keypoints, a row for each estimator.

    Raw scores are dashed, chances solid, with a colour for each part of the held-out data.

    Args:
        results: by estimator its calibration, and its raw answers by where they come from.

    Raises:
        DatasetError: matplotlib is missing.
        OSError: the picture cannot be written; an older one is kept.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise DatasetError(f'{error}; matplotlib draws the diagram: pip install matplotlib') from error
    figure = Figure(figsize=(9, 4.2 * len(results)), layout='constrained')
    for row, (name, (calibration, parts)) in zip(figure.subplots(len(results), 2, squeeze=False), results.items()):
        persons = {part: answers.persons for part, answers in parts.items()}
        keypoints = {part: answers.keypoints for part, answers in parts.items()}
        _draw(row[0], f'{name}: persons', persons, calibration.person_slope, calibration.person_offset)
        _draw(row[1], f'{name}: keypoints', keypoints, calibration.keypoint_slope, calibration.keypoint_offset)
    content = BytesIO()
    figure.savefig(content, dpi=90, format='png')
    output.parent.mkdir(parents=True, exist_ok=True)
    with written_whole(output) as file:
        file.write(content.getvalue())


def _draw(axes: Any, title: str, parts: Mapping[str, Outcomes], slope: float, offset: float) -> None:
    axes.plot((0, 1), (0, 1), color='0.7', linewidth=.8)
    for colour, (name, raw) in enumerate(parts.items()):
        _line(axes, raw, f'{name}, raw', f'C{colour}--')
        _line(axes, raw.calibrated(slope, offset), f'{name}, calibrated', f'C{colour}o-')
    axes.set(title=title, xlabel='published score', ylabel='share that was right', xlim=(0, 1), ylim=(0, 1))
    axes.legend(fontsize=8)


def _line(axes: Any, outcomes: Outcomes, name: str, style: str) -> None:
    rows = reliability(outcomes)
    rows = rows[rows[:, 2] >= FEWEST]
    axes.plot(rows[:, 0], rows[:, 1], style, markersize=3, label=f'{name} (error {calibration_error(outcomes):.2f})')
