"""Where training pictures come from: synthetic scenes, photos with people, photos without."""
from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from pose_ros.errors import DatasetError
from pose_ros.synthetic.photos import read_photo, scene_of
from pose_ros.synthetic.shards import Shards
from pose_ros.training.augment import Labelled, mirror, recolour, view_matrix, warp
from pose_ros.training.mining import read_places
from pose_ros.training.photo_labels import PhotoLabels

ON_A_PERSON = 0.5         # share of the synthetic views that are drawn round one person
EXTENT = (0.3, 1.7)       # of the person a view is drawn round, as a share of the view
SMALLEST_SIDE = 0.75      # of a photo or scene in the view: less only shows its borders
LARGEST_SCALE = 2.5       # of a photo or scene: more only shows its pixels


class Source(Protocol):
    """Gives labelled views of size x size px, without end."""

    def sample(self, random: np.random.Generator, size: int) -> Labelled:
        """A random view."""


def _view(random: np.random.Generator, sample: Labelled, centre: np.ndarray, scale: float, size: int) -> Labelled:
    turn = random.normal(0, 12) if random.random() < .8 else random.normal(0, 40)
    view = warp(random, sample, view_matrix(random, centre, scale, size, turn), size)
    view = Labelled(recolour(random, view.image), view.persons, view.ignored)
    return mirror(view) if random.random() < .5 else view


def _view_of_person(random: np.random.Generator, sample: Labelled, size: int) -> Labelled:
    """A view round a random person, from far to so close that only a part is seen."""
    person = sample.persons[random.integers(len(sample.persons))]
    points = person[person[:, 2] > 0, :2]
    extent = max(40.0, np.ptp(points, axis=0).max())
    wanted = size * np.exp(random.uniform(*np.log(EXTENT))) / extent
    scale = np.clip(wanted, SMALLEST_SIDE * size / max(sample.image.shape), LARGEST_SCALE)
    shown = extent * scale / size
    middle = points.mean(0) if shown < .9 else points[random.integers(len(points))]
    return _view(random, sample, middle + random.normal(0, .12, 2) * size / scale, scale, size)


class SyntheticSource:
    """Scenes of a folder of shards; looks for new shards now and then, because they are rendered meanwhile."""

    def __init__(self, folder: Path, part: int = 0, parts: int = 1, refresh_every: int = 2000) -> None:
        """Args: part, parts: see `Shards`."""
        self._shards, self._refresh_every, self._drawn = Shards(folder, part, parts), refresh_every, 0
        if not len(self._shards):
            raise DatasetError(f'no synthetic scenes in {folder}; allowed: at least one shard; `pose-ros train` renders'
                               ' them')

    def sample(self, random: np.random.Generator, size: int) -> Labelled:
        """A view of a random scene."""
        self._drawn += 1
        if self._drawn % self._refresh_every == 0:
            self._shards.refresh()
        scene = self._shards[int(random.integers(len(self._shards)))]
        whole = Labelled(scene.image, scene.persons)
        if (scene.persons[..., 2] > 0).any(-1).all() and len(scene.persons) and random.random() < ON_A_PERSON:
            return _view_of_person(random, whole, size)
        side = scene.image.shape[0]
        centre = (side - 1) / 2 + random.normal(0, .06 * side, 2)
        return _view(random, whole, centre, size / side * np.exp(random.uniform(-.3, .5)), size)


class EmptySource:
    """Photos without people: whatever is found there is wrong.

    Args:
        paths: of the photos.
        mined: file of places where the network saw people, see `mining`; half of the views show one of them.
        refresh_every: views after which the file is read again.
    """

    def __init__(self, paths: Sequence[Path], mined: Path | None = None, refresh_every: int = 300) -> None:
        if not paths:
            raise DatasetError('no photos without people to train on; allowed: at least one')
        self._photos, self._shares = [read_photo(path) for path in paths], scene_shares(paths)
        self._number = {path.name: i for i, path in enumerate(paths)}
        self._mined, self._refresh_every, self._drawn = mined, refresh_every, 0
        self._places: list[tuple[int, np.ndarray]] = []

    def sample(self, random: np.random.Generator, size: int) -> Labelled:
        """A view of a random photo."""
        if self._mined is not None and self._drawn % self._refresh_every == 0:
            self._places = [(self._number[name], place) for name, place in read_places(self._mined)
                            if name in self._number]
        self._drawn += 1
        number, centre = self._place(random)
        photo = self._photos[number]
        scale = size / min(photo.shape[:2]) * np.exp(random.uniform(-.3, 1))
        return _view(random, Labelled(photo, np.zeros((0, 18, 3), np.float32)), centre, scale, size)

    def _place(self, random: np.random.Generator) -> tuple[int, np.ndarray]:
        if self._places and random.random() < .5:
            return self._places[random.integers(len(self._places))]
        number = int(random.choice(len(self._photos), p=self._shares))
        return number, random.uniform(.2, .8, 2) * self._photos[number].shape[1::-1]


class PhotoSource:
    """Photos with people, labelled by teachers or people.

    Attributes:
        samples: the photos with their labels. shares: how often each is drawn.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        labels = PhotoLabels.shipped()
        paths = [path for path in paths if labels.persons(path).size]
        if not paths:
            raise DatasetError('no photo with people has labels; allowed: at least one of photo_labels.json')
        self.shares = scene_shares(paths)
        photos = [read_photo(path) for path in paths]
        self.samples = [Labelled(photo, labels.persons(path), labels.ignored(path, photo.shape[:2]))
                        for path, photo in zip(paths, photos)]

    def sample(self, random: np.random.Generator, size: int) -> Labelled:
        """A view round a random person of a random photo."""
        return _view_of_person(random, self.samples[random.choice(len(self.samples), p=self.shares)], size)


def scene_shares(paths: Sequence[Path]) -> np.ndarray:
    """(len(paths),) chances that give a scene of n frames sqrt(n) times the weight of a single photo."""
    frames = Counter(scene_of(path) for path in paths)
    weights = np.array([frames[scene_of(path)] ** -.5 for path in paths])
    return weights / weights.sum()
