"""Hints from a network trained on real photos: its features and answers, predicted from ours (FitNets, 1412.6550).

Only while training: neither the teacher's weights nor the layer that predicts its hints enter the checkpoint.
"""
from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from pose_ros.errors import WeightsError

FEATURES, ANSWERS = 384, 17   # channels of the teacher's features and keypoint probabilities
HINTS = FEATURES + ANSWERS
ANSWER_WEIGHT = 25.0          # makes the answers, small and mostly 0, weigh about as much as the features
TEACHER_FEATURES = 't92'  # the last layer before PoseNet's heads, stride 16


class Teacher:
    """PoseNet MobileNetV1-0.75 (Apache-2.0) in ONNX Runtime, cut before its heads.

    Raises:
        WeightsError: onnx or onnxruntime is missing, or the file is no such network.
    """

    def __init__(self, path: Path, threads: int = 1) -> None:
        try:
            import onnx
            import onnxruntime  # type: ignore[import-untyped]
        except ImportError as error:
            raise WeightsError(f'hints need onnx and onnxruntime ({error}); install pose_ros[train]') from error
        try:
            model = onnx.load(str(path))
            features = onnx.helper.make_tensor_value_info(TEACHER_FEATURES, onnx.TensorProto.FLOAT, None)
            model.graph.output.append(features)
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = threads
            self._session = onnxruntime.InferenceSession(model.SerializeToString(), options)
        except Exception as error:  # both libraries raise their own, undocumented kinds
            raise WeightsError(f'{path} is no PoseNet: {error}; allowed: posenet_075_s16 as ONNX') from error

    def hints(self, image: np.ndarray) -> np.ndarray:
        """(384 + 17, H/16, W/16) float16 of a (H, W, 3) uint8 RGB image, on the cells of our stride 16."""
        # PoseNet's cell i looks at pixel 16 i, ours at 16 i + 7.5: without the first 8 px they agree to half a pixel.
        inner = image[8:image.shape[0] - 7, 8:image.shape[1] - 7]
        pixels = (inner.astype(np.float32) - 128) / 128
        features, logits = self._session.run([TEACHER_FEATURES, 'heatmaps'], {'image': pixels[None]})
        return np.concatenate([features[0], 1 / (1 + np.exp(-logits[0]))]).astype(np.float16)


class HintHead(nn.Module):
    """Predicts the teacher's hints from our features at strides 16 and 32, linearly."""

    def __init__(self, widths: tuple[int, ...]) -> None:
        super().__init__()
        self.project = nn.Conv2d(widths[-2] + widths[-1], HINTS, 1)

    def forward(self, levels: list[Tensor]) -> Tensor:
        """Features at strides 8, 16 and 32 -> (N, 401, H/16, W/16)."""
        _, middle, coarse = levels
        coarse = functional.interpolate(coarse, size=middle.shape[-2:], mode='bilinear', align_corners=False)
        return self.project(torch.cat([middle, coarse], 1))


def hint_loss(predicted: Tensor, hints: Tensor, known: Tensor) -> Tensor:
    """Mean squared error of features and weighted answers, over the images whose hints are known ((N,) bool)."""
    squares = (predicted.float() - hints.float()) ** 2
    error = squares[:, :FEATURES].mean((1, 2, 3)) + ANSWER_WEIGHT * squares[:, FEATURES:].mean((1, 2, 3))
    return (error * known).sum() / known.sum().clamp(min=1)
