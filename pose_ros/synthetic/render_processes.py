"""Several processes that render shards of synthetic scenes side by side."""
from __future__ import annotations

from collections.abc import Sequence
from multiprocessing import connection, get_context
from multiprocessing.queues import SimpleQueue
from types import TracebackType
from typing import Any, Protocol

from pose_ros.errors import DatasetError


class Render(Protocol):
    """Renders the shards of some seeds; can be pickled."""

    def __call__(self, seeds: Sequence[int]) -> None:
        """Raise DatasetError when it cannot."""


class RenderProcesses:
    """Starts `count` processes that share the seeds; leaving the block ends them."""

    def __init__(self, render: Render, seeds: Sequence[int], count: int) -> None:
        context = get_context('spawn')
        self._reasons: SimpleQueue[str] = context.SimpleQueue()
        parts = [seeds[i::count] for i in range(min(count, len(seeds)))]
        self._processes = [context.Process(target=_work, args=(render, part, self._reasons), daemon=True)
                           for part in parts]

    def __enter__(self) -> RenderProcesses:
        for process in self._processes:
            process.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.join()

    def wait(self, seconds: float) -> bool:
        """Wait until a process ends, at most so long; whether some still render.

        Raises:
            DatasetError: one failed; says why.
        """
        alive: list[Any] = [process.sentinel for process in self._processes if process.is_alive()]
        connection.wait(alive, seconds)
        for process in self._processes:
            if process.exitcode:
                reason = f'exit code {process.exitcode}' if self._reasons.empty() else self._reasons.get()
                raise DatasetError(f'a process that renders failed: {reason}')
        return any(process.is_alive() for process in self._processes)


def _work(render: Render, seeds: Sequence[int], reasons: SimpleQueue[str]) -> None:
    try:
        render(seeds)
    except DatasetError as error:
        reasons.put(str(error))
        raise SystemExit(f'rendering stopped: {error}') from error
