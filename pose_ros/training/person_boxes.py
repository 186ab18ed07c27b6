"""Boxes of labelled people, as a detector shall find them, and pictures in which everybody else is painted over."""
from __future__ import annotations

import numpy as np

from pose_ros.training.augment import Labelled
from pose_ros.training.targets import SMALLEST_PX

MARGIN = 0.12           # of the longer side of the keypoints' box: a body is larger than its keypoints
FEWEST_KEYPOINTS = 3


def person_boxes(persons: np.ndarray) -> np.ndarray:
    """Boxes round people's keypoints, in or out of the picture, with a margin.

    Args:
        persons: (P, 18, 3) x, y [px] and visibility, see `targets`.

    Returns:
        (P, 4) float32 left, top, right, bottom [px]; NaN for people without keypoints.
    """
    known = persons[..., 2:] > 0
    low = np.where(known, persons[..., :2], np.inf).min(1)
    high = np.where(known, persons[..., :2], -np.inf).max(1)
    margin = MARGIN * (high - low).max(1, keepdims=True)
    boxes = np.concatenate([low - margin, high + margin], 1).astype(np.float32)
    return np.where(np.isfinite(boxes), boxes, np.float32(np.nan))


def detectable(view: Labelled) -> tuple[Labelled, np.ndarray]:
    """The view as a detector may learn from it: nobody in it is unlabelled.

    Places where unlabelled people may be, and people too small or too hidden to ask for, are painted over where that
    hides nobody else.

    Returns:
        The view with the people that are left, and their (P, 4) boxes [px], clipped to the view.
    """
    boxes = person_boxes(view.persons)
    with np.errstate(invalid='ignore'):
        asked = (np.ptp(boxes.reshape(-1, 2, 2), axis=1).max(1) >= SMALLEST_PX)
    asked &= ((view.persons[..., 2] == 1) | (view.persons[..., 2] == 2)).sum(1) >= FEWEST_KEYPOINTS
    height, width = view.image.shape[:2]
    boxes = np.clip(boxes, 0, np.array([width - 1, height - 1] * 2, np.float32))
    hidden = np.zeros((height, width), bool) if view.ignored is None else view.ignored > 0
    for box in boxes[~asked & np.isfinite(boxes).all(1)]:
        _mark(hidden, box, True)
    for box in boxes[asked]:
        _mark(hidden, box, False)
    image = view.image.copy()
    image[hidden] = view.image.reshape(-1, 3).mean(0)
    return Labelled(image, view.persons[asked]), boxes[asked]


def _mark(mask: np.ndarray, box: np.ndarray, value: bool) -> None:
    left, top, right, bottom = box.astype(int)
    mask[top:bottom + 1, left:right + 1] = value
