"""Labelled photos in COCO's keypoint format, read with care: a wrong file must not become a wrong figure."""
from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pose_ros.errors import DatasetError
from pose_ros.skeletons import COCO17

# Share of a person's box that COCO's masks cover on average; stands in for an area that is not given.
_AREA_OF_BOX = 0.53


@dataclass(frozen=True, eq=False)
class LabelledPerson:
    """One annotation.

    Attributes:
        keypoints: (17, 2) float64 [px] in the order of COCO17; NaN = not labelled.
        box: (4,) float64 x, y, width, height [px].
        area: of the person [px^2].
        crowd: the box holds several people; neither counted nor blamed.
    """

    keypoints: np.ndarray
    box: np.ndarray
    area: float
    crowd: bool

    @property
    def labelled(self) -> np.ndarray:
        """(17,) bool: which keypoints have a label."""
        return np.isfinite(self.keypoints).all(axis=1)

    @property
    def counts(self) -> bool:
        """It is one person with at least one labelled keypoint."""
        return not self.crowd and bool(self.labelled.any())


@dataclass(frozen=True, eq=False)
class LabelledImage:
    """One photo: its file name, size [px] where given (0 = unknown) and people; none = a negative."""

    file: str
    width: int
    height: int
    persons: tuple[LabelledPerson, ...]


def read_coco(source: Path | str | Mapping[str, Any]) -> list[LabelledImage]:
    """The photos of a COCO keypoint file, or of its content.

    Raises:
        DatasetError: the file is missing or malformed, or holds no images.
    """
    content = source if isinstance(source, Mapping) else _load(Path(source))
    persons: dict[Any, list[LabelledPerson]] = {}
    try:
        category = _person_category(content)
        images = {image['id']: image for image in content['images']}
        for annotation in content['annotations']:
            if annotation.get('category_id', category) == category and images[annotation['image_id']]:
                persons.setdefault(annotation['image_id'], []).append(_person(annotation))
        labelled = [_image(image, tuple(persons.get(i, ()))) for i, image in images.items()]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise DatasetError(f'annotations are malformed: {type(error).__name__} {error}; allowed: COCO keypoints, '
                           'lists `images` (id, file_name) and `annotations` (image_id, bbox, keypoints)') from error
    if not labelled:
        raise DatasetError('annotations name no images; allowed: at least one')
    return labelled


def _load(path: Path) -> Any:
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise DatasetError(f'cannot read annotations from {path}: {error}; allowed: a COCO keypoint file') from error


def _person_category(content: Mapping[str, Any]) -> int:
    named = [category['id'] for category in content.get('categories', ()) if category.get('name') == 'person']
    return named[0] if named else 1


def _person(annotation: Mapping[str, Any]) -> LabelledPerson:
    values = annotation.get('keypoints') or [0] * 3 * len(COCO17)
    table = np.array(values, float).reshape(len(COCO17), 3)
    box = np.array(annotation['bbox'], float).reshape(4)
    keypoints = np.where(table[:, 2:] > 0, table[:, :2], np.nan)
    area = float(annotation.get('area') or _AREA_OF_BOX * box[2] * box[3])
    return LabelledPerson(keypoints, box, area, bool(annotation.get('iscrowd', 0)))


def _image(image: Mapping[str, Any], persons: tuple[LabelledPerson, ...]) -> LabelledImage:
    return LabelledImage(str(image['file_name']), int(image.get('width', 0)), int(image.get('height', 0)), persons)
