"""Fills a folder with shards of synthetic scenes; started again, it goes on where it stopped."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pose_ros.settings import Settings, setting
from pose_ros.synthetic.layouts import Layouts
from pose_ros.synthetic.motion_capture import MotionCapture
from pose_ros.synthetic.photos import list_photos, read_photo
from pose_ros.synthetic.render_processes import RenderProcesses
from pose_ros.synthetic.scene import Priors, SceneSampler
from pose_ros.synthetic.shards import write_shard

SECONDS_BETWEEN_LOOKS = 5


@dataclass(frozen=True)
class GeneratorSettings(Settings):
    """How many scenes, of what size, from which photos."""

    scenes: int = setting(16000, 'Synthetic scenes to render', low=1, high=10_000_000)
    size_px: int = setting(320, 'Side of the scenes', low=64, high=1024)
    shard: int = setting(200, 'Scenes per shard', low=1, high=10_000)
    seed: int = setting(0, 'First seed; every shard has its own', low=0, high=2 ** 31)
    processes: int = setting(1, 'Processes that render', low=1, high=256)
    photos: str = setting('../shared/data/training_photos', 'Folder of the training photos')
    labels: str = setting('../shared/data/labels/coco2017_keypoints_train.npz',
                          'Label sets whose layouts the scenes take; empty: none')
    motion: str = setting('../shared/data/motion', 'Folder of motion capture for poses; empty: none')


def shard_path(folder: Path, seed: int) -> Path:
    """The file of the shard with this seed."""
    return folder / f'scenes_{seed:06d}.npz'


def generate(folder: Path, settings: GeneratorSettings, held_out: bool = False) -> Iterator[int]:
    """Render the missing shards of `folder`, yielding now and then the number of scenes that are there.

    Args:
        held_out: use the held-out photos as backgrounds, for validation.

    Raises:
        DatasetError: no photos, label sets, motion capture, anny or OpenGL, or a full disk; what is there is kept.
    """
    folder.mkdir(parents=True, exist_ok=True)
    missing = missing_seeds(folder, settings)
    there = -(-settings.scenes // settings.shard) - len(missing)
    if settings.processes == 1 or len(missing) < 2:
        yield from ((there + done) * settings.shard for done in _render(folder, settings, held_out, missing))
        return
    with rendering(folder, settings, held_out) as processes:
        while processes.wait(SECONDS_BETWEEN_LOOKS):
            yield (there + len(missing) - len(missing_seeds(folder, settings))) * settings.shard
    yield (there + len(missing)) * settings.shard


def missing_seeds(folder: Path, settings: GeneratorSettings) -> list[int]:
    """The seeds of the shards that are not there yet."""
    seeds = range(settings.seed, settings.seed + -(-settings.scenes // settings.shard))
    return [seed for seed in seeds if not shard_path(folder, seed).exists()]


def _render(folder: Path, settings: GeneratorSettings, held_out: bool, seeds: Sequence[int]) -> Iterator[int]:
    """Render these shards, yielding how many are done."""
    if not seeds:
        return
    photos = [read_photo(path) for path in list_photos(Path(settings.photos), 'people_free', held_out)]
    sampler = SceneSampler(photos, settings.size_px, priors=_priors(settings))
    for done, seed in enumerate(seeds, 1):
        sampler.restart(seed)
        write_shard(shard_path(folder, seed), [sampler.sample() for _ in range(settings.shard)])
        yield done


def _priors(settings: GeneratorSettings) -> Priors:
    return Priors(Layouts(Path(settings.labels)) if settings.labels else None,
                  MotionCapture(Path(settings.motion)) if settings.motion else None)


def rendering(folder: Path, settings: GeneratorSettings, held_out: bool = False) -> RenderProcesses:
    """Processes that render the missing shards while a `with` block runs."""
    return RenderProcesses(partial(_render_all, folder, settings, held_out), missing_seeds(folder, settings),
                           settings.processes)


def _render_all(folder: Path, settings: GeneratorSettings, held_out: bool, seeds: Sequence[int]) -> None:
    for _ in _render(folder, settings, held_out, seeds):
        pass
