"""How well the people found in a clip agree with its annotations (COCO keypoint format, one image per frame)."""
from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from pose_ros.skeletons import COCO17
from pose_ros.sources import Frame
from pose_ros.training.annotations import read_coco
from pose_ros.training.similarity import is_matched, oks
from pose_ros.types import Person


def frame_digest(image: np.ndarray) -> bytes:
    """By what an image of a clip is known again."""
    return hashlib.blake2b(image.tobytes(), digest_size=16).digest()


class GroundTruth:
    """Gathers the people found in the frames of an annotated clip.

    Frames are known by their pixels: the stamps of a camera do not say which frame of a file it shows.

    Args:
        frames: of the clip, in the order of the image ids of the annotations.
        annotations: COCO keypoint file.

    Raises:
        DatasetError: the annotations are malformed.
    """

    def __init__(self, frames: Iterable[Frame], annotations: Path) -> None:
        self._labels = read_coco(annotations)
        self._numbers = {frame_digest(frame.image): number for number, frame in enumerate(frames)}
        self._found: dict[int, Sequence[Person]] = {}

    def add(self, image: np.ndarray, persons: Sequence[Person]) -> None:
        """The people found in one image; images that are not of the clip are passed over."""
        number = self._numbers.get(frame_digest(image))
        if number is not None:
            self._found[number] = persons

    def score(self) -> dict[str, float]:
        """How well the annotated people of the frames that were seen are found; crowds do not count.

        Returns:
            `frames`, `people`, `mean_oks` of the most alike skeleton of each, and `recall` at OKS 0.5.
        """
        best, matched = [np.zeros(0)], [np.zeros(0, bool)]
        for number, persons in self._found.items():
            people = [person for person in self._labels[number].persons if person.counts]
            similarity = oks(people, [person.as_skeleton(COCO17) for person in persons])
            best.append(similarity.max(axis=1, initial=0.0))
            matched.append(is_matched(similarity, np.array([person.area for person in people])))
        every = np.concatenate(best)
        mean = every.mean() if len(every) else np.nan
        return {'frames': len(self._found), 'people': len(every), 'mean_oks': float(mean),
                'recall': float(np.concatenate(matched).mean()) if len(every) else float('nan')}
