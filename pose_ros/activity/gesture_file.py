"""Recorded gestures in a file: JSON, one gesture a file, named after it."""
from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from pose_ros.activity.gesture import Gesture
from pose_ros.activity.limb_motion import LIMBS, LimbMotion
from pose_ros.errors import RuleError
from pose_ros.files import written_whole

_LIMBS = ['-'.join(limb) for limb in LIMBS]


def write_gesture(gesture: Gesture, folder: Path) -> Path:
    """Write a gesture into a folder, over one of the same name; the file.

    Raises:
        RuleError: the name cannot be that of a file.
    """
    if not gesture.name.replace('_', '').isalnum():
        raise RuleError(f'gesture name {gesture.name!r} is not allowed; allowed: letters, digits and _')
    examples = [{'begun_s': one.begun_s, 'ended_s': one.ended_s, 'directions': one.limbs.round(4).tolist()}
                for one in gesture.examples]
    path = folder / f'{gesture.name}.json'
    folder.mkdir(parents=True, exist_ok=True)
    with written_whole(path) as file:
        file.write(json.dumps({'limbs': _LIMBS, 'examples': examples}).encode())
    return path


def read_gesture(path: Path) -> Gesture:
    """Read a gesture.

    Raises:
        RuleError: the file is absent, damaged, or of other limbs.
    """
    try:
        content = json.loads(path.read_text(encoding='utf-8'))
        limbs, examples = content['limbs'], tuple(_example(one) for one in content['examples'])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RuleError(f'{path} is no recorded gesture: {error!r}; allowed: what `pose-ros gesture` writes') from error
    if limbs != _LIMBS:
        raise RuleError(f'{path} has the limbs {limbs}; allowed: {_LIMBS}')
    return Gesture(path.stem, examples)


def read_gestures(folder: Path) -> list[Gesture]:
    """All gestures of a folder, by name.

    Raises:
        RuleError: there is no such folder, or a file in it is damaged.
    """
    if not folder.is_dir():
        raise RuleError(f'no folder of gestures at {folder}; allowed: a folder that `pose-ros gesture` wrote to')
    return [read_gesture(path) for path in sorted(folder.glob('*.json'))]


def _example(content: dict[str, object]) -> LimbMotion:
    limbs = np.array(content['directions'], np.float64)
    if limbs.ndim != 3 or limbs.shape[1:] != (len(LIMBS), 3) or not np.isfinite(limbs).all():
        raise ValueError(f'directions of shape {limbs.shape}, needs (N, {len(LIMBS)}, 3) finite numbers')
    return LimbMotion(float(str(content['begun_s'])), float(str(content['ended_s'])), limbs)
