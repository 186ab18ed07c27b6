"""How alike labelled and found people are: object keypoint similarity, matching, and COCO's average precision."""
from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from pose_ros.skeletons import COCO17
from pose_ros.training.annotations import LabelledImage, LabelledPerson
from pose_ros.types import Person


def oks(labels: Sequence[LabelledPerson], persons: Sequence[Person]) -> np.ndarray:
    """(G, D) object keypoint similarity of labelled and found people (cocoeval.py, computeOks); not found counts 0.

    Args:
        labels: with at least one labelled keypoint each.
        persons: with the skeleton COCO17.
    """
    if not labels or not persons:
        return np.zeros((len(labels), len(persons)))
    truth = np.stack([label.keypoints for label in labels])[:, None]
    got = np.stack([person.keypoints for person in persons]).astype(float)
    area = np.array([label.area for label in labels])[:, None, None]
    distance2 = ((truth - got) ** 2).sum(axis=-1)
    similarity = np.exp(-distance2 / (2 * (2 * COCO17.sigmas) ** 2 * np.maximum(area, 1e-6)))
    labelled = np.isfinite(truth).all(axis=-1)
    return np.nan_to_num(similarity).sum(axis=-1) / labelled.sum(axis=-1)


def is_matched(similarity: np.ndarray, area: np.ndarray, threshold: float = 0.5) -> np.ndarray:
    """(G,) bool: greedy one-to-one matching; the largest people choose first, each the most similar skeleton left.

    Args:
        similarity: (G, D).
        area: (G,) of the labelled people.
        threshold: smallest similarity of a match.
    """
    left = similarity.copy()
    matched = np.zeros(len(area), bool)
    for i in np.argsort(-area, kind='stable') if left.size else ():
        best = int(left[i].argmax())
        if left[i, best] >= threshold:
            matched[i] = True
            left[:, best] = -1
    return matched


def average_precision(labels: Sequence[LabelledImage], found: Sequence[Sequence[Person]]) -> tuple[float, float]:
    """COCO's AP over OKS 0.50:0.95 and at 0.50, at most 20 persons a photo; NaN without labelled people.

    Args:
        found: persons of each photo with the skeleton COCO17.
    """
    if not any(person.counts for label in labels for person in label.persons):
        return float('nan'), float('nan')
    results = [_result(i, person) for i, persons in enumerate(found, 1) for person in persons]
    if not results:
        return 0.0, 0.0
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = _coco(labels)
        truth.createIndex()
        scorer = COCOeval(truth, truth.loadRes(results), 'keypoints')
        scorer.evaluate()
        scorer.accumulate()
        scorer.summarize()
    return float(scorer.stats[0]), float(scorer.stats[1])


def _result(image: int, person: Person) -> dict[str, Any]:
    table = np.column_stack([np.nan_to_num(person.keypoints), person.found])
    return {'image_id': image, 'category_id': 1, 'keypoints': table.ravel().tolist(), 'score': person.score}


def _coco(labels: Sequence[LabelledImage]) -> dict[str, Any]:
    persons = [(i, person) for i, label in enumerate(labels, 1) for person in label.persons]
    return {'info': {}, 'images': [{'id': i} for i in range(1, len(labels) + 1)],
            'categories': [{'id': 1, 'name': 'person'}],
            'annotations': [_annotation(n, *person) for n, person in enumerate(persons, 1)]}


def _annotation(number: int, image: int, person: LabelledPerson) -> dict[str, Any]:
    table = np.column_stack([np.nan_to_num(person.keypoints), 2 * person.labelled])
    return {'id': number, 'image_id': image, 'category_id': 1, 'bbox': person.box.tolist(), 'area': person.area,
            'iscrowd': int(person.crowd), 'num_keypoints': int(person.labelled.sum()),
            'keypoints': table.ravel().tolist()}
