"""Fills a folder with shards of synthetic scenes; started again, it goes on where it stopped."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, ProcessPoolExecutor, wait
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from pose_ros.settings import Settings, setting
from pose_ros.synthetic.layouts import Layouts
from pose_ros.synthetic.motion_capture import MotionCapture
from pose_ros.synthetic.photos import list_photos, read_photo
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
    seeds = range(settings.seed, settings.seed + -(-settings.scenes // settings.shard))
    missing = [seed for seed in seeds if not shard_path(folder, seed).exists()]
    if settings.processes == 1 or len(missing) < 2:
        steps = _render(folder, settings, held_out, missing)
    else:
        steps = _share(folder, settings, held_out, missing)
    for done in steps:
        yield (len(seeds) - len(missing) + done) * settings.shard


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


def _share(folder: Path, settings: GeneratorSettings, held_out: bool, seeds: Sequence[int]) -> Iterator[int]:
    """The same in several processes; the first that fails stops all."""
    with ProcessPoolExecutor(settings.processes, get_context('spawn')) as pool:
        parts = [seeds[i::settings.processes] for i in range(settings.processes)]
        jobs = [pool.submit(_render_all, folder, settings, held_out, part) for part in parts]
        while wait(jobs, SECONDS_BETWEEN_LOOKS, FIRST_EXCEPTION).not_done:
            if any(job.done() and job.exception() for job in jobs):
                break
            yield sum(shard_path(folder, seed).exists() for seed in seeds)
        pool.shutdown(wait=False, cancel_futures=True)
        for job in jobs:
            if job.done():
                job.result()
    yield len(seeds)


def _render_all(folder: Path, settings: GeneratorSettings, held_out: bool, seeds: Sequence[int]) -> None:
    for _ in _render(folder, settings, held_out, seeds):
        pass
