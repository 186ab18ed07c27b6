"""Several processes train one network: each learns from its own part of a batch, all make the same step."""
from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from multiprocessing.queues import SimpleQueue
from typing import Any

import torch
from torch import Tensor, distributed
from torch.multiprocessing.spawn import ProcessExitedException, ProcessRaisedException, spawn

from pose_ros.errors import DatasetError, PoseRosError


def run_processes(work: Callable[..., None], processes: int, *arguments: Any) -> None:
    """Run `work(rank, *arguments)` in `processes` processes that can average their gradients.

    Raises:
        DatasetError: one of several processes failed; says why. The others are ended.
    """
    if processes == 1:
        work(0, *arguments)
        return
    reasons: SimpleQueue[str] = get_context('spawn').SimpleQueue()
    joining = work, processes, _free_port(), reasons, arguments
    try:
        spawn(_join, joining, nprocs=processes)  # type: ignore[no-untyped-call]
    except (ProcessRaisedException, ProcessExitedException) as error:
        # The process noticed first is often another one, which lost its partner.
        reason = str(error).strip().splitlines()[-1] if reasons.empty() else reasons.get()
        raise DatasetError(f'one of {processes} processes failed: {reason}') from error


def process_count() -> int:
    """How many processes train together."""
    return distributed.get_world_size() if distributed.is_initialized() else 1


def average_gradients(weights: Sequence[Tensor]) -> None:
    """Replace every gradient by its mean over the processes."""
    if process_count() == 1:
        return
    gradients = [weight.grad for weight in weights if weight.grad is not None]
    flat = torch.cat([gradient.flatten() for gradient in gradients])
    distributed.all_reduce(flat)
    flat /= process_count()
    for gradient, mean in zip(gradients, torch.split(flat, [gradient.numel() for gradient in gradients])):
        gradient.copy_(mean.view_as(gradient))


def _join(rank: int, work: Callable[..., None], processes: int, port: int, reasons: SimpleQueue[str],
          arguments: Sequence[Any]) -> None:
    distributed.init_process_group('gloo', f'tcp://127.0.0.1:{port}', rank=rank, world_size=processes)
    try:
        work(rank, *arguments)
    except PoseRosError as error:
        reasons.put(str(error))
        raise
    finally:
        distributed.destroy_process_group()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return int(probe.getsockname()[1])
