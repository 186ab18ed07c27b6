"""The grouping and the evaluator on real photos, with the maps of a proven network (OpenPose-style, Apache-2.0).

    python test/bench/real_maps.py ../shared/data/weights/tfpose_v2_small/mobilenet_v2_small_368x432.pb \
        ../shared/data/people_photos/coco_dev/images ../shared/data/people_photos/coco_dev/person_keypoints.json

Its own decoder finds 0.33 of all and 0.56 of the large people on other COCO photos. Not collected by pytest.
"""
from __future__ import annotations

import sys
from collections.abc import Sequence

import cv2
import numpy as np

from pose_ros.grouping.paf import group_maps
from pose_ros.grouping.settings import PafSettings
from pose_ros.image import Letterbox
from pose_ros.skeletons import OPENPOSE18
from pose_ros.training.evaluation import evaluate
from pose_ros.types import Person

# Channel of the x of each limb's PAF in OpenPose's output (poseParameters.cpp, POSE_MAP_INDEX); y follows.
PAF_CHANNELS = np.array([12, 20, 14, 16, 22, 24, 0, 2, 4, 6, 8, 10, 28, 30, 34, 32, 36, 18, 26])


class TfPose:
    """tf-pose-estimation's mobilenet_v2_small through OpenCV, with our grouping; an `Estimator`."""

    name = 'tfpose'
    model = 'tfpose_v2_small'
    device = 'cpu'
    skeleton = OPENPOSE18
    width, height, stride = 432, 368, 8

    def __init__(self, path: str, settings: PafSettings) -> None:
        self._net = cv2.dnn.readNetFromTensorflow(path)
        self._settings = settings

    def estimate(self, images: Sequence[np.ndarray]) -> list[list[Person]]:
        return [self._estimate(image) for image in images]

    def close(self) -> None:
        del self._net

    def maps(self, image: np.ndarray) -> tuple[Letterbox, np.ndarray, np.ndarray]:
        scale = min(self.width / image.shape[1], self.height / image.shape[0])
        box = Letterbox(image.shape[1], image.shape[0], round(image.shape[1] * scale), round(image.shape[0] * scale),
                        self.width, self.height)
        self._net.setInput(cv2.dnn.blobFromImage(box.apply(image), 1 / 127.5, mean=(127.5,) * 3, swapRB=True))
        output = self._net.forward()[0]
        pafs = output[19:][np.stack([PAF_CHANNELS, PAF_CHANNELS + 1], axis=1).ravel()]
        return box, output[:18], np.ascontiguousarray(pafs)

    def _estimate(self, image: np.ndarray) -> list[Person]:
        box, heatmaps, pafs = self.maps(image)
        persons = group_maps(heatmaps, pafs, OPENPOSE18, self._settings, self.stride)
        return [person.moved(1 / box.scale, 0.5 / box.scale - 0.5) for person in persons]


if __name__ == '__main__':
    print(evaluate(TfPose(sys.argv[1], PafSettings()), *sys.argv[2:4]))
