"""Scenes on disk: shards of JPEGs and keypoints, one .npz each, written whole or not at all."""
from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from pose_ros.errors import DatasetError
from pose_ros.files import written_whole
from pose_ros.synthetic.scene import Scene


def write_shard(path: Path, scenes: Sequence[Scene], quality: int = 92) -> None:
    """Write scenes into one .npz.

    Raises:
        DatasetError: the disk is full or the folder is not writable.
    """
    jpegs = [cv2.imencode('.jpg', scene.image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1] for scene in scenes]
    try:
        with written_whole(path) as file:
            np.savez(file, jpegs=np.concatenate(jpegs), jpeg_ends=np.cumsum([len(jpeg) for jpeg in jpegs]),
                     persons=np.concatenate([scene.persons for scene in scenes]),
                     person_ends=np.cumsum([len(scene.persons) for scene in scenes]))
    except OSError as error:
        raise DatasetError(f'cannot write {path}: {error}; allowed: a writable folder with some 10 MB free') from error


class Shards:
    """The scenes of the shards in a folder; `refresh` takes in the new ones.

    Attributes:
        folder: where the shards lie.
    """

    def __init__(self, folder: Path, part: int = 0, parts: int = 1) -> None:
        """Args: part, parts: hold every `parts`-th shard only, so that several processes share the memory it takes."""
        self.folder, self._part, self._parts = folder, part, parts
        self._known: set[Path] = set()
        self._scenes: list[tuple[np.ndarray, np.ndarray]] = []
        self.refresh()

    def refresh(self) -> None:
        """Read shards that were written since.

        Raises:
            DatasetError: a shard is damaged.
        """
        there = sorted(self.folder.glob('*.npz'))
        mine = there if len(there) < self._parts else there[self._part::self._parts]
        for path in sorted({*mine} - self._known):
            self._scenes.extend(_read_shard(path))
            self._known.add(path)

    def __len__(self) -> int:
        return len(self._scenes)

    def __getitem__(self, index: int) -> Scene:
        jpeg, persons = self._scenes[index]
        image = cv2.imdecode(jpeg, cv2.IMREAD_COLOR)
        if image is None:
            raise DatasetError(f'scene {index} of {self.folder} is damaged; allowed: shards of pose_ros.synthetic')
        return Scene(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), persons)

    def __iter__(self) -> Iterator[Scene]:
        return (self[i] for i in range(len(self)))


def _read_shard(path: Path) -> Iterable[tuple[np.ndarray, np.ndarray]]:
    try:
        with np.load(path) as shard:
            jpegs = np.split(shard['jpegs'], shard['jpeg_ends'][:-1])
            return list(zip(jpegs, np.split(shard['persons'], shard['person_ends'][:-1]), strict=True))
    except (OSError, ValueError, KeyError) as error:
        raise DatasetError(f'{path} is damaged: {error}; allowed: a shard written by pose_ros.synthetic') from error
