"""Checkpoints of the networks: safetensors with half-precision weights, the network's shape and training facts."""
from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from pose_ros.errors import WeightsError
from pose_ros.files import written_whole
from pose_ros.networks.openpose import OpenPoseNet, OpenPoseShape

_KIND = 'pose_ros.openpose'
N = TypeVar('N', bound=nn.Module)


def save_openpose(path: Path | str, net: OpenPoseNet, metadata: Mapping[str, Any]) -> None:
    """`save_network` for an OpenPoseNet.

    Raises:
        WeightsError: the file cannot be written.
    """
    save_network(path, _KIND, net, asdict(net.shape), metadata)


def load_openpose(path: Path | str) -> tuple[OpenPoseNet, dict[str, Any]]:
    """`load_network` for an OpenPoseNet.

    Raises:
        WeightsError: the file is missing, damaged, of another kind, or its tensors do not fit the network.
    """
    return load_network(path, _KIND, lambda shape: OpenPoseNet(openpose_shape(shape)))


def openpose_shape(values: Mapping[str, Any]) -> OpenPoseShape:
    """The shape of an OpenPoseNet from its fields in JSON."""
    return OpenPoseShape(tuple(values['widths']), tuple(values['blocks']), values['features'], values['stages'])


def save_network(path: Path | str, kind: str, net: nn.Module, shape: Mapping[str, Any],
                 metadata: Mapping[str, Any]) -> None:
    """Write a network in fp16 (its integer buffers as they are), atomically: a full disk leaves the old file alone.

    Args:
        kind: which network it is, e.g. 'pose_ros.openpose'.
        shape: what the network is built from, JSON-able.
        metadata: training facts, JSON-able; `load_network` returns them unchanged.

    Raises:
        WeightsError: the file cannot be written.
    """
    tensors = {name: _halved(value) for name, value in net.state_dict().items()}
    header = {'kind': kind, 'shape': json.dumps(dict(shape)), 'training': json.dumps(dict(metadata))}
    _write(Path(path), tensors, header)


def read_facts(path: Path | str) -> dict[str, Any]:
    """The training facts of a checkpoint, whichever network it holds.

    Raises:
        WeightsError: the file is missing or damaged.
    """
    return _facts(_read(Path(path))[0])


def write_facts(path: Path | str, facts: Mapping[str, Any], output: Path | str) -> None:
    """Write a checkpoint of any network once more, with the same tensors and other training facts.

    Raises:
        WeightsError: the file is missing or damaged, or the other cannot be written.
    """
    header, tensors = _read(Path(path))
    _write(Path(output), tensors, header | {'training': json.dumps(dict(facts))})


def _facts(header: Mapping[str, str]) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(header.get('training', '{}'))
    return facts


def _write(path: Path, tensors: dict[str, Tensor], header: dict[str, str]) -> None:
    try:
        with written_whole(path) as file:
            file.write(save(tensors, header))
    except OSError as error:
        raise WeightsError(f'cannot write the checkpoint {path.name}: {error}; allowed: a writable folder with '
                           'some 10 MB free') from error


def load_network(path: Path | str, kind: str, build: Callable[[Mapping[str, Any]], N]) -> tuple[N, dict[str, Any]]:
    """The network of a checkpoint, in fp32 and evaluation mode, and its training facts.

    Args:
        kind: that the file must be of.
        build: makes the network from its shape.

    Raises:
        WeightsError: the file is missing, damaged, of another kind, or its tensors do not fit the network.
    """
    path = Path(path)
    header, tensors = _read(path)
    net = _build(path, header, kind, build)
    check_tensors(path, net.state_dict(), tensors)
    net.load_state_dict(tensors)
    return net.eval(), _facts(header)


def _halved(value: Tensor) -> Tensor:
    value = value.detach().cpu()
    return (value.half() if value.is_floating_point() else value).contiguous()


def _read(path: Path) -> tuple[dict[str, str], dict[str, Tensor]]:
    if not path.is_file():
        raise WeightsError(f'no checkpoint at {path}; allowed: a .safetensors file written by `pose-ros train`')
    try:
        with safe_open(path, framework='pt') as file:
            return dict(file.metadata() or {}), {name: file.get_tensor(name) for name in file.keys()}
    except (OSError, SafetensorError) as error:
        raise WeightsError(f'{path.name} is damaged or no safetensors file: {error}; allowed: a checkpoint '
                           'written by `pose-ros train`') from error


def _build(path: Path, header: Mapping[str, str], kind: str, build: Callable[[Mapping[str, Any]], N]) -> N:
    if header.get('kind') != kind:
        raise WeightsError(f'{path.name} holds weights of kind {header.get("kind")!r}; allowed: {kind!r}')
    try:
        return build(json.loads(header['shape']))
    except (KeyError, TypeError, ValueError) as error:
        raise WeightsError(f'{path.name} does not say the shape of its network ({error!r}); allowed: the fields of '
                           'its shape as JSON') from error


def check_tensors(path: Path, wanted: Mapping[str, Tensor], got: Mapping[str, Tensor]) -> None:
    """Compare the tensors of a file with those of its network, name by name and shape by shape.

    Raises:
        WeightsError: one is missing, unknown, of another shape, or not finite.
    """
    for name in sorted(wanted.keys() ^ got.keys()):
        state = 'lacks' if name in wanted else 'has an unknown'
        raise WeightsError(f'{path.name} {state} tensor {name!r}; allowed: exactly the {len(wanted)} of its network')
    for name, tensor in got.items():
        if tensor.shape != wanted[name].shape:
            raise WeightsError(f'tensor {name!r} of {path.name} has shape {tuple(tensor.shape)}; allowed: '
                               f'{tuple(wanted[name].shape)}')
        if tensor.is_floating_point() and not torch.isfinite(tensor).all():
            raise WeightsError(f'tensor {name!r} of {path.name} is not finite; allowed: finite numbers')
