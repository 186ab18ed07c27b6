"""Where networks run: devices, precision and memory errors of torch."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from pose_ros.errors import EstimatorError, SettingError


def choose_device(name: str) -> torch.device:
    """The torch device of a setting: 'auto', 'cpu', 'cuda' or 'cuda:N'.

    Raises:
        SettingError: no such device here.
    """
    cuda = torch.cuda.device_count() if torch.cuda.is_available() else 0
    allowed = ['auto', 'cpu', *(['cuda'] if cuda else []), *(f'cuda:{i}' for i in range(cuda))]
    if name not in allowed:
        raise SettingError(f'device = {name!r} is not allowed here; allowed: {" | ".join(allowed)}')
    if name == 'auto':
        name = 'cuda' if cuda else 'cpu'
    return torch.device('cuda:0' if name == 'cuda' else name)


def choose_precision(name: str, device: torch.device) -> torch.dtype:
    """The number type of a setting: 'auto', 'fp32' or 'fp16'.

    Raises:
        SettingError: fp16 on a CPU, which has no fast arithmetic for it.
    """
    if name == 'fp16' and device.type == 'cpu':
        raise SettingError("precision = 'fp16' is not allowed on the CPU; allowed: auto | fp32")
    return torch.float32 if name == 'fp32' or device.type == 'cpu' else torch.float16


def use_threads(count: int) -> None:
    """Let torch use so many CPU threads; 0 leaves it as it is."""
    if count:
        torch.set_num_threads(count)


@contextmanager
def memory_errors(device: torch.device) -> Iterator[None]:
    """Turn running out of memory into an EstimatorError, after giving back what is cached.

    Raises:
        EstimatorError: the block ran out of memory.
    """
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if not isinstance(error, (MemoryError, torch.cuda.OutOfMemoryError)) and 'alloc' not in str(error).lower():
            raise
        if device.type == 'cuda':
            torch.cuda.empty_cache()
        reason = (str(error) or 'no details').splitlines()[0]
        raise EstimatorError(f'{device} ran out of memory: {reason}; '
                             'allowed: a smaller input_size or fewer images at once') from error
