"""ONNX files of other people's networks: opened with a clear error, on the CPU."""
from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from pose_ros.errors import WeightsError


def open_onnx(path: Path, outputs: int = 0, threads: int = 1) -> Any:
    """An onnxruntime session on the CPU.

    Args:
        outputs: how many the network must have; 0 = any number.
        threads: of the CPU; 0 = one per core.

    Raises:
        WeightsError: the file is missing, damaged or another network, or onnxruntime is not installed.
    """
    if not path.is_file():
        raise WeightsError(f'no network at {path}; allowed: an ONNX file')
    try:
        import onnxruntime  # type: ignore[import-untyped]
        from onnxruntime.capi import onnxruntime_pybind11_state as errors  # type: ignore[import-untyped]
    except ImportError as error:
        raise WeightsError(f'{error}; it comes with the extra `onnx`: pip install pose_ros[onnx]') from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    try:
        session = onnxruntime.InferenceSession(str(path), options, providers=['CPUExecutionProvider'])
    except (errors.Fail, errors.InvalidArgument, errors.InvalidGraph, errors.InvalidProtobuf) as error:
        raise WeightsError(f'{path.name} is damaged or no ONNX file: {error}; allowed: an ONNX file') from error
    if outputs and len(session.get_outputs()) != outputs:
        raise WeightsError(f'{path.name} has {len(session.get_outputs())} outputs; allowed: a network with {outputs}')
    return session


def run_onnx(session: Any, inputs: Mapping[str, np.ndarray]) -> list[np.ndarray]:
    """All outputs of a session.

    Raises:
        ValueError: it does not take such inputs.
    """
    from onnxruntime.capi import onnxruntime_pybind11_state as errors
    try:
        outputs: list[np.ndarray] = session.run(None, dict(inputs))
    except (errors.Fail, errors.InvalidArgument, errors.RuntimeException) as error:
        raise ValueError(str(error)) from error
    return outputs


def output_names(path: Path) -> list[str]:
    """What the outputs of an ONNX network are called.

    Raises:
        WeightsError: see `open_onnx`.
    """
    return [output.name for output in open_onnx(path).get_outputs()]
