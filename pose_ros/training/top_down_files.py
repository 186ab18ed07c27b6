"""Where a training of a top-down network keeps its state, where its checkpoint goes, and what that says of it."""
from __future__ import annotations

import hashlib
from dataclasses import asdict
from pathlib import Path
from typing import Any

from torch import nn

from pose_ros.training.top_down_settings import TopDownTraining

LOCAL = {'samples', 'folder', 'start', 'detector', 'output', 'threads', 'minutes_between_saves'}


def digits_of(*networks: nn.Module) -> str:
    """Twelve hexadecimal digits of the weights of networks; how their scores are calibrated does not matter."""
    digest = hashlib.sha256()
    for network in networks:
        for value in network.state_dict().values():
            digest.update(value.cpu().numpy().tobytes())
    return digest.hexdigest()[:12]


def run_folder(settings: TopDownTraining, origin: str) -> Path:
    """The folder of the run that begins with the networks of these digits."""
    return Path(settings.folder) / settings.network / origin


def output_of(settings: TopDownTraining) -> Path:
    """The checkpoint to write; its folder is made."""
    path = Path(settings.output or f'pose_ros/checkpoints/{settings.network}.safetensors')
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def recipe(settings: TopDownTraining) -> dict[str, Any]:
    """The settings that matter to others: no paths of this machine."""
    return {name: value for name, value in asdict(settings).items() if name not in LOCAL}
