"""The RGB-D clip that ships: people who walk past each other, in colour and depth, with their true points.

Its depth is true; what a depth camera would make of it is added while it is played, so that noise can be chosen.
"""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile

import cv2
import numpy as np

from pose_ros.camera import Camera
from pose_ros.errors import SourceError
from pose_ros.skeletons import OPENPOSE18
from pose_ros.synthetic.depth_camera import measured
from pose_ros.types import Person, Points, PointSource

FOLDER = Path(__file__).parents[1] / 'demo_data'


class _Files(NamedTuple):
    colour: str = 'walkers.mp4'
    depth: str = 'walkers.npz'


FILES = _Files()


@dataclass(frozen=True, eq=False)
class DepthShot:
    """One frame.

    Attributes:
        stamp_s: since the beginning [s].
        image: (H, W, 3) uint8 RGB.
        depth_mm: (H, W) uint16 [mm] along z, aligned to the image; 0 = none.
        persons: the truth: keypoints [px], scores 1 where visible, points [m] in the optical frame, track_id.
    """

    stamp_s: float
    image: np.ndarray
    depth_mm: np.ndarray
    persons: Sequence[Person]


def clip_camera(width: int = 320) -> Camera:
    """The camera of the clip, without distortion, which saw squares that were cut to 4:3."""
    centre = (width - 1) / 2
    return Camera(width, width * 3 // 4, np.array([[.95 * width, 0, centre], [0, .95 * width, centre - width // 8],
                                                   [0, 0, 1]]))


def depth_clip(seed: int | None = 0, noise_m: float = 0.002, noise_fraction: float = 0.005,
               folder: Path = FOLDER) -> Iterator[DepthShot]:
    """The shots of the clip in order.

    Args:
        seed: of noise and holes in the depth; None = the true depth.
        noise_m, noise_fraction: standard deviations of the noise, constant and as part of the depth.

    Raises:
        SourceError: the files of the clip are missing or damaged.
    """
    try:
        with np.load(folder / FILES.depth) as stored:
            data = {name: stored[name] for name in stored.files}
        rows = zip(data['stamps_s'], data['depth_mm'], data['keypoints'], data['visible'], data['points'])
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        raise SourceError(f'cannot read the clip {folder / FILES.depth}: {error}; reinstall pose_ros') from error
    rng = np.random.default_rng(seed)
    for image, (stamp_s, depth_mm, *truth) in zip(_images(folder / FILES.colour, len(data['stamps_s'])), rows):
        shot = DepthShot(float(stamp_s), image, depth_mm, [_person(*one) for one in enumerate(zip(*truth))])
        yield shot if seed is None else replace(shot, depth_mm=_noisy(depth_mm, rng, noise_m, noise_fraction))


def _images(path: Path, count: int) -> Iterator[np.ndarray]:
    video = cv2.VideoCapture(str(path))
    try:
        for number in range(count):
            read, image = video.read()
            if not read:
                raise SourceError(f'{path} ends after {number} images; allowed: {count}. Reinstall pose_ros')
            yield cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
    finally:
        video.release()


def _noisy(depth_mm: np.ndarray, rng: np.random.Generator, noise_m: float, noise_fraction: float) -> np.ndarray:
    metres = measured(depth_mm / 1000, rng, noise_m, noise_fraction)
    return np.rint(1000 * np.maximum(metres, 0)).astype(np.uint16)


def _person(track_id: int, truth: tuple[np.ndarray, np.ndarray, np.ndarray]) -> Person:
    keypoints, visible, points = truth
    return Person(OPENPOSE18, keypoints, visible, 1.0, track_id,
                  Points(points, np.zeros((len(points), 3, 3)), np.full(len(points), PointSource.SENSOR)))
