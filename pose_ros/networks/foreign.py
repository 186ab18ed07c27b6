"""Weights of other people's networks into our copies of their architectures, name by name and shape by shape."""
from __future__ import annotations

import pickle
from pathlib import Path

import torch
from torch import Tensor

from pose_ros.errors import WeightsError
from pose_ros.networks.caffe import read_caffemodel
from pose_ros.networks.checkpoint import check_tensors
from pose_ros.networks.cmu_openpose import CmuOpenPose
from pose_ros.networks.lightweight_openpose import LightweightOpenPose

COUNTER = 'num_batches_tracked'  # of batch normalisation; older checkpoints lack it, and nothing reads it


def load_lightweight(path: Path) -> LightweightOpenPose:
    """Lightweight OpenPose with the weights of its own training script (.pth).

    Raises:
        WeightsError: the file is missing, damaged, or of another network.
    """
    network = LightweightOpenPose()
    own = network.state_dict()
    tensors = {name: value for name, value in own.items() if name.endswith(COUNTER)} | read_state_dict(path)
    check_tensors(path, own, tensors)
    network.load_state_dict(tensors)
    return network.eval()


def load_cmu(path: Path) -> CmuOpenPose:
    """OpenPose's COCO network with the weights of its authors (.caffemodel).

    Raises:
        WeightsError: the file is missing, damaged, or of another network.
    """
    network = CmuOpenPose()
    own = network.state_dict()
    tensors = {}
    for name, blobs in read_caffemodel(path).items():
        for kind, blob in zip(('weight', 'bias'), blobs):
            key = f'layers.{name}.{kind}'
            # Old files write a bias as (1, 1, 1, n).
            flat = own.get(key, torch.empty(0)).ndim == 1 and blob.size == own[key].numel()
            tensors[key] = torch.from_numpy(blob.reshape(-1) if flat else blob)
    check_tensors(path, own, tensors)
    network.load_state_dict(tensors)
    return network.eval()


def read_state_dict(path: Path) -> dict[str, Tensor]:
    """The tensors of a checkpoint of torch (.pth), also of one that was trained in parallel.

    Raises:
        WeightsError: the file is missing or damaged.
    """
    try:
        content = torch.load(path, map_location='cpu', weights_only=True)
    except (OSError, RuntimeError, EOFError, pickle.UnpicklingError) as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise WeightsError(f'{path.name} is missing, damaged or no checkpoint of torch: {reason}; allowed: a .pth '
                           'with tensors') from error
    state = content.get('state_dict', content) if isinstance(content, dict) else {}
    return {str(name).removeprefix('module.'): value for name, value in state.items() if isinstance(value, Tensor)}
