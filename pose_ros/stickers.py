"""Pictures and texts that stick to people's limbs in images: hats, arrows, names, bandages."""
from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from pose_ros.errors import SettingError
from pose_ros.types import Person

_TEXT = 'text:'
_FORM = 'FILE.png@START-END or text:WORDS@START-END, and :SCALE behind it, such as hat.png@neck-nose:1.5'
_FONT_SCALE, _MARGIN_PX = 2.0, 12


@dataclass(frozen=True, eq=False)
class Sticker:
    """A picture fixed to a limb: it moves, turns and grows with it.

    Attributes:
        picture: (h, w, 4) uint8 RGBA.
        limb: names of two keypoints; the lower edge of the picture looks to the first, the upper edge to the second.
        scale: height of the picture, in lengths of the limb.
        along: where its middle is on the limb: 0 = at the first keypoint, 1 = at the second.
    """

    picture: np.ndarray
    limb: tuple[str, str]
    scale: float = 1.0
    along: float = 0.5


def read_sticker(text: str) -> Sticker:
    """A sticker from a few words.

    Args:
        text: as in `hat.png@neck-nose:1.5` or `text:Ann@left_hip-right_hip`.

    Raises:
        SettingError: another form, or a file that is no picture.
    """
    found = re.fullmatch(r'(?P<what>.+)@(?P<start>\w+)-(?P<end>\w+)(?::(?P<scale>[\d.]+))?', text)
    if not found:
        raise SettingError(f'sticker {text!r} is not allowed; allowed: {_FORM}')
    what, limb = found['what'], (found['start'], found['end'])
    picture = text_picture(what.removeprefix(_TEXT)) if what.startswith(_TEXT) else _read_picture(Path(what))
    return Sticker(picture, limb, float(found['scale'] or 1))


def text_picture(text: str) -> np.ndarray:
    """(h, w, 4) uint8 RGBA: white letters with a black rim on nothing."""
    (width, height), base = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, _FONT_SCALE, 10)
    picture = np.zeros((height + base + 2 * _MARGIN_PX, width + 2 * _MARGIN_PX, 4), np.uint8)
    for colour, thickness in (((0, 0, 0, 255), 10), ((255, 255, 255, 255), 4)):
        cv2.putText(picture, text, (_MARGIN_PX, height + _MARGIN_PX), cv2.FONT_HERSHEY_SIMPLEX, _FONT_SCALE, colour,
                    thickness, cv2.LINE_AA)
    return picture


def draw_stickers(image: np.ndarray, persons: Sequence[Person], stickers: Sequence[Sticker]) -> np.ndarray:
    """A copy of an image with every sticker on every person who shows its limb.

    Args:
        image: (H, W, 3) uint8 RGB.
        persons: keypoints [px] of this image.
        stickers: drawn in their order.

    Returns:
        (H, W, 3) uint8 RGB.

    Raises:
        SkeletonError: a sticker's limb has a keypoint that the skeleton has not.
    """
    drawn = image.copy()
    for person in persons:
        for sticker in stickers:
            start, end = (person.keypoints[person.skeleton.index(name)].astype(float) for name in sticker.limb)
            if np.isfinite([start, end]).all() and (start != end).any():
                _stick(drawn, sticker, start, end)
    return drawn


def placement(sticker: Sticker, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """(2, 3) affine map from pixels of the picture to those of the image; the limb goes from `start` to `end` [px]."""
    height, width = sticker.picture.shape[:2]
    across, up = end - start
    scale = sticker.scale * math.hypot(across, up) / height
    # The picture's way up, which is -y, turns to the limb's direction.
    turn = scale * np.array([[-up, -across], [across, -up]]) / math.hypot(across, up)
    centre = start + sticker.along * (end - start)
    return np.column_stack([turn, centre - turn @ [(width - 1) / 2, (height - 1) / 2]])


def _stick(image: np.ndarray, sticker: Sticker, start: np.ndarray, end: np.ndarray) -> None:
    """Draws one sticker, in the part of the image that it can touch."""
    affine = placement(sticker, start, end)
    height, width = sticker.picture.shape[:2]
    corners = np.array([[0, 0, 1], [width, 0, 1], [0, height, 1], [width, height, 1]]) @ affine.T
    size = np.array(image.shape[1::-1])
    low, high = (np.clip(edge, 0, size).astype(int) for edge in (corners.min(0) - 1, corners.max(0) + 2))
    if (high <= low).any():
        return
    affine[:, 2] -= low
    colours = sticker.picture.astype(np.float32) / 255
    colours[:, :, :3] *= colours[:, :, 3:]
    warped = cv2.warpAffine(colours, affine, (high - low).tolist(), flags=cv2.INTER_LINEAR)
    part = image[low[1]:high[1], low[0]:high[0]]
    part[:] = np.rint(part * (1 - warped[:, :, 3:]) + 255 * warped[:, :, :3])


def _read_picture(path: Path) -> np.ndarray:
    picture = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if picture is None:
        raise SettingError(f'no picture at {path}; allowed: {_FORM}')
    if picture.ndim == 2:
        return np.asarray(cv2.cvtColor(picture, cv2.COLOR_GRAY2RGBA))
    code = cv2.COLOR_BGRA2RGBA if picture.shape[2] == 4 else cv2.COLOR_BGR2RGBA
    return np.asarray(cv2.cvtColor(picture, code))
