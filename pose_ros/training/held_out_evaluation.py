"""The evaluator on held-out data: synthetic scenes, photos with people labelled by teachers, photos without people.

python -m pose_ros.training.held_out_evaluation [checkpoint [input_size]]
"""
from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from pose_ros.estimators.estimator import Estimator, EstimatorSettings, load
from pose_ros.synthetic.scene import Scene
from pose_ros.training.calibration_settings import CalibrationSettings
from pose_ros.training.evaluation import Evaluation, evaluate
from pose_ros.training.held_out import as_coco, held_out_empty, held_out_people, held_out_scenes


def evaluate_held_out(estimator: Estimator, settings: CalibrationSettings) -> Iterator[tuple[str, int, Evaluation]]:
    """Yields what was looked at, the number of pictures, and the figures.

    Raises:
        DatasetError: held-out data is missing.
    """
    photos, further = Path(settings.photos), Path(settings.further)
    people, boxes = held_out_people(photos, further)
    nobody: list[list[list[int]]] = []
    sets: list[tuple[str, list[Scene], list[list[list[int]]]]] = [
        ('synthetic scenes', held_out_scenes(Path(settings.folder), settings.photos, settings.scenes), nobody),
        ('photos with people', people, boxes), ('photos without people', held_out_empty(photos, further), nobody)]
    for name, scenes, ignored in sets:
        yield name, len(scenes), evaluate(estimator, [scene.image for scene in scenes], as_coco(scenes, ignored))


def main(checkpoint: str = '', input_size: str = '') -> None:
    """Print a line per set; empty arguments stand for the defaults."""
    settings = EstimatorSettings(weights=checkpoint)
    settings = replace(settings, input_size=int(input_size)) if input_size else settings
    with closing(load(settings)) as estimator:
        for name, count, got in evaluate_held_out(estimator, CalibrationSettings()):
            print(f'{name}: {count} pictures, {got.persons} people, {got.large_persons} large; '
                  f'recall {got.recall:.3f}, large {got.recall_large:.3f}; AP {got.ap:.3f}; '
                  f'false per empty picture {got.false_per_negative:.3f}')


if __name__ == '__main__':
    main(*sys.argv[1:])
