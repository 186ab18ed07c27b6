"""The network that guesses bodies from one image, in numpy: a robot computer needs no torch for a few matrix products.

Residual blocks of fully connected layers (Martinez et al. 2017, A simple yet effective baseline for 3d human pose
estimation, section 3), without batch normalisation. `networks.lifting` is the same in torch, to be trained.
"""
from __future__ import annotations

from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file

from pose_ros.errors import WeightsError

OUTPUTS = 5  # of each keypoint: x, y, z [heights], and the logarithms of the deviations across and along the view


class LiftingNetwork:
    """Features of people -> their bodies.

    Args:
        weights: of the layers `first`, `blocks.i.0`, `blocks.i.2` and `last`: `.weight` (out, in) and `.bias` (out,).

    Raises:
        WeightsError: a layer is missing or has another shape.
    """

    def __init__(self, weights: dict[str, np.ndarray]) -> None:
        self._blocks = sum(name.startswith('blocks.') and name.endswith('.0.weight') for name in weights)
        names = ['first', *(f'blocks.{i}.{j}' for i in range(self._blocks) for j in (0, 2)), 'last']
        try:
            self._layers = [(weights[f'{name}.weight'].T.astype(np.float32), weights[f'{name}.bias'].astype(np.float32))
                            for name in names]
        except KeyError as error:
            raise WeightsError(f'lifting weights without {error}; allowed: those of {", ".join(names)}') from error
        sizes = [layer.shape for layer, _ in self._layers]
        if any(before[1] != after[0] for before, after in zip(sizes, sizes[1:])):
            raise WeightsError(f'lifting weights {sizes}; allowed: each layer takes what the one before gives')

    @classmethod
    def load(cls, path: Path) -> LiftingNetwork:
        """The network of a safetensors file.

        Raises:
            WeightsError: the file is missing, damaged or of another network.
        """
        try:
            return cls(load_file(path))
        except (OSError, SafetensorError) as error:
            raise WeightsError(f'cannot read the weights {path}: {error}; allowed: a safetensors file') from error

    @property
    def inputs(self) -> int:
        """How many features of a person it takes."""
        return len(self._layers[0][0])

    def __call__(self, features: np.ndarray) -> np.ndarray:
        """(P, F) float32 -> (P, K, 5) float32."""
        (first, *inner, last) = self._layers
        values = _relu(features @ first[0] + first[1])
        for one, two in zip(inner[::2], inner[1::2]):
            values = values + _relu(_relu(values @ one[0] + one[1]) @ two[0] + two[1])
        return (values @ last[0] + last[1]).reshape(len(features), -1, OUTPUTS)


def _relu(values: np.ndarray) -> np.ndarray:
    return np.maximum(values, 0)
