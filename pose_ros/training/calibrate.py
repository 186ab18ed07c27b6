"""`pose-ros calibrate`: measures on held-out scenes how often scores are right, and writes it into the checkpoints."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from pose_ros.estimators.calibration import Calibration
from pose_ros.estimators.estimator import EstimatorSettings, load
from pose_ros.networks.checkpoint import read_facts, write_facts
from pose_ros.training.annotations import LabelledImage, read_coco
from pose_ros.training.calibration import Answers, collect, f1_score, fit
from pose_ros.training.calibration_settings import CalibrationSettings
from pose_ros.training.held_out import as_coco, held_out_empty, held_out_people, held_out_scenes
from pose_ros.weights import list_weights, register

Parts = Mapping[str, Answers]  # by where the images come from
Result = tuple[Calibration, Parts]
THRESHOLDS = tuple(round(float(value), 2) for value in np.arange(0.05, 0.75, 0.05))


def calibrate(settings: CalibrationSettings) -> dict[str, Result]:
    """Fit and write the calibration of each estimator; returns it with the raw outcomes it was fitted on.

    Raises:
        DatasetError: held-out data is missing, or the network is right or wrong too seldom to tell.
        WeightsError: a checkpoint is missing or damaged, or cannot be written; then it is as it was.
    """
    paths = {name: _checkpoint_of(name, settings) for name in settings.estimators}
    facts = {path: read_facts(path) for path in paths.values()}
    data = _data(settings)
    outcomes = {name: _measure(name, path, data) for name, path in paths.items()}
    fitted = {name: _fit(parts) for name, parts in outcomes.items()}
    for path, known in facts.items():
        numbers = {name: asdict(fitted[name]) for name in fitted if paths[name] == path}
        write_facts(path, {**known, 'calibration': {**known.get('calibration', {}), **numbers}}, path)
        _register_again(path)
    return {name: (fitted[name], outcomes[name]) for name in fitted}


def _checkpoint_of(estimator: str, settings: CalibrationSettings) -> Path:
    """The file with the network of an estimator; DeepCut has that of OpenPose."""
    network = 'openpose' if estimator == 'deepcut' else estimator
    return Path(settings.checkpoint or f'pose_ros/checkpoints/{network}.safetensors')


def _data(settings: CalibrationSettings) -> dict[str, tuple[Sequence[np.ndarray], Sequence[LabelledImage]]]:
    """Images and labels of synthetic scenes, and of photos with people and without."""
    photos, further = Path(settings.photos), Path(settings.further)
    scenes = held_out_scenes(Path(settings.folder), settings.photos, settings.scenes)
    people, boxes = held_out_people(photos, further)
    shown = [*people, *held_out_empty(photos, further)]
    return {'synthetic scenes': ([scene.image for scene in scenes], read_coco(as_coco(scenes))),
            'photos': ([scene.image for scene in shown], read_coco(as_coco(shown, boxes)))}


def _measure(name: str, checkpoint: Path,
             data: Mapping[str, tuple[Sequence[np.ndarray], Sequence[LabelledImage]]]) -> Parts:
    """What an estimator answers with raw scores."""
    with TemporaryDirectory() as folder:
        raw = Path(folder) / checkpoint.name
        write_facts(checkpoint, {}, raw)
        settings = EstimatorSettings(estimator=name, weights=str(raw), min_person_score=0.0)
        with closing(load(settings)) as estimator:
            return {part: collect(estimator, images, labels) for part, (images, labels) in data.items()}


def _fit(parts: Parts) -> Calibration:
    persons, keypoints = ([part.persons for part in parts.values()], [part.keypoints for part in parts.values()])
    return Calibration(*fit(persons), *fit(keypoints))


def f1_by_threshold(calibration: Calibration, parts: Parts) -> dict[float, float]:
    """The mean F1 over the parts, by the chance below which persons are dropped."""
    line = calibration.person_slope, calibration.person_offset
    return {chance: float(np.mean([f1_score(part, *line, chance) for part in parts.values()])) for chance in THRESHOLDS}


def _register_again(path: Path) -> None:
    """The file has another digest now: the registry beside it, if there is one that names it, must know."""
    if (path.parent / 'weights.json').exists():
        for entry in list_weights(path.parent):
            if entry.file == path.name:
                register(entry.name, entry.file, entry.licence, entry.skeleton, path.parent)
