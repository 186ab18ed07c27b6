"""Random views of a labelled picture: moved, turned, scaled, mirrored, and seen through all kinds of cameras."""
from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from pose_ros.skeletons import OPENPOSE18


@dataclass(frozen=True)
class Labelled:
    """A picture, its people, and what in it must not be learnt from.

    Attributes:
        image: (H, W, 3) uint8 RGB.
        persons: (P, 18, 3) float32: x, y [px], visibility.
        ignored: (H, W) uint8, not 0 where people may be who are not labelled; None for nowhere.
    """

    image: np.ndarray
    persons: np.ndarray
    ignored: np.ndarray | None = None


def mirror(sample: Labelled) -> Labelled:
    """The mirror image: left becomes right; twice is the identity."""
    persons = sample.persons[:, OPENPOSE18.mirror].copy()
    persons[..., 0] = np.where(persons[..., 2] > 0, sample.image.shape[1] - 1 - persons[..., 0], persons[..., 0])
    ignored = None if sample.ignored is None else np.ascontiguousarray(sample.ignored[:, ::-1])
    return Labelled(np.ascontiguousarray(sample.image[:, ::-1]), persons, ignored)


def view_matrix(random: np.random.Generator, centre: np.ndarray, scale: float, size: int,
                turn_deg: float) -> np.ndarray:
    """(2, 3) affine: brings picture point `centre` near the middle of a size x size view, scaled and turned."""
    target = (size - 1) / 2 + random.normal(0, .1 * size, 2)
    cos, sin = scale * np.cos(np.radians(turn_deg)), scale * np.sin(np.radians(turn_deg))
    linear = np.array([[cos, sin], [-sin, cos]])
    return np.column_stack([linear, target - linear @ centre])


def warp(random: np.random.Generator, sample: Labelled, matrix: np.ndarray, size: int) -> Labelled:
    """A size x size view. Outside the picture it is one colour: a reflection would show unlabelled people."""
    fill = random.integers(0, 256, 3)
    shrink = np.sqrt(abs(np.linalg.det(matrix[:, :2])))
    smooth = sample.image if shrink > .6 else cv2.blur(sample.image, (2, 2) if shrink > .4 else (3, 3))
    image = cv2.warpAffine(smooth, matrix, (size, size), flags=cv2.INTER_LINEAR, borderValue=fill.tolist())
    persons = sample.persons.copy()
    persons[..., :2] = persons[..., :2] @ matrix[:, :2].T + matrix[:, 2]
    inside = ((persons[..., :2] >= 0) & (persons[..., :2] <= size - 1)).all(-1)
    persons[..., 2] = np.where(inside | (persons[..., 2] < 0), persons[..., 2], 0)
    if sample.ignored is None:
        return Labelled(image, persons)
    ignored = cv2.warpAffine(sample.ignored, matrix, (size, size), flags=cv2.INTER_NEAREST)
    return Labelled(image, persons, ignored)


def recolour(random: np.random.Generator, image: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8 -> the same scene in other light through another camera: exposure, colours, blur, noise, JPEG."""
    chance = random.random(8)
    if chance[0] < .12:
        image = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    if chance[1] < .85:
        image = cv2.LUT(image, _exposure(random, balanced=chance[2] < .5))
    if chance[3] < .25:
        image = _blur(random, image)
    if chance[4] < .3:
        image = _noise(random, image)
    if chance[5] < .2:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(15, 70))]
        image = np.asarray(cv2.imdecode(cv2.imencode('.jpg', image, quality)[1], cv2.IMREAD_COLOR))
    return _cover(random, image) if chance[6] < .25 else image


def _exposure(random: np.random.Generator, balanced: bool) -> np.ndarray:
    """(256, 1, 3) uint8 look-up table: gamma, contrast, brightness and white balance."""
    level = (np.arange(256) / 255) ** np.exp(random.normal(0, .25))
    gain = random.uniform(.55, 1.35) * (1 if balanced else random.normal(1, .12, 3))
    table = (level[:, None] - .5) * gain + .5 + random.normal(0, .07)
    return np.clip(255 * np.broadcast_to(table, (256, 3)), 0, 255).astype(np.uint8).reshape(256, 1, 3)


def _blur(random: np.random.Generator, image: np.ndarray) -> np.ndarray:
    kind, size = random.random(), image.shape[0]
    if kind < .4:
        return cv2.GaussianBlur(image, (0, 0), random.uniform(.4, 1.6))
    if kind < .7:  # a small or far camera: few real pixels
        small = max(16, int(size * random.uniform(.3, .8)))
        return cv2.resize(cv2.resize(image, (small, small), interpolation=cv2.INTER_AREA), (size, size))
    length = int(random.integers(3, 9))
    streak = np.zeros((length, length), np.float32)
    offset = np.array([np.cos(angle := random.uniform(0, np.pi)), np.sin(angle)]) * length / 2
    middle = np.full(2, (length - 1) / 2)
    cv2.line(streak, (middle - offset).astype(int).tolist(), (middle + offset).astype(int).tolist(), 1)
    return cv2.filter2D(image, -1, streak / streak.sum())


def _noise(random: np.random.Generator, image: np.ndarray) -> np.ndarray:
    grain = np.empty(image.shape, np.int16)
    cv2.setRNGSeed(int(random.integers(2 ** 31)))
    cv2.randn(grain, np.zeros(1), np.full(1, random.uniform(2, 16)))
    return cv2.add(image, grain, dtype=cv2.CV_8U)


def _cover(random: np.random.Generator, image: np.ndarray) -> np.ndarray:
    """One to three rectangles hide parts of the scene."""
    image, size = image.copy(), image.shape[0]
    for _ in range(random.integers(1, 4)):
        x, y = random.integers(0, size, 2)
        width, height = random.integers(6, size // 5, 2)
        image[y:y + height, x:x + width] = random.integers(0, 256, 3)
    return image
