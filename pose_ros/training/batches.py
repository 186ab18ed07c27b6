"""Batches of mixed pictures, made in worker processes beside the training."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from pose_ros.synthetic.photos import list_all_photos
from pose_ros.training.augment import Labelled
from pose_ros.training.cutouts import CutoutSource
from pose_ros.training.hints import HINTS, Teacher
from pose_ros.training.settings import TrainSettings
from pose_ros.training.sources import EmptySource, PhotoSource, Source, SyntheticSource
from pose_ros.training.targets import STRIDE, draw_targets


@dataclass(frozen=True)
class Batch:
    """What one step learns from.

    Attributes:
        images: (N, 3, S, S) uint8 RGB.
        maps, weights: (N, 57, S/8, S/8) float16, see `targets`.
        hints: (N, 401, S/16, S/16) float16 of the teacher. hinted: (N,) bool, where they are known.
    """

    images: Tensor
    maps: Tensor
    weights: Tensor
    hints: Tensor
    hinted: Tensor


def build_sources(settings: TrainSettings, part: int = 0, parts: int = 1) -> list[tuple[Source, float]]:
    """The sources and their shares, without those whose share is 0.

    Args:
        part, parts: which of how many processes that prepare batches; they share the synthetic scenes.
    """
    rest = 1 - settings.photo_share - settings.cutout_share - settings.empty_share
    sources: list[tuple[Source, float]] = [
        (SyntheticSource(Path(settings.folder) / 'scenes', part, parts), rest)]
    if settings.empty_share > 0:
        sources.append((EmptySource(photos_of(settings, 'people_free'), mined_places(settings)), settings.empty_share))
    behind = [source for source, _ in sources]
    if settings.photo_share + settings.cutout_share > 0:
        people = PhotoSource(photos_of(settings, 'with_people'))
        sources += [(people, settings.photo_share), (CutoutSource(people, behind), settings.cutout_share)]
    return sources


def photos_of(settings: TrainSettings, kind: str) -> list[Path]:
    """The photos to train on, see `list_all_photos`."""
    return list_all_photos(Path(settings.photos), Path(settings.further_photos), kind)


def mined_places(settings: TrainSettings) -> Path:
    """The file of the hard negatives, see `mining`."""
    return Path(settings.folder) / 'seen_in_nothing.json'


class BatchStream(IterableDataset[Batch]):
    """Endless batches; each worker of each training process draws its own, all of one size at the same step."""

    def __init__(self, settings: TrainSettings, seed: int, rank: int = 0) -> None:
        self._settings, self._seed, self._rank = settings, seed, rank

    def __iter__(self) -> Iterator[Batch]:
        cv2.setNumThreads(1)
        worker = get_worker_info()
        number = worker.id if worker else 0
        random = np.random.default_rng((self._seed, number, self._rank + 1))
        sizes = np.random.default_rng((self._seed, number))
        sources = build_sources(self._settings, *self._part(number))
        teacher = Teacher(Path(self._settings.teacher)) if self._settings.hint_share > 0 else None
        while True:
            yield self._batch(random, int(sizes.choice(self._settings.sizes_px)), sources, teacher)

    def _part(self, worker: int) -> tuple[int, int]:
        workers = max(1, self._settings.workers)
        parts = self._settings.processes * workers
        return (self._rank * workers + worker) % parts, parts

    def _batch(self, random: np.random.Generator, size: int, sources: Sequence[tuple[Source, float]],
               teacher: Teacher | None) -> Batch:
        settings, count = self._settings, self._settings.batch // self._settings.processes
        chosen = random.choice(len(sources), count, p=[share for _, share in sources])
        views = [sources[i][0].sample(random, size) for i in chosen]
        targets = [draw_targets(view.persons, size, size, _ignored_cells(view)) for view in views]
        hinted = random.random(count) < settings.hint_share
        hints = np.zeros((count, HINTS, size // 16, size // 16), np.float16)
        if teacher is not None:
            for i in np.flatnonzero(hinted):
                hints[i] = teacher.hints(views[i].image)
        images = np.stack([view.image for view in views]).transpose(0, 3, 1, 2)
        maps, weights = (np.stack(arrays).astype(np.float16) for arrays in zip(*((t.maps, t.weights) for t in targets)))
        arrays = (np.ascontiguousarray(images), maps, weights, hints, hinted)
        return Batch(*(torch.from_numpy(array) for array in arrays))


def _ignored_cells(view: Labelled) -> np.ndarray | None:
    if view.ignored is None:
        return None
    height, width = (length // STRIDE for length in view.ignored.shape)
    return view.ignored.reshape(height, STRIDE, width, STRIDE).max((1, 3)) > 0


def stream_batches(settings: TrainSettings, seed: int, rank: int = 0) -> Iterator[Batch]:
    """Batches for training process `rank`, made by `settings.workers` processes."""
    loader = DataLoader(BatchStream(settings, seed, rank), batch_size=None, num_workers=settings.workers,
                        prefetch_factor=4 if settings.workers else None)
    return iter(loader)
