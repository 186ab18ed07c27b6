"""Images to network inputs and back: letterbox, and the exact way back to image pixels.

Pixel centres are at integer coordinates everywhere, so resizing by s maps x to (x + 0.5) * s - 0.5, and map cell i of
a network of stride t is centred on input pixel (i + 0.5) * t - 0.5.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from pose_ros.errors import ImageError

MAX_SIDE_PX = 16384


def check_image(image: np.ndarray) -> np.ndarray:
    """The same image, if it is (H, W, 3) uint8 with sides 1..16384 px.

    Raises:
        ImageError: it is not.
    """
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
        raise ImageError(f'an image must be (H, W, 3) uint8, got {image.shape} {image.dtype}')
    if not all(1 <= side <= MAX_SIDE_PX for side in image.shape[:2]):
        raise ImageError(f'an image must have sides of 1..{MAX_SIDE_PX} px, got {image.shape[1]}x{image.shape[0]}')
    return image


@dataclass(frozen=True)
class Letterbox:
    """Scales an image into a network input without distortion and pads right and below.

    Attributes:
        width, height: of the image [px].
        scale: network px per image px, as (x, y): equal up to the rounding to whole pixels.
        input_width, input_height: of the padded network input [px], multiples of the network's stride.
    """

    width: int
    height: int
    resized_width: int
    resized_height: int
    input_width: int
    input_height: int

    @classmethod
    def fit(cls, width: int, height: int, long_side: int, multiple: int) -> Letterbox:
        """The letterbox that brings the long side of a width x height image to `long_side` px.

        The input is the smallest multiple of `multiple` that holds the resized image.
        """
        scale = long_side / max(width, height)
        resized = [max(1, round(side * scale)) for side in (width, height)]
        padded = [-(-side // multiple) * multiple for side in resized]
        return cls(width, height, *resized, *padded)

    @property
    def scale(self) -> np.ndarray:
        """(2,) network px per image px, x and y."""
        return np.array([self.resized_width / self.width, self.resized_height / self.height])

    def apply(self, image: np.ndarray, fill: int = 128) -> np.ndarray:
        """(H, W, 3) uint8 -> (input_height, input_width, 3) uint8, padded with grey."""
        shrinks = self.resized_width < self.width
        resized = cv2.resize(image, (self.resized_width, self.resized_height),
                             interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
        padded = np.full((self.input_height, self.input_width, 3), fill, np.uint8)
        padded[:self.resized_height, :self.resized_width] = resized
        return padded

    def to_image(self, points: np.ndarray) -> np.ndarray:
        """(..., 2) network px -> image px."""
        return (points + 0.5) / self.scale - 0.5

    def to_network(self, points: np.ndarray) -> np.ndarray:
        """(..., 2) image px -> network px."""
        return (points + 0.5) * self.scale - 0.5


@dataclass(frozen=True)
class Crop:
    """The part of an image round a box, brought to one size without distortion; outside the image it is grey.

    Attributes:
        left, top: of the part [px]; may lie outside the image.
        part_width, part_height: of the part [px].
        width, height: of the picture made of it [px].
    """

    left: int
    top: int
    part_width: int
    part_height: int
    width: int
    height: int

    @classmethod
    def fit(cls, box: np.ndarray, width: int, height: int, enlarge: float = 1.0) -> Crop:
        """The smallest part with the sides' ratio of width x height that holds an enlarged box.

        Args:
            box: (4,) left, top, right, bottom [px]; one without area gives a part of few pixels.
            enlarge: factor on the box's sides.
        """
        sides = np.maximum(box[2:] - box[:2], 1) * enlarge
        shrink = max(sides[0] / width, sides[1] / height)
        part_width, part_height = (max(1, round(side * shrink)) for side in (width, height))
        left, top = ((box[:2] + box[2:] + 1 - (part_width, part_height)) / 2).round().astype(int).tolist()
        return cls(left, top, part_width, part_height, width, height)

    @property
    def scale(self) -> np.ndarray:
        """(2,) picture px per image px, x and y: equal up to the rounding to whole pixels."""
        return np.array([self.width / self.part_width, self.height / self.part_height])

    def apply(self, image: np.ndarray, fill: int = 128) -> np.ndarray:
        """(H, W, 3) uint8 -> (height, width, 3) uint8."""
        part = np.full((self.part_height, self.part_width, 3), fill, np.uint8)
        left, top = max(0, self.left), max(0, self.top)
        seen = image[top:max(top, self.top + self.part_height), left:max(left, self.left + self.part_width)]
        part[top - self.top:, left - self.left:][:seen.shape[0], :seen.shape[1]] = seen
        shrinks = self.part_width > self.width
        return cv2.resize(part, (self.width, self.height),
                          interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)

    def to_image(self, points: np.ndarray) -> np.ndarray:
        """(..., 2) picture px -> image px."""
        return (points + 0.5) / self.scale - 0.5 + (self.left, self.top)

    def to_crop(self, points: np.ndarray) -> np.ndarray:
        """(..., 2) image px -> picture px."""
        return (points - (self.left, self.top) + 0.5) * self.scale - 0.5


def same_sized(boxes: Sequence[Letterbox]) -> list[list[int]]:
    """Places of the letterboxes whose inputs have one size, in order of their first: each group can be one batch."""
    groups: dict[tuple[int, int], list[int]] = {}
    for place, box in enumerate(boxes):
        groups.setdefault((box.input_height, box.input_width), []).append(place)
    return list(groups.values())
