"""Runs a node as a process: it ends cleanly on SIGINT and SIGTERM in any state."""
from __future__ import annotations

import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from typing import Any, TypeVar

import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.logging import get_logger
from rclpy.node import Node
from rclpy.signals import SignalHandlerOptions
from rclpy.utilities import try_shutdown

from pose_ros.bridge.transport import large_images
from pose_ros.errors import PoseRosError

N = TypeVar('N', bound=Node)


def run(make: Callable[[], N], args: Sequence[str] | None = None,
        task: Callable[[N], Future[Any] | None] = lambda _: None) -> int:
    """Makes a node and spins it until a signal, or until its task has ended.

    rclpy's own signal handlers are not used: they end the context under threads that still publish.

    Args:
        make: returns the node.
        args: of the process; None takes sys.argv.
        task: returns the future whose end ends the node, or None.

    Returns:
        Exit status: 0, or 1 after an expected error, which is logged.
    """
    os.environ.update(large_images(os.environ))
    rclpy.init(args=list(args) if args is not None else None, signal_handler_options=SignalHandlerOptions.NO)
    try:
        return _spin(make, task, _stop_on_signals())
    except PoseRosError as error:
        get_logger('pose_ros').fatal(str(error))
        return 1
    finally:
        try_shutdown()


def _stop_on_signals() -> Event:
    stop = Event()

    def on_signal(number: int, _: object) -> None:
        stop.set()
        signal.signal(number, signal.SIG_DFL)  # a second Ctrl-C ends even a node that hangs

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)
    return stop


def _spin(make: Callable[[], N], task: Callable[[N], Future[Any] | None], stop: Event) -> int:
    node = make()
    executor = SingleThreadedExecutor()
    executor.add_node(node)
    try:
        with ThreadPoolExecutor(1, thread_name_prefix='spin') as pool:
            ends = [end for end in (task(node), pool.submit(executor.spin)) if end]
            for end in ends:
                end.add_done_callback(lambda _: stop.set())
            stop.wait()
            executor.shutdown()
        for end in ends:
            if end.done():
                end.result()
        return 0
    finally:
        node.destroy_node()
