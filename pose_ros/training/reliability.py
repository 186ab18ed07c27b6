"""The reliability diagram: how often answers of a score were right, before and after calibration."""
from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from pose_ros.errors import DatasetError
from pose_ros.estimators.calibration import Calibration
from pose_ros.files import written_whole
from pose_ros.training.calibration import Answers, Outcomes, calibration_error, reliability

FEWEST = 10  # answers in a bin that is drawn


def draw_reliability(parts: Mapping[str, Answers], calibration: Calibration, output: Path) -> None:
    """Draw persons beside keypoints: raw scores dashed, chances solid, a colour per part of the held-out data.

    Args:
        parts: raw answers by where they come from.

    Raises:
        DatasetError: matplotlib is missing.
        OSError: the picture cannot be written; an older one is kept.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise DatasetError(f'{error}; matplotlib draws the diagram: pip install matplotlib') from error
    numbers = ((calibration.person_slope, calibration.person_offset),
               (calibration.keypoint_slope, calibration.keypoint_offset))
    figure = Figure(figsize=(9, 4.2), layout='constrained')
    for i, (axes, title) in enumerate(zip(figure.subplots(1, 2), ('persons', 'keypoints'))):
        axes.plot((0, 1), (0, 1), color='0.7', linewidth=.8)
        for colour, (name, answers) in enumerate(parts.items()):
            raw = (answers.persons, answers.keypoints)[i]
            fitted = raw.calibrated(*numbers[i])
            _draw(axes, raw, f'{name}, raw', f'C{colour}--')
            _draw(axes, fitted, f'{name}, calibrated', f'C{colour}o-')
        axes.set(title=title, xlabel='published score', ylabel='share that was right', xlim=(0, 1), ylim=(0, 1))
        axes.legend(fontsize=8)
    content = BytesIO()
    figure.savefig(content, dpi=90, format='png')
    output.parent.mkdir(parents=True, exist_ok=True)
    with written_whole(output) as file:
        file.write(content.getvalue())


def _draw(axes: object, outcomes: Outcomes, name: str, style: str) -> None:
    rows = reliability(outcomes)
    rows = rows[rows[:, 2] >= FEWEST]
    axes.plot(rows[:, 0], rows[:, 1], style, markersize=3,  # type: ignore[attr-defined]
              label=f'{name} (error {calibration_error(outcomes):.2f})')
