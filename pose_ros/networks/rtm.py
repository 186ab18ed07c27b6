"""OpenMMLab's networks as ONNX files with their post-processing inside: YOLOX, RTMPose and RTMO. Images in, px out.

What goes in and comes out is that of mmdeploy's exports (Apache-2.0); nobody has published it in a paper.
"""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from pose_ros.errors import WeightsError
from pose_ros.image import Crop, Letterbox
from pose_ros.networks.onnx_session import open_onnx

_FILL = 114             # round the image, in the training of YOLOX and RTMO
_ENLARGE = 1.25         # RTMPose's crops round the boxes
_MEAN, _DEVIATION = np.array([[123.675, 116.28, 103.53], [58.395, 57.12, 57.375]], np.float32)
_BINS_PER_PX = 2        # of RTMPose's classification of coordinates (Li et al., SimCC, 2107.03332)


class Found(NamedTuple):
    """People in one image: (P, 4) boxes as left, top, right, bottom [px], (P,) scores, (P, 17, 3) x, y [px], score."""

    boxes: np.ndarray
    scores: np.ndarray
    keypoints: np.ndarray


class _Network:
    """A session with a fixed input size and outputs of known names."""

    def __init__(self, path: Path, outputs: Sequence[str], threads: int) -> None:
        self._session = open_onnx(path, threads=threads)
        self._input, shape = self._session.get_inputs()[0].name, self._session.get_inputs()[0].shape
        missing = set(outputs) - {output.name for output in self._session.get_outputs()}
        if missing or len(shape) != 4 or not all(isinstance(side, int) for side in shape[2:]):
            raise WeightsError(f'{path.name} takes {shape} and gives no {", ".join(sorted(missing)) or "fixed size"}; '
                               f'allowed: an export with a fixed size and the outputs {", ".join(outputs)}')
        self._outputs = list(outputs)
        self.height, self.width = shape[2:]

    def run(self, pixels: np.ndarray) -> list[np.ndarray]:
        """(N, height, width, 3) -> the outputs."""
        found: list[np.ndarray] = self._session.run(self._outputs, {self._input: np.ascontiguousarray(
            pixels.transpose(0, 3, 1, 2), np.float32)})
        return found


class Detector:
    """YOLOX (Ge et al., 2107.08430), one-stage RTMO (Lu et al., 2312.07526) or any with their outputs.

    Raises:
        WeightsError: the file is missing, damaged or another network.
    """

    def __init__(self, path: Path, keypoints: bool, threads: int = 0) -> None:
        self._network = _Network(path, ['dets', *(['keypoints'] if keypoints else [])], threads)
        if self._network.height != self._network.width:
            raise WeightsError(f'{path.name} takes {self._network.width}x{self._network.height} px; allowed: a square')

    def find(self, image: np.ndarray, least_score: float) -> Found:
        """The people in an (H, W, 3) uint8 RGB image."""
        side = self._network.width
        letterbox = Letterbox.fit(image.shape[1], image.shape[0], side, side)
        detections, *poses = self._network.run(letterbox.apply(image, _FILL)[None, ..., ::-1])
        kept = detections[0, :, 4] >= least_score
        boxes = letterbox.to_image(detections[0, kept, :4].reshape(-1, 2, 2)).reshape(-1, 4)
        keypoints = np.concatenate([pose[0, kept] for pose in poses] or [np.zeros((0, 17, 3))]).astype(float)
        keypoints[..., :2] = letterbox.to_image(keypoints[..., :2])
        return Found(boxes, detections[0, kept, 4], keypoints)


class RtmPose:
    """RTMPose (Jiang et al., 2303.07399): the pose in a box.

    Raises:
        WeightsError: the file is missing, damaged or another network.
    """

    def __init__(self, path: Path, threads: int = 0) -> None:
        self._network = _Network(path, ['simcc_x', 'simcc_y'], threads)

    def find(self, image: np.ndarray, boxes: np.ndarray) -> np.ndarray:
        """(P, 17, 3) x, y [px] and score in (P, 4) boxes of an (H, W, 3) uint8 RGB image."""
        crops = [Crop.fit(box, self._network.width, self._network.height, _ENLARGE) for box in boxes]
        found = [self._in_crop(crop, crop.apply(image)) for crop in crops]
        return np.stack(found) if found else np.zeros((0, 17, 3))

    def _in_crop(self, crop: Crop, pixels: np.ndarray) -> np.ndarray:
        x, y = (axis[0] for axis in self._network.run((pixels[None] - _MEAN) / _DEVIATION))
        points = np.stack([x.argmax(axis=1), y.argmax(axis=1)], axis=1) / _BINS_PER_PX
        score = np.minimum(x.max(axis=1), y.max(axis=1))
        return np.concatenate([crop.to_image(points), score[:, None]], axis=1)
