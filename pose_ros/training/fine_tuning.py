"""One run of learning from a trained start: new layers first, then all; survives being stopped."""
from __future__ import annotations

import copy
import json
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from pose_ros.errors import DatasetError
from pose_ros.training.top_down_files import run_folder
from pose_ros.training.top_down_settings import TopDownTraining

WARM_UP_STEPS = 50
LARGEST_GRADIENT = 5.0
MEMORY_OF_AVERAGE = 0.995
LOG_EVERY = 25  # steps
TRIALS = 4      # steps that say what the others will cost


class Task(Protocol):
    """What is learnt.

    Attributes:
        net: the network. started: the part of it that has weights to begin with.
        origin: digits of what it begins with; another start is another run.
    """

    origin: str

    @property
    def net(self) -> nn.Module:
        """See the class."""

    @property
    def started(self) -> nn.Module:
        """See the class."""

    def batches(self, first: int) -> Iterator[Any]:
        """Without end; other ones for a run that goes on after `first` samples."""

    def losses(self, net: Any, batch: Any) -> Mapping[str, Tensor]:
        """Summed into the total."""

    def write(self, net: Any, facts: Mapping[str, Any]) -> None:
        """Write the checkpoint."""


class FineTuning:
    """A run.

    Attributes:
        average: moving average of the network, what is shipped.
        samples: seen so far.
    """

    def __init__(self, task: Task, settings: TopDownTraining) -> None:
        torch.set_num_threads(settings.threads)
        self._task, self._settings = task, settings
        self._folder = folder = run_folder(settings, task.origin)
        started = {id(weight) for weight in task.started.parameters()}
        new = [weight for weight in task.net.parameters() if id(weight) not in started]
        groups = [{'params': new, 'share': 1.0},
                  {'params': list(task.started.parameters()), 'share': settings.start_rate}]
        self._optimizer = torch.optim.AdamW(groups, lr=settings.learning_rate, weight_decay=1e-4)
        self.average = copy.deepcopy(task.net).eval().requires_grad_(False)
        self.step, self.samples = 0, 0
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / 'state.pt').exists():
            self._resume()

    def cost_s(self) -> float:
        """CPU seconds that the rest of the run will take, measured on a few batches without learning from them."""
        batches, settings = self._task.batches(0), self._settings
        resting = max(0.0, settings.frozen_share * settings.samples - self.samples)
        learning = max(0.0, settings.samples - self.samples - resting)
        return sum(samples / settings.batch * self._step_s(batches, rests) if samples else 0.0
                   for samples, rests in ((resting, True), (learning, False)))

    def _step_s(self, batches: Iterator[Any], rests: bool) -> float:
        """CPU seconds of a step, the mean of a few; the first one, which sets things up, does not count."""
        self._to_training(rests)
        self._gradients(next(batches))
        begin = time.process_time()
        for batch in islice(batches, TRIALS):
            self._gradients(batch)
        return (time.process_time() - begin) / TRIALS

    def learn(self, progress: Callable[[int, str], None] = lambda samples, words: None) -> None:
        """To the end, with a state to go on from now and then; the checkpoint is written at the end.

        Raises:
            DatasetError: the data are missing or damaged, or the disk is full.
        """
        saved, recent = time.monotonic(), list[dict[str, float]]()
        for batch in self._task.batches(self.samples):
            if self.samples >= self._settings.samples:
                break
            recent.append(self._learn(batch))
            if len(recent) == LOG_EVERY:
                progress(self.samples, self._log(recent))
                recent.clear()
            if time.monotonic() - saved > 60 * self._settings.minutes_between_saves:
                self._save()
                saved = time.monotonic()
        self._save()
        self._task.write(self.average, {'samples': self.samples, 'steps': self.step, 'origin': self._task.origin})

    def _learn(self, batch: Any) -> dict[str, float]:
        self._set_rates()
        losses = self._gradients(batch)
        nn.utils.clip_grad_norm_(self._task.net.parameters(), LARGEST_GRADIENT)
        self._optimizer.step()
        self._follow()
        self.step, self.samples = self.step + 1, self.samples + self._settings.batch
        return {name: loss.item() for name, loss in losses.items()}

    def _gradients(self, batch: Any) -> Mapping[str, Tensor]:
        with torch.autocast('cpu', torch.bfloat16):
            losses = self._task.losses(self._task.net, batch)
        self._optimizer.zero_grad(set_to_none=True)
        sum(losses.values(), torch.zeros(())).backward()  # type: ignore[no-untyped-call]
        return losses

    def _set_rates(self) -> None:
        """Warm-up, constant, then linear to 0."""
        settings, done = self._settings, self.samples / self._settings.samples
        rate = settings.learning_rate * min(1, (self.step + 1) / WARM_UP_STEPS)
        rate *= min(1.0, max(0.0, 1 - done) / max(settings.decay_share, 1e-9))
        for group in self._optimizer.param_groups:
            group['lr'] = rate * group['share']
        self._to_training(done < settings.frozen_share)

    def _to_training(self, rests: bool) -> None:
        """The layers that bring weights rest at first, their statistics for ever."""
        self._task.net.train()
        self._task.started.eval()
        self._task.started.requires_grad_(not rests)

    def _follow(self) -> None:
        share = 1 - min(MEMORY_OF_AVERAGE, (self.step + 1) / (self.step + 10))
        with torch.no_grad():
            for mine, theirs in zip(self.average.state_dict().values(), self._task.net.state_dict().values()):
                if mine.is_floating_point():
                    mine.lerp_(theirs, share)
                else:
                    mine.copy_(theirs)

    def _log(self, recent: list[dict[str, float]]) -> str:
        means = {name: round(sum(step[name] for step in recent) / len(recent), 5) for name in recent[0]}
        line = {'time_s': round(time.time(), 1), 'samples': self.samples, **means}
        with (self._folder / 'log.jsonl').open('a') as file:
            file.write(json.dumps(line) + '\n')
        return ' '.join(f'{name} {value:.3f}' for name, value in means.items())

    def _save(self) -> None:
        state = {'net': self._task.net.state_dict(), 'average': self.average.state_dict(),
                 'optimizer': self._optimizer.state_dict(), 'step': self.step, 'samples': self.samples}
        partial = self._folder / 'state.partial'
        try:
            torch.save(state, partial)
            partial.replace(self._folder / 'state.pt')
        except (OSError, RuntimeError) as error:
            raise DatasetError(f'cannot write {partial}: {error}; allowed: a folder with 100 MB free') from error

    def _resume(self) -> None:
        path = self._folder / 'state.pt'
        try:
            state = torch.load(path, weights_only=True)
            self._task.net.load_state_dict(state['net'])
            self.average.load_state_dict(state['average'])
            self._optimizer.load_state_dict(state['optimizer'])
        except Exception as error:  # torch.load raises many undocumented kinds for damaged files
            raise DatasetError(f'cannot resume from {path}: {error}; allowed: the state of a run of the same network; '
                               'delete the file to start again') from error
        self.step, self.samples = state['step'], state['samples']
