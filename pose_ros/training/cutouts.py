"""Real people before other backgrounds: cut out of their photos along their labels and pasted into other views."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from pose_ros.errors import DatasetError
from pose_ros.skeletons import OPENPOSE18
from pose_ros.training.augment import Labelled, mirror, recolour, view_matrix, warp
from pose_ros.training.sources import PhotoSource, Source

CROP_PX = 192           # long side of the picture that a person is cut out of
MOST_TRIES = 500
FEWEST_SEEN = 8         # keypoints of a person worth pasting
MARGIN = 0.25           # round the keypoints, as a share of their extent
# Half widths of the body round a limb, as shares of the length of the trunk: a first guess for GrabCut.
LIMB_WIDTH, TRUNK_WIDTH, HEAD_WIDTH, EXTENSION = 0.10, 0.14, 0.28, 0.35
_POINT = {name: i for i, name in enumerate(OPENPOSE18.keypoints)}
_TRUNK = [_POINT[name] for name in ('left_shoulder', 'right_shoulder', 'right_hip', 'left_hip')]
_FACE = [_POINT[name] for name in ('nose', 'left_eye', 'right_eye', 'left_ear', 'right_ear')]
_BONES = [(a, b) for a, b in OPENPOSE18.limb_indices if not {a, b} & {*_FACE} or _POINT['neck'] in (a, b)]
_ENDS = [(_POINT[f'{side}_{a}'], _POINT[f'{side}_{b}'])
         for side in ('left', 'right') for a, b in (('elbow', 'wrist'), ('knee', 'ankle'))]


@dataclass(frozen=True)
class Cutout:
    """One person: (h, w, 3) uint8 RGB, (h, w) uint8 opacity, and (1, 18, 3) keypoints in px of the picture."""

    image: np.ndarray
    alpha: np.ndarray
    persons: np.ndarray


def cut_out(sample: Labelled, number: int) -> Cutout | None:
    """Person `number` of a photo; None when too little of it is seen or others are in the way."""
    person = sample.persons[number]
    seen = person[:, 2] == 2
    if seen.sum() < FEWEST_SEEN or _trunk_length(person) == 0 or _is_crowded(sample.persons, number):
        return None
    crop = _crop(sample, person)
    guess = _guess(crop.persons[0], crop.image.shape[:2])
    alpha = _refine(crop.image, guess)
    return None if alpha is None else Cutout(crop.image, alpha, crop.persons)


def paste(random: np.random.Generator, view: Labelled, cutout: Cutout) -> Labelled:
    """The view with the person somewhere in it, at a random size; who stands behind becomes hidden."""
    size, extent = view.image.shape[0], max(cutout.image.shape[:2])
    scale = min(size * np.exp(random.uniform(np.log(.35), np.log(1.6))) / extent, 2.5)
    middle = np.array(cutout.image.shape[1::-1]) / 2
    matrix = view_matrix(random, middle, scale, size, random.normal(0, 12))
    matrix[:, 2] += random.uniform(-.3, .3, 2) * size
    over = warp(random, Labelled(cutout.image, cutout.persons, cutout.alpha), matrix, size)
    over = mirror(over) if random.random() < .5 else over
    alpha = over.ignored if over.ignored is not None else np.zeros((size, size), np.uint8)
    opacity = cv2.GaussianBlur(alpha, (0, 0), .8).astype(np.float32)[..., None] / 255
    image = view.image + opacity * (recolour(random, over.image).astype(np.float32) - view.image)
    behind = _hide(view.persons, alpha > 127)
    ignored = None if view.ignored is None else view.ignored * (alpha <= 127)
    return Labelled(image.astype(np.uint8), np.concatenate([behind, over.persons]), ignored)


def _hide(persons: np.ndarray, covered: np.ndarray) -> np.ndarray:
    persons = persons.copy()
    column, row = (np.clip(np.rint(persons[..., i]).astype(int), 0, covered.shape[1 - i] - 1) for i in (0, 1))
    persons[..., 2] = np.where((persons[..., 2] == 2) & covered[row, column], 1, persons[..., 2])
    return persons


def _trunk_length(person: np.ndarray) -> float:
    neck, hips = person[_POINT['neck']], person[_TRUNK[2:]]
    known = hips[hips[:, 2] > 0, :2]
    if neck[2] <= 0 or not len(known):
        return 0.0
    return float(np.linalg.norm(known - neck[:2], axis=1).max())


def _is_crowded(persons: np.ndarray, number: int) -> bool:
    box = _box(persons[number])
    others = np.delete(persons, number, 0).reshape(-1, 3)
    points = others[others[:, 2] > 0, :2]
    return bool(((points >= box[0]) & (points <= box[1])).all(1).any())


def _box(person: np.ndarray) -> np.ndarray:
    points = person[person[:, 2] > 0, :2]
    low, high = points.min(0), points.max(0)
    margin = MARGIN * (high - low).max()
    return np.stack([low - margin, high + margin])


def _crop(sample: Labelled, person: np.ndarray) -> Labelled:
    limits = np.array(sample.image.shape[1::-1])
    (left, top), (right, bottom) = np.clip(_box(person), 0, limits).astype(int)
    scale = min(1.0, CROP_PX / max(right - left, bottom - top))
    width, height = (max(1, round((end - start) * scale)) for start, end in ((left, right), (top, bottom)))
    image = cv2.resize(sample.image[top:bottom, left:right], (width, height), interpolation=cv2.INTER_AREA)
    moved = person.copy()
    moved[:, :2] = (person[:, :2] - (left, top)) * scale
    return Labelled(image, moved[None])


def _guess(person: np.ndarray, shape: Sequence[int]) -> np.ndarray:
    """(h, w) uint8 mask drawn round the limbs, trunk and head."""
    mask, trunk = np.zeros(shape, np.uint8), _trunk_length(person)
    known = person[:, 2] > 0
    for a, b in _BONES:
        if known[a] and known[b]:
            _stroke(mask, person[a, :2], person[b, :2], LIMB_WIDTH * trunk)
    for a, b in _ENDS:
        if known[a] and known[b]:
            beyond = person[b, :2] + EXTENSION * (person[b, :2] - person[a, :2])
            _stroke(mask, person[a, :2], beyond, LIMB_WIDTH * trunk)
    corners = person[_TRUNK][known[_TRUNK], :2]
    if len(corners) == len(_TRUNK):
        cv2.fillPoly(mask, [np.rint(corners).astype(np.int32)], 255)
        for a, b in zip(corners, np.roll(corners, 1, 0)):
            _stroke(mask, a, b, TRUNK_WIDTH * trunk)
    face = person[_FACE][known[_FACE], :2]
    if len(face):
        cv2.circle(mask, np.rint(face.mean(0)).astype(int).tolist(), round(HEAD_WIDTH * trunk), 255, -1)
    return mask


def _stroke(mask: np.ndarray, start: np.ndarray, end: np.ndarray, half_width: float) -> None:
    cv2.line(mask, np.rint(start).astype(int).tolist(), np.rint(end).astype(int).tolist(), 255,
             max(1, round(2 * half_width)))


def _refine(image: np.ndarray, guess: np.ndarray) -> np.ndarray | None:
    """(h, w) uint8 opacity by GrabCut (Rother et al., 2004) from the drawn guess; None where it finds nobody."""
    reach = max(3, round(.04 * max(guess.shape)) | 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    labels = np.full(guess.shape, cv2.GC_BGD, np.uint8)
    labels[cv2.dilate(guess, kernel, iterations=2) > 0] = cv2.GC_PR_BGD
    labels[guess > 0] = cv2.GC_PR_FGD
    labels[cv2.erode(guess, kernel) > 0] = cv2.GC_FGD
    if not (labels == cv2.GC_FGD).any() or not (labels == cv2.GC_BGD).any():
        return None
    background, foreground = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.setRNGSeed(0)
    cv2.grabCut(np.ascontiguousarray(image[..., ::-1]), labels, (0, 0, 1, 1), background, foreground, 3,
                cv2.GC_INIT_WITH_MASK)
    person = np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD))
    share = person.sum() / max(1, (guess > 0).sum())
    return (255 * person).astype(np.uint8) if .5 < share < 1.8 else None


class CutoutSource:
    """People of photos in front of other views: few photos become many scenes.

    Args:
        photos: the people. behind: sources of the views they are pasted into.
    """

    def __init__(self, photos: PhotoSource, behind: Sequence[Source]) -> None:
        self._photos, self._behind = photos, behind
        self._cut: dict[tuple[int, int], Cutout | None] = {}

    def sample(self, random: np.random.Generator, size: int) -> Labelled:
        """A view with one to three people more."""
        view = self._behind[int(random.integers(len(self._behind)))].sample(random, size)
        for _ in range(random.choice([1, 2, 3], p=[.6, .25, .15])):
            view = paste(random, view, self._draw(random))
        return view

    def _draw(self, random: np.random.Generator) -> Cutout:
        """A random person that can be cut out; each is cut out once."""
        for _ in range(MOST_TRIES):
            photo = int(random.choice(len(self._photos.samples), p=self._photos.shares))
            person = int(random.integers(len(self._photos.samples[photo].persons)))
            if (photo, person) not in self._cut:
                self._cut[photo, person] = cut_out(self._photos.samples[photo], person)
            found = self._cut[photo, person]
            if found is not None:
                return found
        raise DatasetError(f'nobody could be cut out of {len(self._photos.samples)} photos; allowed: photos with '
                           'whole people')
