"""The evaluator with a proven network (Coral's PoseNet, Apache-2.0): is a good network's recall measured as good?

    python test/bench/real_anchor.py ../shared/data/weights/posenet_coral/posenet_075_s16_float_dynamic.onnx \
        ../shared/data/people_photos/coco_dev/images ../shared/data/people_photos/coco_dev/person_keypoints.json

It finds 0.55 of all and 0.87 of the large people on other COCO photos. Not collected by pytest.
"""
from __future__ import annotations

import sys
from collections.abc import Sequence

import cv2
import numpy as np
import onnxruntime

from pose_ros.grouping.peaks import find_peaks
from pose_ros.skeletons import COCO17
from pose_ros.training.evaluation import evaluate
from pose_ros.types import Person

_SIDE = ('shoulder', 'elbow', 'wrist'), ('shoulder', 'hip', 'knee', 'ankle')
_EDGES = [('nose', 'left_eye'), ('left_eye', 'left_ear'), ('nose', 'right_eye'), ('right_eye', 'right_ear')]
for side in ('left', 'right'):
    _EDGES.append(('nose', f'{side}_shoulder'))
    _EDGES += [(f'{side}_{a}', f'{side}_{b}') for chain in _SIDE for a, b in zip(chain, chain[1:])]
EDGES = [(COCO17.index(a), COCO17.index(b)) for a, b in _EDGES]


class PoseNet:
    """PersonLab decoding (Papandreou et al., 1803.08225): follow mid-range offsets from the best keypoint on."""

    name = 'posenet'
    model = 'posenet_coral'
    device = 'cpu'
    skeleton = COCO17
    stride, threshold, radius_px = 16, 0.3, 20

    def __init__(self, path: str) -> None:
        self._net = onnxruntime.InferenceSession(path)

    def estimate(self, images: Sequence[np.ndarray]) -> list[list[Person]]:
        return [self._estimate(image) for image in images]

    def _estimate(self, image: np.ndarray) -> list[Person]:
        scale = 481 / max(image.shape[:2])
        sides = [int(np.ceil(side * scale / 16)) * 16 + 1 for side in image.shape[1::-1]]
        resized = cv2.resize(image, sides, interpolation=cv2.INTER_AREA)
        outputs = self._net.run(None, {self._net.get_inputs()[0].name: (resized[None].astype(np.float32) - 128) / 128})
        heat, offsets, middle = (output[0] for output in outputs)
        self._heat = 1 / (1 + np.exp(-heat))
        self._offsets = offsets.reshape(2, 17, *heat.shape[1:])[::-1]
        self._middle = middle.reshape(2, 2, 16, *heat.shape[1:])[:, ::-1]
        factor = np.array(image.shape[1::-1]) / sides
        return [Person(COCO17, (points + 0.5) * factor - 0.5, scores, float(scores.mean()))
                for points, scores in self._people()]

    def _people(self) -> list[tuple[np.ndarray, np.ndarray]]:
        people: list[tuple[np.ndarray, np.ndarray]] = []
        peaks = find_peaks(self._heat, self.threshold, 100)
        for i in np.argsort(-peaks.score):
            k = int(peaks.keypoint[i])
            place = self._refined(k, np.rint(peaks.position[:, i]) * self.stride)
            if all(np.linalg.norm(points[k] - place) > self.radius_px for points, _ in people):
                people.append(self._follow(k, place, float(peaks.score[i])))
        return [(points, scores) for points, scores in people if scores.mean() > 0.2]

    def _cell(self, place: np.ndarray) -> tuple[int, int]:
        height, width = self._heat.shape[1:]
        x, y = np.rint(place / self.stride).astype(int)
        return min(max(y, 0), height - 1), min(max(x, 0), width - 1)

    def _refined(self, k: int, place: np.ndarray) -> np.ndarray:
        y, x = self._cell(place)
        return np.array([x, y]) * self.stride + self._offsets[:, k, y, x]

    def _follow(self, root: int, place: np.ndarray, score: float) -> tuple[np.ndarray, np.ndarray]:
        points, scores = np.full((17, 2), np.nan), np.zeros(17)
        points[root], scores[root] = place, score
        for direction in (1, 0):
            for edge in range(16)[::-1 if direction else 1]:
                source, target = EDGES[edge][::-1 if direction else 1]
                if np.isfinite(points[source, 0]) and np.isnan(points[target, 0]):
                    y, x = self._cell(points[source])
                    aim = self._refined(target, points[source] + self._middle[direction, :, edge, y, x])
                    points[target], scores[target] = aim, self._heat[(target, *self._cell(aim))]
        return points, scores


if __name__ == '__main__':
    print(evaluate(PoseNet(sys.argv[1]), *sys.argv[2:4]))
