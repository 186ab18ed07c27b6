"""One training run: its state, its steps, and how it survives being stopped."""
from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from pose_ros.errors import DatasetError
from pose_ros.files import written_whole
from pose_ros.networks.openpose import OpenPoseNet
from pose_ros.training.batches import Batch
from pose_ros.training.hints import HintHead, hint_loss
from pose_ros.training.losses import map_losses
from pose_ros.training.parallel import average_gradients, process_count
from pose_ros.training.settings import TrainSettings

WARM_UP_STEPS = 200
LARGEST_GRADIENT = 5.0
MEMORY_OF_AVERAGE = 0.998


@dataclass(frozen=True)
class StepLosses:
    """Means per map cell of one step."""

    total: float
    heat: float
    paf: float
    hint: float


def learning_rate(settings: TrainSettings, step: int, samples: int) -> float:
    """Warm-up, constant, then linear to 0: a run can be prolonged at any time before its decay."""
    left = 1 - samples / settings.samples
    rise, fall = (step + 1) / WARM_UP_STEPS, max(0.0, left) / max(settings.decay_share, 1e-9)
    return settings.learning_rate * min(1, rise) * min(1, fall)


class Average:
    """Exponential moving average of a network's weights: what is shipped (Polyak)."""

    def __init__(self, net: OpenPoseNet) -> None:
        self.net = copy.deepcopy(net).eval().requires_grad_(False)

    def update(self, net: OpenPoseNet, step: int) -> None:
        """Move towards `net`; in the first steps faster."""
        share = 1 - min(MEMORY_OF_AVERAGE, (step + 1) / (step + 10))
        with torch.no_grad():
            for mine, theirs in zip(self.net.state_dict().values(), net.state_dict().values()):
                if mine.is_floating_point():
                    mine.lerp_(theirs, share)
                else:
                    mine.copy_(theirs)


class Trainer:
    """The network in training and everything that a resumed run needs.

    Attributes:
        net: being trained. average: its moving average.
        step, samples: steps made and pictures seen.
    """

    def __init__(self, settings: TrainSettings, net: OpenPoseNet | None = None) -> None:
        torch.manual_seed(settings.seed)
        self.settings = settings
        self.device = torch.device(_device(settings.device))
        self.net = (net or OpenPoseNet()).to(self.device).to(memory_format=torch.channels_last)
        self.hints = HintHead(self.net.shape.widths).to(self.device)
        self.average = Average(self.net)
        self._weights = [*self.net.parameters(), *self.hints.parameters()]
        self._optimizer = torch.optim.AdamW(self._weights, lr=settings.learning_rate, weight_decay=1e-4,
                                            fused=True)  # several times faster on CPUs, too
        self.step, self.samples = 0, 0

    def learn(self, batch: Batch) -> StepLosses:
        """One step of gradient descent."""
        for group in self._optimizer.param_groups:
            group['lr'] = learning_rate(self.settings, self.step, self.samples)
        losses, total = self._losses(batch)
        self._optimizer.zero_grad(set_to_none=True)
        total.backward()  # type: ignore[no-untyped-call]
        average_gradients(self._weights)
        nn.utils.clip_grad_norm_(self._weights, LARGEST_GRADIENT)
        self._optimizer.step()
        self.average.update(self.net, self.step)
        self.step, self.samples = self.step + 1, self.samples + len(batch.images) * process_count()
        return losses

    def _losses(self, batch: Batch) -> tuple[StepLosses, Tensor]:
        self.net.train()
        images = batch.images.to(self.device).float().div(255).contiguous(memory_format=torch.channels_last)
        with torch.autocast(self.device.type, torch.bfloat16):
            levels = self.net.encode(images)
            stages = self.net.maps(levels)
            predicted = self.hints(levels) if self.settings.hint_share > 0 else None
        total, heat, paf = map_losses(stages, batch.maps.to(self.device).float(), batch.weights.to(self.device).float())
        hint = torch.zeros((), device=self.device)
        if predicted is not None:
            hint = hint_loss(predicted, batch.hints.to(self.device), batch.hinted.to(self.device))
        total = total + self.settings.hint_weight * hint
        return StepLosses(total.item(), heat.item(), paf.item(), hint.item()), total

    def save(self, path: Path) -> None:
        """Write the state of the run, atomically.

        Raises:
            DatasetError: the disk is full or the folder not writable; the old state is kept.
        """
        state = {'net': self.net.state_dict(), 'average': self.average.net.state_dict(),
                 'hints': self.hints.state_dict(), 'optimizer': self._optimizer.state_dict(),
                 'step': self.step, 'samples': self.samples, 'shape': asdict(self.net.shape)}
        try:
            with written_whole(path) as file:
                torch.save(state, file)
        except (OSError, RuntimeError) as error:
            raise DatasetError(f'cannot write {path}: {error}; allowed: a writable folder with 100 MB free') from error

    def resume(self, path: Path) -> None:
        """Take up the state of a run where it was saved.

        Raises:
            DatasetError: the file is damaged or of another network.
        """
        try:
            state = torch.load(path, map_location=self.device, weights_only=True)
            self._load(state)
        except Exception as error:  # torch.load raises many undocumented kinds for damaged files
            raise DatasetError(f'cannot resume from {path}: {error}; allowed: the state of a run of the same network; '
                               'delete the file to start again') from error

    def _load(self, state: Mapping[str, Any]) -> None:
        self.net.load_state_dict(state['net'])
        self.average.net.load_state_dict(state['average'])
        self.hints.load_state_dict(state['hints'])
        optimizer = state['optimizer']
        for group in optimizer['param_groups']:
            group['fused'] = True  # the state may be of a run that was not
        self._optimizer.load_state_dict(optimizer)
        self.step, self.samples = state['step'], state['samples']


def _device(name: str) -> str:
    return ('cuda' if torch.cuda.is_available() else 'cpu') if name == 'auto' else name
