"""`pose-ros train`: renders what is missing, trains, resumes, and writes the checkpoint."""
from __future__ import annotations

import json
import time
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import torch

from pose_ros.errors import DatasetError
from pose_ros.estimators import load
from pose_ros.estimators.estimator import EstimatorSettings
from pose_ros.grouping.settings import GroupingSettings
from pose_ros.networks.checkpoint import save_openpose
from pose_ros.skeletons import OPENPOSE18
from pose_ros.synthetic.generator import GeneratorSettings, generate, rendering
from pose_ros.training.batches import mined_places, photos_of, stream_batches
from pose_ros.training.evaluation import evaluate
from pose_ros.training.held_out import as_coco, held_out_empty, held_out_people, held_out_scenes
from pose_ros.training.mining import Miner
from pose_ros.training.parallel import run_processes
from pose_ros.training.progress import Progress
from pose_ros.training.settings import TrainSettings
from pose_ros.training.trainer import StepLosses, Trainer
from pose_ros.weights import register

LOG_EVERY = 50       # steps
LOCAL = {'folder', 'photos', 'further_photos', 'labels', 'motion', 'teacher', 'output', 'device', 'threads', 'workers',
         'processes', 'renderers', 'scenes_to_start', 'held_out_scenes'}  # settings that say nothing about the result


def train(settings: TrainSettings) -> Path:
    """Train the network, from the start or from where the last run stopped.

    Training begins once `scenes_to_start` scenes are there; the others are rendered beside it.

    Returns:
        The checkpoint written.

    Raises:
        DatasetError: data missing or damaged, or the disk is full; the last state is kept.
        WeightsError: the teacher of the hints is missing.
    """
    Path(settings.folder).mkdir(parents=True, exist_ok=True)
    scenes = Path(settings.folder) / 'scenes'
    _render(scenes, _wanted(settings, min(settings.scenes, settings.scenes_to_start)))
    with rendering(scenes, _wanted(settings, settings.scenes)):
        run_processes(_learn, settings.processes, settings)
    if settings.held_out_scenes:
        print(reached(settings))
    return Path(settings.output)


def reached(settings: TrainSettings) -> str:
    """What the checkpoint finds on held-out synthetic scenes and photos, in words."""
    photos = Path(settings.photos), Path(settings.further_photos)
    people, ignored = held_out_people(*photos)
    synthetic = held_out_scenes(Path(settings.folder) / 'held_out', settings.photos, settings.held_out_scenes)
    scenes = [*people, *synthetic, *held_out_empty(*photos)]
    with closing(load(EstimatorSettings(weights=settings.output, threads=settings.threads), GroupingSettings())) as net:
        found = evaluate(net, [scene.image for scene in scenes], as_coco(scenes, ignored))
    return (f'reached on {len(scenes)} held-out scenes and photos: {found.recall:.2f} of {found.persons} people, '
            f'{found.recall_large:.2f} of the {found.large_persons} large ones, '
            f'{found.false_per_negative:.2f} false skeletons per picture without people')


def write_checkpoint(trainer: Trainer) -> Path:
    """Write the averaged weights with the facts of their training, and register their digest beside them."""
    output = Path(trainer.settings.output)
    output.parent.mkdir(parents=True, exist_ok=True)
    facts = {'samples': trainer.samples, 'steps': trainer.step, **_recipe(trainer.settings)}
    save_openpose(output, trainer.average.net, facts)
    register('openpose', output.name, 'Apache-2.0', OPENPOSE18.name, output.parent)
    return output


def _recipe(settings: TrainSettings) -> dict[str, object]:
    """The settings that matter to others: no paths of this machine."""
    return {name: value for name, value in asdict(settings).items() if name not in LOCAL}


def _wanted(settings: TrainSettings, scenes: int) -> GeneratorSettings:
    return GeneratorSettings(scenes=scenes, seed=settings.seed, photos=settings.photos, labels=settings.labels,
                             motion=settings.motion, processes=settings.renderers)


def _render(folder: Path, wanted: GeneratorSettings) -> None:
    progress = Progress('synthetic scenes', wanted.scenes)
    for done in generate(folder, wanted):
        progress.update(done)


def _open_trainer(settings: TrainSettings) -> Trainer:
    if settings.threads:
        torch.set_num_threads(settings.threads)
    trainer, state = Trainer(settings), Path(settings.folder) / 'state.pt'
    if state.exists():
        trainer.resume(state)
    return trainer


def _learn(rank: int, settings: TrainSettings) -> None:
    """Train to the end; process 0 says how far it is and saves now and then."""
    trainer, losses = _open_trainer(settings), list[StepLosses]()
    batches = stream_batches(settings, settings.seed + trainer.step, rank)
    progress = Progress('training pictures', settings.samples, trainer.samples)
    miner = _miner(settings) if rank == 0 else None
    saved = time.monotonic()
    while trainer.samples < settings.samples:
        losses.append(trainer.learn(next(batches)))
        if rank == 0 and len(losses) == LOG_EVERY:
            progress.update(trainer.samples, _log(trainer, losses))
            losses.clear()
        if rank == 0 and time.monotonic() - saved > 60 * settings.minutes_between_saves:
            _save(trainer, miner)
            saved = time.monotonic()
    if rank == 0:
        _save(trainer)


def _miner(settings: TrainSettings) -> Miner | None:
    if settings.empty_share == 0:
        return None
    return Miner(photos_of(settings, 'people_free'), mined_places(settings))


def _save(trainer: Trainer, miner: Miner | None = None) -> None:
    trainer.save(Path(trainer.settings.folder) / 'state.pt')
    write_checkpoint(trainer)
    if miner is not None:
        miner.look(trainer.average.net, trainer.device)


def _log(trainer: Trainer, losses: list[StepLosses]) -> str:
    """Append the mean losses to the run's log; says them in words."""
    means = {name: round(sum(getattr(step, name) for step in losses) / len(losses), 5)
             for name in ('total', 'heat', 'paf', 'hint')}
    line = {'time_s': round(time.time(), 1), 'step': trainer.step, 'samples': trainer.samples, **means}
    path = Path(trainer.settings.folder) / 'log.jsonl'
    try:
        with path.open('a') as file:
            file.write(json.dumps(line) + '\n')
    except OSError as error:
        raise DatasetError(f'cannot write {path}: {error}; allowed: a disk with room') from error
    return 'losses ' + ' '.join(f'{name} {value:.3f}' for name, value in means.items())
