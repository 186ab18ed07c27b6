"""People drawn on images: skeleton overlays and contact sheets, with OpenCV only.

Each person has one colour of a palette that colour-blind people can tell apart, lighter on its left side and darker on
its right. What the network is unsure of is faint.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from pose_ros.types import Person

# Okabe and Ito, "Color Universal Design" (2008), without black, ordered so that neighbours differ most.
_PALETTE = ((230, 159, 0), (86, 180, 233), (204, 121, 167), (0, 158, 115), (213, 94, 0), (240, 228, 66), (0, 114, 178))
_SUBPIXEL_BITS = 4
_FAR_PX = 1e6
_LEFT_TINT, _RIGHT_SHADE = 0.45, 0.35

Colour = tuple[float, float, float]


def colour_of(index: int) -> Colour:
    """The (r, g, b) colour 0..1 of a person, by track_id or place in the list; the same everywhere."""
    red, green, blue = _PALETTE[index % len(_PALETTE)]
    return red / 255, green / 255, blue / 255


def side_colour(colour: Colour, keypoint_names: Sequence[str]) -> Colour:
    """A person's colour for a keypoint or limb: towards white on the left side, towards black on the right."""
    sides = {name.partition('_')[0] for name in keypoint_names}
    target, amount = (1.0, _LEFT_TINT) if 'left' in sides else (0.0, _RIGHT_SHADE)
    if ('left' in sides) == ('right' in sides):
        return colour
    red, green, blue = (part + (target - part) * amount for part in colour)
    return red, green, blue


@dataclass(frozen=True)
class _Pen:
    """Draws one person's strokes on a canvas, each with a dark rim so that it shows on any background."""

    canvas: np.ndarray
    width: int

    def _line(self, ends: np.ndarray, rgb: tuple[int, ...], width: int) -> None:
        start, stop = (np.clip(ends, -_FAR_PX, _FAR_PX) * 2 ** _SUBPIXEL_BITS).round().astype(int).tolist()
        cv2.line(self.canvas, start, stop, rgb, width, cv2.LINE_AA, _SUBPIXEL_BITS)

    def limb(self, ends: np.ndarray, colour: Colour) -> None:
        self._line(ends, (0, 0, 0), self.width + 2)
        self._line(ends, _rgb255(colour), self.width)

    def dot(self, centre: np.ndarray, colour: Colour) -> None:
        self._line(np.stack([centre, centre]), (0, 0, 0), 2 * self.width + 2)
        self._line(np.stack([centre, centre]), _rgb255(colour), 2 * self.width)

    def label(self, text: str, corner: np.ndarray, colour: Colour) -> None:
        """Dark text on a plate of the person's colour whose lower left is at `corner`, kept inside the image."""
        size = max(0.4, 0.2 * self.width)
        (width, height), base = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, size, 1)
        limits = np.array([self.canvas.shape[1] - width, self.canvas.shape[0] - base])
        x, y = np.clip(corner, [0, height + base], np.maximum(limits, [0, height + base])).round().astype(int).tolist()
        cv2.rectangle(self.canvas, (x, y - height - base // 2), (x + width, y + base), _rgb255(colour), cv2.FILLED)
        cv2.putText(self.canvas, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, size, (0, 0, 0), 1, cv2.LINE_AA)


def _rgb255(colour: Colour) -> tuple[int, ...]:
    return tuple(round(255 * part) for part in colour)


def _pen_width(person: Person, image: np.ndarray) -> int:
    box = person.bbox[2:]
    return int(np.clip(round(float(box.max()) / 60), 2, max(2, round(max(image.shape[:2]) / 120))))


def _draw_keypoints(pen: _Pen, person: Person, colour: Colour, shown: np.ndarray) -> None:
    names, points = person.skeleton.keypoints, person.keypoints
    for first, second in person.skeleton.edges:
        if shown[first] and shown[second]:
            pen.limb(points[[first, second]], side_colour(colour, (names[first], names[second])))
    for index in np.flatnonzero(shown):
        pen.dot(points[index], side_colour(colour, names[index:index + 1]))


def draw_persons(image: np.ndarray, persons: Sequence[Person], *, faint_below: float = 0.2) -> np.ndarray:
    """A copy of an image with skeletons, and each person's track_id (`#3`) or score above them.

    Args:
        image: (H, W, 3) uint8 RGB.
        persons: keypoints [px] of this image; those that are NaN are skipped, those outside are cut off at the border.
        faint_below: keypoints with a smaller score, and their limbs, are drawn half transparent.

    Returns:
        (H, W, 3) uint8 RGB.
    """
    people = [(index if person.track_id < 0 else person.track_id, person)
              for index, person in enumerate(persons) if person.found.any()]
    faint = image.copy()
    for index, person in people:
        _draw_keypoints(_Pen(faint, _pen_width(person, image)), person, colour_of(index), person.found)
    drawn = cv2.addWeighted(image, 0.5, faint, 0.5, 0) if people else faint
    for index, person in people:
        pen = _Pen(drawn, _pen_width(person, image))
        _draw_keypoints(pen, person, colour_of(index), person.found & (person.scores >= faint_below))
        text = f'{person.score:.2f}' if person.track_id < 0 else f'#{person.track_id}'
        pen.label(text, person.bbox[:2] - [0, 4 * pen.width], colour_of(index))
    return drawn


def draw_captions(image: np.ndarray, persons: Sequence[Person], captions: Mapping[int, str]) -> np.ndarray:
    """A copy of an image with a few words below each person.

    Args:
        image: (H, W, 3) uint8 RGB.
        persons: keypoints [px] of this image.
        captions: words by track_id, line by line.

    Returns:
        (H, W, 3) uint8 RGB.
    """
    drawn = image.copy()
    for person in persons:
        lines = captions.get(person.track_id, '').splitlines() if person.found.any() else []
        pen = _Pen(drawn, _pen_width(person, image))
        for number, line in enumerate(lines):
            below = person.bbox[:2] + [0, person.bbox[3] + (8 + 9 * number) * pen.width]
            pen.label(line, below, colour_of(person.track_id))
    return drawn


def contact_sheet(images: Sequence[np.ndarray], columns: int, width: int) -> np.ndarray:
    """Images side by side, row by row, each scaled to fit its cell.

    Args:
        images: (H, W, 3) uint8 RGB each; the cells have the shape of the first.
        width: of the whole sheet [px].

    Returns:
        (h, width, 3) uint8 RGB, dark where nothing is.

    Raises:
        ValueError: there is no image, or no column.
    """
    if not len(images) or not 1 <= columns <= width:
        raise ValueError(f'a contact sheet needs images and 1..width columns, got {len(images)} and {columns}')
    cell_width = width // columns
    cell_height = max(1, round(cell_width * images[0].shape[0] / images[0].shape[1]))
    sheet = np.full((-(-len(images) // columns) * cell_height, width, 3), 24, np.uint8)
    for place, image in enumerate(images):
        scale = min(cell_width / image.shape[1], cell_height / image.shape[0])
        size = [max(1, int(side * scale + 1e-6)) for side in image.shape[1::-1]]
        top, left = place // columns * cell_height, place % columns * cell_width
        sheet[top:top + size[1], left:left + size[0]] = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return sheet
