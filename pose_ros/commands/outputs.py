"""What `pose-ros run` can write: an overlay video, an overlay picture, a bag, JSON; the suffix of the path decides."""
from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from pose_ros.drawing import draw_persons
from pose_ros.errors import SourceError
from pose_ros.estimators.estimator import Estimator
from pose_ros.sources import Frame, FrameSource
from pose_ros.types import Person
from pose_ros.video import Storyboard, VideoWriter

Draw = Callable[[np.ndarray, Sequence[Person]], np.ndarray]


class Output(Protocol):
    """Takes the people of one frame after another; the file is complete after `close`."""

    def write(self, frame: Frame, persons: Sequence[Person], processing_ms: float) -> None:
        """Append one frame and its people; processing_ms is how long the estimator took [ms]."""

    def close(self) -> None:
        """Complete the file."""


class _OverlayVideo:
    """An mp4 of all frames with the people drawn on them."""

    def __init__(self, path: Path, source: FrameSource, _: Estimator, draw: Draw) -> None:
        self._video, self._draw = VideoWriter(path, source.rate_hz), draw

    def write(self, frame: Frame, persons: Sequence[Person], _: float) -> None:
        self._video.write(self._draw(frame.image, persons))

    def close(self) -> None:
        self._video.close()


class _OverlayPicture:
    """One picture: the frame, or a contact sheet of several, with the people drawn on them."""

    def __init__(self, path: Path, _source: FrameSource, _estimator: Estimator, draw: Draw) -> None:
        self._path, self._storyboard, self._draw = path, Storyboard(), draw

    def write(self, frame: Frame, persons: Sequence[Person], _: float) -> None:
        self._storyboard.add(self._draw(frame.image, persons))

    def close(self) -> None:
        self._storyboard.save(self._path)


def _json_numbers(values: np.ndarray) -> Any:
    """NaN, which JSON does not have, becomes null."""
    rounded = np.round(values.astype(float), 3).astype(object)
    rounded[~np.isfinite(values)] = None
    return rounded.tolist()


class _PersonsJson:
    """A JSON file: the skeleton once, then for each frame its people with (K, 3) keypoints x, y [px], score."""

    def __init__(self, path: Path, source: FrameSource, estimator: Estimator, _: Draw) -> None:
        self._path = path
        skeleton = estimator.skeleton
        self._content: dict[str, Any] = {
            'source': source.name, 'model': estimator.model, 'skeleton': skeleton.name,
            'keypoint_names': skeleton.keypoints, 'edges': skeleton.edges.tolist(), 'frames': []}

    def write(self, frame: Frame, persons: Sequence[Person], processing_ms: float) -> None:
        height, width = frame.image.shape[:2]
        self._content['frames'].append({
            'name': frame.name, 'stamp_ns': frame.stamp_ns, 'width': width, 'height': height,
            'processing_ms': round(processing_ms, 3), 'persons': [_person_json(person) for person in persons]})

    def close(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(json.dumps(self._content, allow_nan=False) + '\n')


def _person_json(person: Person) -> dict[str, Any]:
    keypoints = np.column_stack([person.keypoints, person.scores])
    return {'track_id': person.track_id, 'score': round(float(person.score), 4), 'bbox': _json_numbers(person.bbox),
            'keypoints': _json_numbers(keypoints)}


def _open_bag(path: Path, source: FrameSource, estimator: Estimator, _: Draw) -> Output:
    try:
        from pose_ros.bridge.persons_bag import PersonsBag
    except ImportError as error:
        raise SourceError(f'a bag needs the ROS messages of this package, which are not installed here ({error}); '
                          f'run `make setup`, or build with colcon and source install/setup.bash') from error
    return PersonsBag(path, source, estimator)


OUTPUTS: dict[str, Callable[[Path, FrameSource, Estimator, Draw], Output]] = {
    '.mp4': _OverlayVideo, '.png': _OverlayPicture, '.jpg': _OverlayPicture, '.json': _PersonsJson, '.mcap': _open_bag}


def open_output(path: Path, source: FrameSource, estimator: Estimator, draw: Draw = draw_persons) -> Output:
    """The output that the suffix of a path asks for.

    Args:
        path: to write.
        source: of the frames.
        estimator: that finds the people.
        draw: draws people on an image (H, W, 3) uint8 RGB; a new image.

    Raises:
        SourceError: no such suffix, or what it needs is not installed.
    """
    if path.suffix not in OUTPUTS:
        raise SourceError(f'cannot write {path}; allowed: files that end in {" ".join(OUTPUTS)}')
    return OUTPUTS[path.suffix](path, source, estimator, draw)
