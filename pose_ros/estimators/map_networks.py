"""Which network lies in a file, by its ending, and how its input must look."""
from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pose_ros.errors import WeightsError
from pose_ros.estimators.maps import MapNetwork, fold_batch_norms
from pose_ros.networks.checkpoint import load_openpose
from pose_ros.networks.foreign import load_cmu, load_lightweight
from pose_ros.networks.map_runtimes import open_onnx_maps, open_tensorflow_maps
from pose_ros.networks.openpose_layout import OpenPoseLayout, Pixels
from pose_ros.weights import check_ending, file_of, list_weights

ENDINGS = ('.safetensors', '.pth', '.caffemodel', '.onnx', '.pb')


@dataclass(frozen=True)
class Loaded:
    """A network of maps.

    Attributes:
        network: ready to run.
        facts: of its training; empty where nobody wrote them down.
        size: (width, height) of its only input [px]; None = any.
    """

    network: MapNetwork
    facts: dict[str, Any]
    size: tuple[int, int] | None


def load_map_network(path: Path, threads: int = 0) -> Loaded:
    """The network in a file, by its ending.

    Our own (.safetensors), Lightweight OpenPose (.pth), OpenPose's COCO model (.caffemodel), or any in OpenPose's
    layout (.onnx, .pb).

    Raises:
        WeightsError: the file is missing, damaged, or of none of these kinds.
    """
    if path.suffix == '.safetensors':
        own, facts = load_openpose(path)
        fold_batch_norms(own)
        return Loaded(own, facts, None)
    check_ending(path, ENDINGS)
    pixels = pixels_of(path)
    network, size = _open(path, pixels.size, threads)
    layout = OpenPoseLayout(network, Pixels(pixels.colour, pixels.mean, pixels.scale, size)).eval()
    fold_batch_norms(layout)
    return Loaded(layout, {}, size)


def _open(path: Path, size: tuple[int, int] | None, threads: int) -> tuple[Any, tuple[int, int] | None]:
    """The network as it is, and its only input size."""
    if path.suffix == '.pth':
        return load_lightweight(path), size
    if path.suffix == '.caffemodel':
        return load_cmu(path), size
    maps = open_onnx_maps(path, threads) if path.suffix == '.onnx' else open_tensorflow_maps(path, size)
    return maps, maps.size or size


def pixels_of(path: Path) -> Pixels:
    """How the input must look: as registered, as a file of the same name plus .json says, or as OpenPose wants it.

    Such a file holds any of `colour`, `mean`, `scale`, `size`; see `Pixels`.

    Raises:
        WeightsError: that file is malformed.
    """
    for weights in list_weights():
        if weights.url and file_of(weights) == path:
            return Pixels(weights.colour, weights.mean, weights.scale)
    beside = path.with_name(f'{path.name}.json')
    try:
        read = json.loads(beside.read_text()) if beside.exists() else {}
        values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value
                                  for name, value in read.items()}
        return _checked(Pixels(**values))
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise WeightsError(f'cannot use {beside.name}: {error}; allowed: JSON with "colour": "rgb" or "bgr", "mean" '
                           'and "scale" of three numbers, "size" of two') from error


def _checked(pixels: Pixels) -> Pixels:
    if pixels.colour not in ('rgb', 'bgr'):
        raise ValueError(f'colour is {pixels.colour!r}')
    numbers = (*pixels.mean, *pixels.scale, *(pixels.size or (8, 8)))
    if len(numbers) != 8 or not all(isinstance(number, (int, float)) for number in numbers):
        raise ValueError('there are not as many numbers')
    if any(side <= 0 or side % OpenPoseLayout.stride for side in pixels.size or ()):
        raise ValueError(f'the size {pixels.size} has no multiples of {OpenPoseLayout.stride}')
    return pixels
