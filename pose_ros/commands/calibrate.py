"""`pose-ros calibrate`: make the scores of all estimators mean chances."""
from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.table import Table

from pose_ros.commands.options import with_settings
from pose_ros.training.calibration_settings import CalibrationSettings


@with_settings(calibration=CalibrationSettings)
def calibrate(calibration: CalibrationSettings) -> None:
    """Measure on held-out scenes how often scores are right, write it into the checkpoints, and draw the diagram."""
    from pose_ros.training.calibrate import calibrate as make
    from pose_ros.training.calibrate import f1_by_threshold
    from pose_ros.training.calibration import calibration_error
    from pose_ros.training.reliability import draw_reliability
    table = Table('estimator', 'held out', 'answers', 'right', 'error before', 'error after')
    results = make(calibration)
    for name, (numbers, parts) in results.items():
        for part, answers in parts.items():
            lines = ((numbers.person_slope, numbers.person_offset), (numbers.keypoint_slope, numbers.keypoint_offset))
            for what, raw, line in zip(('persons', 'keypoints'), (answers.persons, answers.keypoints), lines):
                table.add_row(name, f'{what} of {part}', str(len(raw.right)), f'{raw.right.mean():.2f}',
                              f'{calibration_error(raw):.3f}', f'{calibration_error(raw.calibrated(*line)):.3f}')
        f1 = ', '.join(f'{value:.3f} at {chance}' for chance, value in f1_by_threshold(numbers, parts).items())
        Console().print(f'  {name}: F1 by min_person_score {f1}')
    Console().print(table)
    draw_reliability(results, Path(calibration.picture))
    Console().print(f'  {calibration.picture}', highlight=False)
