"""PoseNet (Coral's MobileNetV1, Apache-2.0), trained by others on real photos, with its own decoder; see `load`."""
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import cv2
import numpy as np

from pose_ros.estimators.estimator import EstimatorSettings
from pose_ros.grouping.peaks import find_peaks
from pose_ros.grouping.settings import GroupingSettings
from pose_ros.networks.onnx_session import open_onnx
from pose_ros.skeletons import COCO17
from pose_ros.types import Person

STRIDE = 16
LONG_SIDE_PX = 481
ROOT_SCORE = 0.3        # of the keypoint that a person is grown from
SAME_PERSON_PX = 20     # a root this near to a keypoint of its kind belongs to a person who is known already
PERSON_SCORE = 0.2


MID_OFFSETS = 'mid_offsets'   # an output that only such networks have


def _edges() -> list[tuple[int, int]]:
    """The pairs that `mid_offsets` lead along, in the order of its channels."""
    names = [('nose', 'left_eye'), ('left_eye', 'left_ear'), ('nose', 'right_eye'), ('right_eye', 'right_ear')]
    for side in ('left', 'right'):
        names.append(('nose', f'{side}_shoulder'))
        for chain in (('shoulder', 'elbow', 'wrist'), ('shoulder', 'hip', 'knee', 'ankle')):
            names += [(f'{side}_{start}', f'{side}_{end}') for start, end in zip(chain, chain[1:])]
    return [(COCO17.index(start), COCO17.index(end)) for start, end in names]


class PoseNet:
    """PersonLab decoding (1803.08225, 3.1): people grow from their best keypoint along mid-range offsets.

    An `Estimator`; its settings are fixed.
    """

    name = 'posenet'
    skeleton = COCO17
    device = 'cpu'
    memory_mb = 0.0
    figures: Mapping[str, float] = MappingProxyType({})

    def __init__(self, path: Path, threads: int = 1, model: str = '') -> None:
        """Open the ONNX file.

        Args:
            threads: of the CPU; 0 = one per core.
            model: to be called so; empty = as the file.

        Raises:
            WeightsError: it is missing or no such network.
        """
        self.model = model or path.stem
        self._session = open_onnx(path, outputs=3, threads=threads)
        self._edges = _edges()

    def estimate(self, images: Sequence[np.ndarray]) -> list[list[Person]]:
        """See `Estimator.estimate`."""
        return [self._estimate(image) for image in images]

    def tune(self, settings: EstimatorSettings, grouping: GroupingSettings) -> None:
        """Nothing can be tuned: its decoder is its own."""

    def close(self) -> None:
        """See `Estimator.close`."""
        del self._session

    def _estimate(self, image: np.ndarray) -> list[Person]:
        scale = LONG_SIDE_PX / max(image.shape[:2])
        sides = [int(np.ceil(side * scale / STRIDE)) * STRIDE + 1 for side in image.shape[1::-1]]
        pixels = (cv2.resize(image, sides, interpolation=cv2.INTER_AREA).astype(np.float32) - 128) / 128
        outputs = self._session.run(None, {self._session.get_inputs()[0].name: pixels[None]})
        factor = np.array(image.shape[1::-1]) / sides
        return [Person(COCO17, (points + 0.5) * factor - 0.5, scores, float(scores.mean()))
                for points, scores in _Decoder([output[0] for output in outputs], self._edges).people()]


class _Decoder:
    """The maps of one image, and how people are read from them; places are x, y in network px."""

    def __init__(self, maps: Sequence[np.ndarray], edges: Sequence[tuple[int, int]]) -> None:
        logits, offsets, middle = maps
        self._heat = 1 / (1 + np.exp(-logits))
        self._offsets = offsets.reshape(2, 17, *logits.shape[1:])[::-1]
        self._middle = middle.reshape(2, 2, len(edges), *logits.shape[1:])[:, ::-1]
        self._edges = edges

    def people(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yields keypoints (17, 2) and scores (17,)."""
        grown: list[np.ndarray] = []
        peaks = find_peaks(self._heat, ROOT_SCORE, 100)
        for i in np.argsort(-peaks.score):
            k = int(peaks.keypoint[i])
            root = self._refined(k, np.rint(peaks.position[:, i]) * STRIDE)
            if all(np.linalg.norm(points[k] - root) > SAME_PERSON_PX for points in grown):
                points, scores = self._grow(k, root, float(peaks.score[i]))
                grown.append(points)
                if scores.mean() > PERSON_SCORE:
                    yield points, scores

    def _grow(self, root: int, place: np.ndarray, score: float) -> tuple[np.ndarray, np.ndarray]:
        points, scores = np.full((17, 2), np.nan), np.zeros(17)
        points[root], scores[root] = place, score
        order = range(len(self._edges))
        for backward, edges in ((1, reversed(order)), (0, order)):
            for edge in edges:
                source, target = self._edges[edge][::-1] if backward else self._edges[edge]
                if np.isfinite(points[source, 0]) and np.isnan(points[target, 0]):
                    y, x = self._cell(points[source])
                    points[target] = self._refined(target, points[source] + self._middle[backward, :, edge, y, x])
                    y, x = self._cell(points[target])
                    scores[target] = self._heat[target, y, x]
        return points, scores

    def _refined(self, k: int, place: np.ndarray) -> np.ndarray:
        y, x = self._cell(place)
        refined: np.ndarray = np.array([x, y]) * STRIDE + self._offsets[:, k, y, x]
        return refined

    def _cell(self, place: np.ndarray) -> tuple[int, int]:
        height, width = self._heat.shape[1:]
        x, y = np.rint(place / STRIDE).astype(int)
        return min(max(y, 0), height - 1), min(max(x, 0), width - 1)
