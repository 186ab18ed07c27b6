"""Labels of COCO's photos by COCO's annotators (CC BY 4.0), as entries of `photo_labels.json`.

    python -m pose_ros.training.coco_labels out/train/photos/coco_train2017 ../shared/data labels.json

The annotators marked no keypoints of people who are small or stand in a crowd. Where the teachers of `pseudo_labels`
see somebody outside the boxes of the labelled people, nothing is learnt.
"""
from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from pose_ros.errors import DatasetError
from pose_ros.skeletons import COCO17, OPENPOSE18
from pose_ros.synthetic.photos import read_photo
from pose_ros.training.pseudo_labels import PoseNet, TfPose, boxes_round, open_teachers, sure_peaks

FULL_SCALE = 65535    # of the coordinates in the file, which are shares of the photo's sides
MARGIN = 0.1          # of a labelled person's box, within which the teachers' keypoints are taken for that person's


class CocoPeople:
    """The people of COCO train2017 that have keypoints: `coco2017_keypoints_train.npz`.

    Raises:
        DatasetError: the file is missing or no such table.
    """

    def __init__(self, path: Path) -> None:
        try:
            with np.load(path) as table:
                self._image, self._boxes = table['image_id'], table['box_cxcywh'] / FULL_SCALE
                self._places, self._visibility = table['kps'] / FULL_SCALE, table['vis']
        except (OSError, KeyError, ValueError) as error:
            raise DatasetError(f'cannot read COCO people from {path}: {error}; '
                               'allowed: coco2017_keypoints_train.npz') from error

    def persons(self, image: int, width: int, height: int) -> np.ndarray:
        """(P, 18, 3) float32: x, y [px], visibility (0 not there, 1 hidden, 2 visible) in the order of OPENPOSE18."""
        rows = self._image == image
        places = self._places[rows] * (width, height)
        return openpose_order(np.concatenate([places, self._visibility[rows, :, None]], axis=2))

    def boxes(self, image: int, width: int, height: int) -> np.ndarray:
        """(P, 4) float64: left, top, right, bottom [px]."""
        centre, size = np.split(self._boxes[self._image == image] * (width, height, width, height), 2, axis=1)
        return np.concatenate([centre - size / 2, centre + size / 2], axis=1)


def openpose_order(persons: np.ndarray) -> np.ndarray:
    """(P, 17, 3) people in the order of COCO17 -> (P, 18, 3) float32 with a neck between both shoulders.

    The neck is as visible as the less visible shoulder, and not there without both.
    """
    left, right = (persons[:, COCO17.index(f'{side}_shoulder')] for side in ('left', 'right'))
    neck = np.concatenate([(left + right)[:, :2] / 2, np.minimum(left, right)[:, 2:]], axis=1)
    order = OPENPOSE18.indices_in(COCO17)
    moved = np.where((order >= 0)[None, :, None], persons[:, order], neck[:, None])
    return np.where(moved[..., 2:] > 0, moved, 0).astype(np.float32)


def label(photo: np.ndarray, image: int, people: CocoPeople, posenet: PoseNet, tfpose: TfPose) -> dict[str, list[Any]]:
    """The entry of one photo in `photo_labels.json`."""
    height, width = photo.shape[:2]
    seen = sure_peaks(photo, posenet, tfpose)
    persons = [[[round(float(x), 1), round(float(y), 1), int(v)] for x, y, v in person]
               for person in people.persons(image, width, height)]
    return {'persons': persons, 'ignored': boxes_round(_outside(seen, people.boxes(image, width, height)))}


def _outside(places: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Those of the (N, 2) places that lie in none of the (P, 4) boxes."""
    margin = MARGIN * (boxes[:, 2:] - boxes[:, :2])
    low, high = boxes[:, :2] - margin, boxes[:, 2:] + margin
    inside = ((places[:, None] >= low) & (places[:, None] <= high)).all(axis=2)
    return places[~inside.any(axis=1)]


def main(source: str, shared: str, output: str) -> None:
    """Label the photos of a source, whose names are COCO's numbers."""
    people = CocoPeople(Path(shared) / 'labels/coco2017_keypoints_train.npz')
    posenet, tfpose = open_teachers(Path(shared) / 'weights')
    labels = {f'{Path(source).name}/{path.name}': label(read_photo(path), int(path.stem), people, posenet, tfpose)
              for path in sorted((Path(source) / 'with_people').glob('*.jpg'))}
    Path(output).write_text(json.dumps(labels, separators=(',', ':')))


if __name__ == '__main__':
    main(*sys.argv[1:])
