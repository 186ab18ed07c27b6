"""Held-out data as COCO annotations, for `evaluation.evaluate`: synthetic scenes and photos of unseen places."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from pose_ros.skeletons import COCO17, OPENPOSE18
from pose_ros.synthetic.generator import GeneratorSettings, generate
from pose_ros.synthetic.photos import list_all_photos, read_photo
from pose_ros.synthetic.scene import Scene
from pose_ros.synthetic.shards import Shards
from pose_ros.training.photo_labels import PhotoLabels

SEED = 900_000        # far from the seeds of training
BODY_SHARE = 0.53     # of the box of a person's keypoints, the usual share of its area (COCO's mean)


def held_out_scenes(folder: Path, photos: str, scenes: int = 400) -> list[Scene]:
    """The first synthetic scenes before held-out backgrounds, rendered on first use.

    Raises:
        DatasetError: see `generate`.
    """
    for _ in generate(folder, GeneratorSettings(scenes=scenes, seed=SEED, photos=photos), held_out=True):
        pass
    return list(islice(Shards(folder), scenes))


def held_out_empty(photos: Path, further: Path) -> list[Scene]:
    """Photos of unseen places without people; the folders are those of `held_out_people`.

    Raises:
        DatasetError: the first folder has no photos, or one cannot be read.
    """
    nobody = np.zeros((0, 18, 3), np.float32)
    return [Scene(read_photo(path), nobody) for path in list_all_photos(photos, further, 'people_free', held_out=True)]


def held_out_people(photos: Path, further: Path) -> tuple[list[Scene], list[list[list[int]]]]:
    """Labelled photos of unseen places with people, and in each the boxes of people without labels (see `as_coco`).

    Args:
        photos: folder of sources of photos.
        further: another one, which may be absent.

    Raises:
        DatasetError: the first folder has no photos, or one cannot be read.
    """
    labels = PhotoLabels.shipped()
    unseen = list_all_photos(photos, further, 'with_people', held_out=True)
    paths = [path for path in unseen if len(labels.persons(path))]
    return [Scene(read_photo(path), labels.persons(path)) for path in paths], [labels.boxes(path) for path in paths]


def as_coco(scenes: Sequence[Scene], ignored: Sequence[Sequence[Sequence[int]]] = ()) -> dict[str, Any]:
    """COCO keypoint annotations of scenes; image i has id i. Keypoints of which nothing is sure have no label.

    Args:
        ignored: per scene, boxes left, top, right, bottom [px] where people may be: annotated as crowds.
    """
    images = [{'id': i, 'file_name': f'{i}.png', 'width': scene.image.shape[1], 'height': scene.image.shape[0]}
              for i, scene in enumerate(scenes)]
    people = [*_annotations(scenes), *_crowds(ignored)]
    annotations = [{'id': n, **annotation} for n, annotation in enumerate(people, 1)]
    return {'images': images, 'annotations': annotations, 'categories': [{'id': 1, 'name': 'person'}]}


def _annotations(scenes: Sequence[Scene]) -> Iterator[dict[str, Any]]:
    order = COCO17.indices_in(OPENPOSE18)
    for i, scene in enumerate(scenes):
        for keypoints in scene.persons[:, order]:
            keypoints = np.where(np.isin(keypoints[:, 2:], (1, 2)), keypoints, 0)
            labelled = keypoints[keypoints[:, 2] > 0, :2]
            if len(labelled):
                (left, top), (width, height) = labelled.min(0), np.ptp(labelled, axis=0)
                yield {'image_id': i, 'category_id': 1, 'iscrowd': 0, 'num_keypoints': len(labelled),
                       'keypoints': keypoints.ravel().tolist(), 'bbox': [float(v) for v in (left, top, width, height)],
                       'area': float(max(1, width * height) * BODY_SHARE)}


def _crowds(ignored: Sequence[Sequence[Sequence[int]]]) -> Iterator[dict[str, Any]]:
    for i, boxes in enumerate(ignored):
        for left, top, right, bottom in boxes:
            yield {'image_id': i, 'category_id': 1, 'iscrowd': 1, 'num_keypoints': 0, 'keypoints': [0] * 51,
                   'bbox': [left, top, right - left, bottom - top], 'area': (right - left) * (bottom - top)}
