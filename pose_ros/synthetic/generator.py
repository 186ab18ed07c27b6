"""Fills a folder with shards of synthetic scenes; started again, it goes on where it stopped."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pose_ros.settings import Settings, setting
from pose_ros.synthetic.photos import list_photos, read_photo
from pose_ros.synthetic.scene import SceneSampler
from pose_ros.synthetic.shards import write_shard


@dataclass(frozen=True)
class GeneratorSettings(Settings):
    """How many scenes, of what size, from which photos."""

    scenes: int = setting(16000, 'Synthetic scenes to render', low=1, high=10_000_000)
    size_px: int = setting(320, 'Side of the scenes', low=64, high=1024)
    shard: int = setting(200, 'Scenes per shard', low=1, high=10_000)
    seed: int = setting(0, 'First seed; every shard has its own', low=0, high=2 ** 31)
    photos: str = setting('../shared/data/training_photos', 'Folder of the training photos')


def shard_path(folder: Path, seed: int) -> Path:
    """The file of the shard with this seed."""
    return folder / f'scenes_{seed:06d}.npz'


def generate(folder: Path, settings: GeneratorSettings, held_out: bool = False) -> Iterator[int]:
    """Render the missing shards of `folder`, yielding the number of scenes that are there after each.

    Args:
        held_out: use the held-out photos as backgrounds, for validation.

    Raises:
        DatasetError: no photos, no anny, no OpenGL, or a full disk.
    """
    folder.mkdir(parents=True, exist_ok=True)
    seeds = range(settings.seed, settings.seed + -(-settings.scenes // settings.shard))
    missing = [seed for seed in seeds if not shard_path(folder, seed).exists()]
    if not missing:
        return
    photos = [read_photo(path) for path in list_photos(Path(settings.photos), 'people_free', held_out)]
    sampler = SceneSampler(photos, settings.size_px)
    for done, seed in enumerate(missing, len(seeds) - len(missing) + 1):
        sampler.restart(seed)
        write_shard(shard_path(folder, seed), [sampler.sample() for _ in range(settings.shard)])
        yield done * settings.shard
