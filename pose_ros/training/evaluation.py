"""How good an estimator is on labelled photos: COCO's AP, recall of people, false people, time."""
from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from pose_ros.errors import DatasetError
from pose_ros.estimators.estimator import Estimator
from pose_ros.skeletons import COCO17
from pose_ros.training.annotations import LabelledImage, read_coco
from pose_ros.training.calibration import Outcomes, calibration_error, judge_persons
from pose_ros.training.similarity import average_precision, is_matched, oks
from pose_ros.types import Person

LARGE_AREA_PX2 = 96 ** 2
LARGE_KEYPOINTS = 5


@dataclass(frozen=True)
class Evaluation:
    """The figures of one estimator on one set of photos; NaN where the set has nothing to measure.

    Attributes:
        ap, ap50: COCO keypoint average precision over OKS 0.50:0.95, and at 0.50.
        recall, recall_large: share of the people, and of the large ones, found at OKS >= 0.5, one skeleton each.
        persons, large_persons: people in the photos: annotations with a labelled keypoint, no crowds; large means an
            area above 96^2 px and at least 5 labelled keypoints.
        false_per_negative: skeletons per photo without any annotated person.
        calibration_error: mean distance of a person's score from the share of such persons that are right.
        ms_per_image: median time of `Estimator.estimate` on one photo, on the clock [ms].
        cpu_ms_per_image: the same in CPU time of the process, all threads together [ms].
        ms_per_person: time of all photos together over the number of skeletons found in them, on the clock [ms].
        size_mb: of the file with the weights [MB].
        estimator, model: their names.
    """

    ap: float
    ap50: float
    recall: float
    recall_large: float
    persons: int
    large_persons: int
    false_per_negative: float
    calibration_error: float
    ms_per_image: float
    cpu_ms_per_image: float
    ms_per_person: float
    size_mb: float
    estimator: str
    model: str

    def as_dict(self) -> dict[str, Any]:
        """For JSON: None where the set has nothing to measure."""
        return {name: None if value != value else value for name, value in asdict(self).items()}


def evaluate(estimator: Estimator, images: Path | str | Sequence[np.ndarray],
             annotations: Path | str | Mapping[str, Any] | Sequence[LabelledImage],
             progress: Callable[[int, int], None] = lambda done, total: None,
             size_mb: float = float('nan')) -> Evaluation:
    """Run an estimator on labelled photos and compare.

    Args:
        images: folder of the photos, or the photos themselves, (H, W, 3) uint8 RGB in the order of the annotations.
        annotations: COCO keypoint file, or its content, or what `read_coco` made of it.
        progress: called with the number of photos done and in total.
        size_mb: of the estimator's weights, only reported.

    Raises:
        DatasetError: a photo is missing, unreadable or of another size than labelled, or the annotations are malformed.
        ImageError, EstimatorError: the estimator failed.
    """
    labels = read_coco(annotations) if isinstance(annotations, (Path, str, Mapping)) else annotations
    found, times = [], []
    for image in labelled_photos(images, labels):
        begin = time.perf_counter(), time.process_time()
        persons, = estimator.estimate([image])
        times.append((time.perf_counter() - begin[0], time.process_time() - begin[1]))
        found.append([person.as_skeleton(COCO17) for person in persons])
        progress(len(found), len(labels))
    ap, ap50 = average_precision(labels, found)
    clock_ms, cpu_ms = 1e3 * np.median(times, axis=0)
    skeletons = sum(map(len, found))
    ms_per_person = 1e3 * sum(clock_s for clock_s, _ in times) / skeletons if skeletons else float('nan')
    judged = Outcomes.joined([judge_persons(*pair) for pair in zip(labels, found)])
    return Evaluation(ap, ap50, **_recalls(labels, found), false_per_negative=_false_per_negative(labels, found),
                      calibration_error=calibration_error(judged), ms_per_image=float(clock_ms),
                      cpu_ms_per_image=float(cpu_ms), ms_per_person=ms_per_person, size_mb=size_mb,
                      estimator=estimator.name, model=estimator.model)


def labelled_photos(images: Path | str | Sequence[np.ndarray], labels: Sequence[LabelledImage]) -> Iterator[np.ndarray]:
    """The photos of labels, (H, W, 3) uint8 RGB each, in their order.

    Args:
        images: folder of the photos, or the photos themselves.

    Raises:
        DatasetError: a photo is missing, unreadable or of another size than labelled; at the first one asked for where
            any is missing.
    """
    read = _reader(images, labels)
    for i, label in enumerate(labels):
        image = read(i)
        _check_size(image, label)
        yield image


def _recalls(labels: Sequence[LabelledImage], found: Sequence[Sequence[Person]]) -> dict[str, Any]:
    matched, large = [np.zeros(0, bool)], [np.zeros(0, bool)]
    for label, persons in zip(labels, found):
        people = [person for person in label.persons if person.counts]
        area = np.array([person.area for person in people])
        counts = np.array([person.labelled.sum() for person in people])
        matched.append(is_matched(oks(people, persons), area))
        large.append((area > LARGE_AREA_PX2) & (counts >= LARGE_KEYPOINTS))
    is_found, is_large = np.concatenate(matched), np.concatenate(large)
    return {'recall': _mean(is_found), 'recall_large': _mean(is_found[is_large]),
            'persons': len(is_found), 'large_persons': int(is_large.sum())}


def _false_per_negative(labels: Sequence[LabelledImage], found: Sequence[Sequence[Person]]) -> float:
    return _mean(np.array([len(persons) for label, persons in zip(labels, found) if not label.persons]))


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else float('nan')


def _reader(images: Path | str | Sequence[np.ndarray], labels: Sequence[LabelledImage]) -> Callable[[int], np.ndarray]:
    if not isinstance(images, (str, Path)):
        if len(images) != len(labels):
            raise DatasetError(f'annotations name {len(labels)} images, got {len(images)}; allowed: as many')
        return images.__getitem__
    folder = Path(images)
    missing = [label.file for label in labels if not (folder / label.file).is_file()]
    if missing:
        raise DatasetError(f'{len(missing)} of {len(labels)} images are not in {folder}, the first {missing[0]!r}; '
                           'allowed: all that the annotations name')
    return lambda i: _read(folder / labels[i].file)


def _read(path: Path) -> np.ndarray:
    # COCO's labels refer to the pixels as stored, whatever the EXIF orientation says.
    image = cv2.imread(str(path), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
    if image is None:
        raise DatasetError(f'cannot decode the image {path}; allowed: JPEG, PNG and what else OpenCV reads')
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


def _check_size(image: np.ndarray, label: LabelledImage) -> None:
    got = image.shape[1], image.shape[0]
    if label.width and label.height and got != (label.width, label.height):
        raise DatasetError(f'{label.file} is {got[0]}x{got[1]} px, labelled as {label.width}x{label.height}; '
                           'allowed: the size it was labelled in')
