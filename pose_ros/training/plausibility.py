"""Throws out what teachers got wrong: people whose limbs do not fit each other, and those of crowds in a tangle."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pose_ros.skeletons import OPENPOSE18

# Length of a limb as a share of the height of a person (Winter 2009, figure 4.1, rounded).
SHARES = {('neck', 'shoulder'): .11, ('shoulder', 'elbow'): .17, ('elbow', 'wrist'): .15, ('neck', 'hip'): .30,
          ('hip', 'knee'): .24, ('knee', 'ankle'): .24, ('neck', 'nose'): .13}
TOO_LONG = 2.0          # times what the third longest limb says of the height; limbs only ever look shorter
FAR_TOO_LONG = 2.6      # times the median of the limbs
CROWD, TANGLED = 7, .55  # from so many people on, nobody may share more of the box than this with another

_LIMBS = np.array([(start, end, share) for start, end in OPENPOSE18.limb_indices for names, share in SHARES.items()
                   if sorted(names) == sorted(OPENPOSE18.keypoints[i].split('_')[-1] for i in (start, end))])
Entry = dict[str, list[Any]]


def is_plausible(person: np.ndarray) -> bool:
    """Whether the limbs of a person, (18, 3) x, y [px], visibility, can belong to one body."""
    start, end = _LIMBS[:, :2].astype(int).T
    there = (person[start, 2] > 0) & (person[end, 2] > 0)
    heights = np.linalg.norm(person[start, :2] - person[end, :2], axis=1)[there] / _LIMBS[there, 2]
    if len(heights) < 3:
        return True
    longest = np.sort(heights)[::-1]
    return bool(longest[0] <= TOO_LONG * longest[2] and longest[0] <= FAR_TOO_LONG * np.median(heights))


def cleaned(entry: Entry) -> Entry:
    """An entry of `photo_labels.json` without its implausible people; boxes to be ignored stand where they were."""
    people = [np.array(person, float) for person in entry['persons']]
    boxes = [_box(person) for person in people]
    doubtful = [not is_plausible(person) or _is_tangled(i, boxes) for i, person in enumerate(people)]
    return {'persons': [person for person, is_out in zip(entry['persons'], doubtful) if not is_out],
            'ignored': entry['ignored'] + [_enlarged(box) for box, is_out in zip(boxes, doubtful) if is_out]}


def _is_tangled(i: int, boxes: Sequence[np.ndarray]) -> bool:
    return len(boxes) >= CROWD and max(_shared(boxes[i], box) for k, box in enumerate(boxes) if k != i) > TANGLED


def _box(person: np.ndarray) -> np.ndarray:
    """(4,) left, top, right, bottom [px]."""
    points = person[person[:, 2] > 0, :2]
    return np.concatenate([points.min(axis=0), points.max(axis=0)])


def _enlarged(box: np.ndarray) -> list[int]:
    margin = .15 * max(box[2:] - box[:2]) + 6
    return [int(value) for value in box + np.array([-margin, -margin, margin, margin])]


def _shared(one: np.ndarray, other: np.ndarray) -> float:
    """What two boxes have in common, as a share of the smaller one."""
    common = np.prod(np.maximum(np.minimum(one[2:], other[2:]) - np.maximum(one[:2], other[:2]), 0))
    return float(common / max(min(np.prod(box[2:] - box[:2]) for box in (one, other)), 1e-6))
