"""RTMPose behind YOLOX, and RTMO, from ONNX files: top-down estimation with the networks of OpenMMLab."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from pose_ros.errors import WeightsError
from pose_ros.estimators.estimator import EstimatorSettings
from pose_ros.estimators.top_down import Poses, TopDownEstimator
from pose_ros.grouping.settings import GroupingSettings
from pose_ros.image import Letterbox
from pose_ros.networks.onnx_session import output_names
from pose_ros.networks.rtm import Detector, RtmPose
from pose_ros.skeletons import COCO17
from pose_ros.weights import entry_of, file_of, sha256_of

LEAST_BOX_SCORE = 0.3
_DETECTORS = ('yolox_m', 'yolox_s')


class RtmFinder:
    """See `PoseFinder`; the networks make their own pictures of the images, and run on the CPU.

    Args:
        detector: finds boxes, and poses too if there is no `pose`.
        pose: finds the pose in each box.
    """

    multiple = 1

    def __init__(self, detector: Detector, pose: RtmPose | None = None) -> None:
        self._detector, self._pose = detector, pose

    def find(self, batch: Tensor, images: Sequence[np.ndarray], letterboxes: Sequence[Letterbox],
             settings: EstimatorSettings, grouping: GroupingSettings) -> list[Poses]:
        """See `PoseFinder.find`."""
        return [self._find(image) for image in images]

    def _find(self, image: np.ndarray) -> Poses:
        found = self._detector.find(image, LEAST_BOX_SCORE)
        keypoints = found.keypoints if self._pose is None else self._pose.find(image, found.boxes)
        return Poses(keypoints[..., :2], keypoints[..., 2], found.scores)


def load_rtm(name: str, path: Path, settings: EstimatorSettings, grouping: GroupingSettings) -> TopDownEstimator:
    """The estimator of an ONNX file, by what the network in it gives.

    Args:
        name: of the estimator.

    Raises:
        WeightsError: the file is missing, damaged or another network, or no person detector was pulled.
    """
    outputs = output_names(path)
    if 'simcc_x' in outputs:
        finder = RtmFinder(Detector(_detector_file(), False, settings.threads), RtmPose(path, settings.threads))
    elif 'keypoints' in outputs:
        finder = RtmFinder(Detector(path, True, settings.threads))
    else:
        raise WeightsError(f'{path.name} gives {", ".join(outputs)}; allowed: RTMPose (simcc_x, simcc_y) or RTMO '
                           '(dets, keypoints)')
    return TopDownEstimator(name, f'{path.stem}@{sha256_of(path)[:12]}', finder, COCO17, device=torch.device('cpu'),
                            dtype=torch.float32, settings=settings, grouping=grouping)


def _detector_file() -> Path:
    files = [file_of(entry_of(name)) for name in _DETECTORS]
    there = [file for file in files if file.is_file()]
    if not there:
        raise WeightsError(f'RTMPose needs a person detector; `pose-ros weights pull {_DETECTORS[-1]}` gets one')
    return there[0]
