"""Where people stand in real photos, and how they hold themselves: synthetic people take the places of labelled ones.

The labels are COCO's keypoints of 57,000 photos (CC BY 4.0, COCO Consortium), without the photos.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pose_ros.errors import DatasetError
from pose_ros.synthetic.bodies import Body
from pose_ros.synthetic.renderer import View
from pose_ros.synthetic.rotations import Z, rotation

FEWEST_LABELLED = 5
FEWEST_PX = 24               # smaller people are left out
LARGEST_EXTENT = (.3, 1.4)   # of the largest person, as a share of the picture
MOST_PEOPLE = 8
ASPECTS = (4 / 3, 3 / 4)  # of photos; the labels do not say which
TURNS = 24                # headings tried for every body
MAX_MISFIT = 0.35         # mean distance of keypoints, as a share of the person's extent


class Layouts:
    """Label sets of photos.

    Raises:
        DatasetError: the file is missing or damaged.
    """

    def __init__(self, path: Path) -> None:
        try:
            with np.load(path) as file:
                order = np.argsort(file['image_id'], kind='stable')
                keypoints = file['kps'][order] / np.float32(65535)
                self._persons = np.concatenate([keypoints, file['vis'][order][..., None]], -1).astype(np.float32)
                _, starts = np.unique(file['image_id'][order], return_index=True)
        except (OSError, ValueError, KeyError) as error:
            raise DatasetError(f'cannot read label sets from {path}: {error!r}; allowed: .npz with image_id, '
                               'kps (0..65535) and vis') from error
        self._ranges = list(zip(starts, [*starts[1:], len(order)]))

    def sample(self, random: np.random.Generator, size: int) -> np.ndarray:
        """(P, 17, 3) float32 labels of a random photo moved into a size x size picture: x, y [px], visibility."""
        while True:
            start, end = self._ranges[random.integers(len(self._ranges))]
            persons = self._persons[start:end].copy()
            aspect = ASPECTS[0] if random.random() < .7 else ASPECTS[1]
            persons[..., :2] *= size * np.array([aspect, 1]) / max(aspect, 1)
            people = persons[[(person[:, 2] > 0).sum() >= FEWEST_LABELLED for person in persons]]
            if len(people):
                return self._framed(random, people, size)

    @staticmethod
    def _framed(random: np.random.Generator, people: np.ndarray, size: int) -> np.ndarray:
        """The people moved and enlarged so that the largest is well seen, without those who become tiny."""
        extents = np.array([_extent(person) for person in people])
        labelled = people[people[..., 2] > 0, :2]
        middle = (labelled.min(0) + labelled.max(0)) / 2
        zoom = np.clip(size * np.exp(random.uniform(*np.log(LARGEST_EXTENT))) / extents.max(), .8, 4)
        people[..., :2] = (people[..., :2] - middle) * zoom + size * random.uniform(.35, .65, 2)
        return people[extents * zoom >= FEWEST_PX][:MOST_PEOPLE]


def _extent(person: np.ndarray) -> float:
    return float(max(1, np.ptp(person[person[:, 2] > 0, :2], axis=0).max()))


@dataclass(frozen=True)
class Casting:
    """Bodies seen from all sides, to find one who stands as a labelled person does.

    Attributes:
        bodies: the candidates. turns: (TURNS, 3, 3) rotations from the body to the camera.
        flat: (B, TURNS, 17, 2) keypoints of each, x and y in the camera's axes [m].
    """

    bodies: Sequence[Body]
    turns: np.ndarray
    flat: np.ndarray

    @classmethod
    def of(cls, bodies: Sequence[Body], to_camera: np.ndarray) -> Casting:
        """Args: to_camera: (3, 3) from the axes of bodies to those of the camera, pitch included."""
        turns = np.stack([to_camera @ rotation(Z, angle) for angle in np.arange(TURNS) * 360 / TURNS])
        points = np.stack([body.keypoints for body in bodies])
        return cls(bodies, turns, np.einsum('tij,bkj->btki', turns[:, :2], points))

    def cast(self, person: np.ndarray, focal: float, size: int) -> tuple[Body, View] | None:
        """The body and view that come closest to labels (17, 3) in a size x size picture; None when none is close.

        Scale and place are the least-squares ones under weak perspective.
        """
        labelled = person[:, 2] > 0
        wanted = person[labelled, :2] - (middle := person[labelled, :2].mean(0))
        offered = self.flat[:, :, labelled]
        centred = offered - (means := offered.mean(2, keepdims=True))
        scale = (centred * wanted).sum((2, 3)) / ((centred ** 2).sum((2, 3)) + 1e-9)
        misfit = np.linalg.norm(centred * scale[..., None, None] - wanted, axis=-1).mean(-1)
        misfit[scale <= 0] = np.inf
        number, turn = np.unravel_index(np.argmin(misfit), misfit.shape)
        if misfit[number, turn] > MAX_MISFIT * np.ptp(wanted, axis=0).max():
            return None
        depth = focal / scale[number, turn]
        x, y = (middle - (size - 1) / 2) / scale[number, turn] - means[number, turn, 0]
        return self.bodies[int(number)], View(self.turns[turn], np.array([x, y, depth]), focal)
