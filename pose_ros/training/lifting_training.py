"""Trains the network that guesses bodies from one image (Martinez et al. 2017), with the doubt of its guesses."""
from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor

from pose_ros.networks.lifting import LiftingNet
from pose_ros.skeletons import OPENPOSE18
from pose_ros.training.lifting_bodies import anny_bodies
from pose_ros.training.lifting_samples import Samples, mixed, seen
from pose_ros.training.lifting_settings import LiftingTrainSettings
from pose_ros.weights import register

_LOG = logging.getLogger(__name__)
_LEAST_DEVIATION = 0.003


def train_lifting(settings: LiftingTrainSettings) -> Path:
    """Trains, writes the checkpoint in half precision, registers it; returns its path.

    Raises:
        DatasetError: the bodies cannot be made.
    """
    if settings.threads:
        torch.set_num_threads(settings.threads)
    torch.manual_seed(settings.seed)
    bodies, random = _bodies(settings), np.random.default_rng(settings.seed + 1)
    network = LiftingNet(len(OPENPOSE18), settings.width, settings.blocks)
    optimiser = torch.optim.AdamW(network.parameters(), settings.learning_rate, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, settings.steps)
    for step in range(settings.steps):
        chosen = bodies[random.integers(len(bodies), size=settings.batch)]
        error = loss(network, seen(mixed(chosen, random), random))
        optimiser.zero_grad()
        error.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()
        if step % 200 == 0 or step == settings.steps - 1:
            _LOG.warning('step %d of %d: loss %.3f', step, settings.steps, error.item())
    return _written(network, Path(settings.output))


def loss(network: LiftingNet, samples: Samples) -> Tensor:
    """Negative log likelihood of Laplace distributions, one across the view and one along it for each keypoint.

    The largest likelihood is where the deviations are the mean absolute errors: the network says how far off it is.
    """
    guess, truth = network(torch.from_numpy(samples.features)), torch.from_numpy(samples.shapes)
    known = torch.isfinite(truth).all(dim=2)
    misses = (guess[:, :, :3] - torch.nan_to_num(truth)).abs()
    across, along = (torch.log(_LEAST_DEVIATION + torch.exp(guess[:, :, i].clamp(-8, 2))) for i in (3, 4))
    terms = (misses[:, :, :2].sum(dim=2) / torch.exp(across) + 2 * across
             + misses[:, :, 2] / torch.exp(along) + along)
    return terms[known].mean()


def _bodies(settings: LiftingTrainSettings) -> np.ndarray:
    path = Path(settings.folder) / f'bodies_{settings.bodies}_{settings.seed}.npy'
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, anny_bodies(settings.bodies, Path(settings.poses), settings.seed).astype(np.float32))
    return np.asarray(np.load(path))


def _written(network: LiftingNet, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: value.half().contiguous() for name, value in network.state_dict().items()}, path)
    register('lifting', path.name, 'Apache-2.0', OPENPOSE18.name, path.parent)
    return path
