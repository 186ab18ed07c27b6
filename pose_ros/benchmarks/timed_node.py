"""A pose_node in a process of its own, to be timed from outside."""
from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from pose_ros.errors import GraphError
from pose_ros.processes import NodeGraph

if TYPE_CHECKING:
    from pose_ros.nodes.stopwatch import Stopwatch

_START_S = 60.0
_BLACK = np.zeros((480, 640, 3), np.uint8)


@contextmanager
def timed_node(name: str, parameters: dict[str, Any],
               room: str = 'pose_ros.nodes') -> Iterator[tuple[Stopwatch, Callable[[], float]]]:
    """A pose_node in a process of its own, and a stopwatch that has already got people from it.

    Args:
        name: of the module with the `main` of the node.
        parameters: ROS parameters by name.
        room: package of the module.

    Yields:
        The stopwatch, and the CPU time that the node has used so far [s].

    Raises:
        GraphError: the node died or did not answer in time.
    """
    from pose_ros.nodes.stopwatch import stopwatch_in
    with ExitStack() as stack:
        graph = stack.enter_context(NodeGraph(Path(stack.enter_context(TemporaryDirectory()))))
        graph.start(name, parameters, room=room)
        stopwatch = stack.enter_context(stopwatch_in(graph.domain))
        end_s = time.monotonic() + _START_S
        while not stopwatch.time(_BLACK, 1, 1.0, patience_s=0.5):
            graph.check()
            if time.monotonic() > end_s:
                raise GraphError(f'{name} gave no people within {_START_S:g} s')
        yield stopwatch, lambda: graph.cpu_s(name)
