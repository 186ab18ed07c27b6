"""Where training pictures come from: synthetic scenes, photos with people, photos without."""
from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from pose_ros.synthetic.photos import list_photos, read_photo, scene_of
from pose_ros.synthetic.shards import Shards
from pose_ros.training.augment import Labelled, mirror, recolour, view_matrix, warp
from pose_ros.training.photo_labels import PhotoLabels


class Source(Protocol):
    """Gives labelled views of size x size px, without end."""

    def sample(self, random: np.random.Generator, size: int) -> Labelled:
        """A random view."""


def _view(random: np.random.Generator, sample: Labelled, centre: np.ndarray, scale: float, size: int) -> Labelled:
    turn = random.normal(0, 12) if random.random() < .8 else random.normal(0, 40)
    view = warp(random, sample, view_matrix(random, centre, scale, size, turn), size)
    view = Labelled(recolour(random, view.image), view.persons, view.ignored)
    return mirror(view) if random.random() < .5 else view


class SyntheticSource:
    """Scenes of a folder of shards; looks for new shards now and then, because they are rendered meanwhile."""

    def __init__(self, folder: Path, refresh_every: int = 2000) -> None:
        self._shards, self._refresh_every, self._drawn = Shards(folder), refresh_every, 0

    def sample(self, random: np.random.Generator, size: int) -> Labelled:
        """A view of a random scene."""
        self._drawn += 1
        if self._drawn % self._refresh_every == 0:
            self._shards.refresh()
        scene = self._shards[int(random.integers(len(self._shards)))]
        side = scene.image.shape[0]
        centre = (side - 1) / 2 + random.normal(0, .06 * side, 2)
        scale = size / side * np.exp(random.uniform(-.3, .5))
        return _view(random, Labelled(scene.image, scene.persons), centre, scale, size)


class EmptySource:
    """Photos without people: whatever is found there is wrong."""

    def __init__(self, folder: Path, held_out: bool = False) -> None:
        paths = list_photos(folder, 'people_free', held_out)
        self._photos, self._shares = [read_photo(path) for path in paths], scene_shares(paths)

    def sample(self, random: np.random.Generator, size: int) -> Labelled:
        """A view of a random photo."""
        photo = self._photos[random.choice(len(self._photos), p=self._shares)]
        height, width = photo.shape[:2]
        scale = size / min(height, width) * np.exp(random.uniform(-.3, 1))
        centre = random.uniform(.2, .8, 2) * (width, height)
        return _view(random, Labelled(photo, np.zeros((0, 18, 3), np.float32)), centre, scale, size)


class PhotoSource:
    """Photos with people, labelled by teachers and checked by eye."""

    def __init__(self, folder: Path, held_out: bool = False) -> None:
        labels = PhotoLabels.shipped()
        paths = [path for path in list_photos(folder, 'with_people', held_out) if labels.persons(path).size]
        self._shares = scene_shares(paths)
        photos = [read_photo(path) for path in paths]
        self._samples = [Labelled(photo, labels.persons(path), labels.ignored(path, photo.shape[:2]))
                         for path, photo in zip(paths, photos)]

    def sample(self, random: np.random.Generator, size: int) -> Labelled:
        """A view round a random person of a random photo, from far to close."""
        sample = self._samples[random.choice(len(self._samples), p=self._shares)]
        person = sample.persons[random.integers(len(sample.persons))]
        points = person[person[:, 2] > 0, :2]
        extent = max(40.0, np.ptp(points, axis=0).max())
        scale = min(size * np.exp(random.uniform(np.log(.3), np.log(1.1))) / extent, 2.5)
        centre = points.mean(0) + random.normal(0, .15, 2) * size / scale
        return _view(random, sample, centre, scale, size)


def scene_shares(paths: Sequence[Path]) -> np.ndarray:
    """(len(paths),) chances that give a scene of n frames sqrt(n) times the weight of a single photo."""
    frames = Counter(scene_of(path) for path in paths)
    weights = np.array([frames[scene_of(path)] ** -.5 for path in paths])
    return weights / weights.sum()
