"""Labels of the training photos with people: found by teacher networks, checked by eye, shipped as JSON.

Per photo ("source/file.jpg"): `persons`, each 18 triples x, y [px], visibility in the order of OPENPOSE18 (see
`targets.UNSURE`), and `ignored`, boxes left, top, right, bottom [px] where people may be who are not labelled.
"""
from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from pose_ros.errors import DatasetError
from pose_ros.training.annotations import LabelledImage


class PhotoLabels:
    """Labels by photo."""

    def __init__(self, photos: Mapping[str, Mapping[str, Any]]) -> None:
        self._photos = photos

    @classmethod
    def shipped(cls) -> PhotoLabels:
        """The labels in the package."""
        return cls(json.loads((files('pose_ros.training') / 'photo_labels.json').read_text()))

    @classmethod
    def read(cls, path: Path) -> PhotoLabels:
        """Labels of a file.

        Raises:
            DatasetError: it is missing or no JSON.
        """
        try:
            return cls(json.loads(path.read_text()))
        except (OSError, ValueError) as error:
            raise DatasetError(f'cannot read photo labels {path}: {error}; allowed: a JSON object by photo') from error

    @property
    def files(self) -> frozenset[str]:
        """The names of the labelled photos, without their sources."""
        return frozenset(Path(photo).name for photo in self._photos)

    def of_source(self, source: str) -> frozenset[str]:
        """The names of the labelled photos of one source."""
        return frozenset(Path(photo).name for photo in self._photos if photo.startswith(f'{source}/'))

    def persons(self, photo: Path) -> np.ndarray:
        """(P, 18, 3) float32; P = 0 for a photo without labels."""
        return np.array(self._entry(photo).get('persons', []), np.float32).reshape(-1, 18, 3)

    def boxes(self, photo: Path) -> list[list[int]]:
        """Left, top, right, bottom [px] of boxes where people may be who are not labelled."""
        return [list(box) for box in self._entry(photo).get('ignored', [])]

    def ignored(self, photo: Path, shape: tuple[int, int]) -> np.ndarray:
        """(H, W) uint8, 255 in those boxes."""
        mask = np.zeros(shape, np.uint8)
        for left, top, right, bottom in self.boxes(photo):
            mask[max(0, int(top)):int(bottom) + 1, max(0, int(left)):int(right) + 1] = 255
        return mask

    def _entry(self, photo: Path) -> Mapping[str, Any]:
        return self._photos.get(f'{photo.parents[1].name}/{photo.name}', {})


def unseen(labels: Sequence[LabelledImage]) -> list[LabelledImage]:
    """Those of some labelled photos that the network in the package was not trained on.

    Raises:
        DatasetError: there are none.
    """
    trained = PhotoLabels.shipped().files
    kept = [label for label in labels if Path(label.file).name not in trained]
    if not kept:
        raise DatasetError(f'the network was trained on all {len(labels)} photos; allowed: others, or --trained')
    return kept
