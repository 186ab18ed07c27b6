"""Where people went, from above: the truth as broad grey bands, what was published as lines in each track's colour."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from pose_ros.drawing import colour_of
from pose_ros.types import Person

_PX_PER_M, _WIDTH_M, _DEPTH_M = 110, 6.0, 5.0
_PAPER, _GRID, _BAND, _INK = (255, 255, 255), (225, 225, 225), (200, 200, 200), (60, 60, 60)
_LONGEST_STEP_M = 0.6


class FloorPlan:
    """Gathers the mid-hips of people in the optical frame; the camera is at the bottom, looking up."""

    def __init__(self) -> None:
        self._truth: dict[int, list[np.ndarray]] = {}
        self._found: dict[int, list[np.ndarray]] = {}

    def add(self, truth: Sequence[Person], persons: Sequence[Person]) -> None:
        """The people of one image."""
        for people, paths in ((truth, self._truth), (persons, self._found)):
            for one in people:
                if one.track_id >= 0 and (place := _mid_hip(one)) is not None:
                    paths.setdefault(one.track_id, []).append(place)

    def draw(self) -> np.ndarray:
        """(H, W, 3) uint8 RGB."""
        plan = np.full((round(_DEPTH_M * _PX_PER_M), round(_WIDTH_M * _PX_PER_M), 3), _PAPER, np.uint8)
        for metre in range(round(_DEPTH_M) + 1):
            _line(plan, np.array([[-_WIDTH_M / 2, metre], [_WIDTH_M / 2, metre]]), _GRID, 1)
            _text(plan, f'{metre} m', np.array([-_WIDTH_M / 2, metre]))
        for path in self._truth.values():
            _line(plan, np.array(path), _BAND, 9)
        for track_id, path in self._found.items():
            red, green, blue = (round(255 * part) for part in colour_of(track_id))
            _line(plan, np.array(path), (red, green, blue), 2)
            _text(plan, f'#{track_id}', path[-1])
        return plan

    def save(self, path: Path) -> None:
        """Write it as a picture."""
        cv2.imwrite(str(path), cv2.cvtColor(self.draw(), cv2.COLOR_RGB2BGR))


def _mid_hip(person: Person) -> np.ndarray | None:
    """(2,) to the right and ahead [m]; None if it is not known."""
    if person.points is None:
        return None
    hips = person.points.positions[[person.skeleton.index(f'{side}_hip') for side in ('left', 'right')]].mean(axis=0)
    return hips[[0, 2]] if np.isfinite(hips).all() else None


def _pixels(places: np.ndarray) -> np.ndarray:
    return np.rint((places * [1, -1] + [_WIDTH_M / 2, _DEPTH_M]) * _PX_PER_M).astype(np.int32)


def _line(plan: np.ndarray, path: np.ndarray, colour: tuple[int, int, int], width: int) -> None:
    breaks = np.flatnonzero(np.linalg.norm(np.diff(path, axis=0), axis=1) > _LONGEST_STEP_M) + 1
    pieces = np.split(path, breaks) if width > 1 else [path]
    cv2.polylines(plan, [_pixels(piece) for piece in pieces], False, colour, width, cv2.LINE_AA)


def _text(plan: np.ndarray, text: str, place: np.ndarray) -> None:
    x, y = (_pixels(place) + [5, -5]).tolist()
    cv2.putText(plan, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 0.5, _INK, 1, cv2.LINE_AA)
