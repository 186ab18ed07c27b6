"""A real ROS graph for tests: every test that asks for `graph` has a ROS domain of its own."""
from __future__ import annotations

import fcntl
import gc
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

# Linux hands out ports from 32768 on, so higher domains may find theirs taken (7400 + 250 * domain).
DOMAINS = range(1, 101)
DEADLINE_S = 20.0


def wait_until(condition: Callable[[], object], deadline_s: float = DEADLINE_S, what: str = '') -> None:
    """Returns as soon as the condition holds; fails the test when the deadline passes first."""
    end = time.monotonic() + deadline_s
    while not condition():
        assert time.monotonic() < end, f'not within {deadline_s} s: {what or condition}'
        time.sleep(0.005)


@pytest.fixture
def ros_domain(monkeypatch) -> Iterator[int]:
    """A ROS domain that no other test process on this machine uses, also set for subprocesses."""
    for domain in DOMAINS:
        try:
            lock = (Path(tempfile.gettempdir()) / f'pose_ros_domain_{domain}.lock').open('w')
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:  # another process, or another user, has it
            continue
        with lock:
            monkeypatch.setenv('ROS_DOMAIN_ID', str(domain))
            monkeypatch.setenv('ROS_AUTOMATIC_DISCOVERY_RANGE', 'LOCALHOST')
            yield domain
        return
    pytest.fail(f'no free ROS domain in {DOMAINS}')


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test on a real graph whose deadline passed gets one more try, which the report shows.

    A machine that does much else may starve a node for longer than a deadline. What fails twice fails.
    """
    late = pytest.mark.flaky(reruns=1, only_rerun=[r'not within \d+\.\d s'])
    for item in items:
        if {'graph', 'ros_domain'} & set(getattr(item, 'fixturenames', ())):
            item.add_marker(late)


class Graph:
    """A ROS context whose nodes each spin in a thread of their own."""

    def __init__(self, domain: int) -> None:
        import rclpy
        from rclpy.signals import SignalHandlerOptions
        self.context = rclpy.Context()
        rclpy.init(context=self.context, domain_id=domain, signal_handler_options=SignalHandlerOptions.NO)
        self._spinning: list[tuple] = []

    def add(self, node):
        """Spins a node of this context until the test ends; returns it."""
        from rclpy.executors import SingleThreadedExecutor
        executor = SingleThreadedExecutor(context=self.context)
        executor.add_node(node)
        thread = threading.Thread(target=executor.spin, name=f'spin {node.get_name()}')
        thread.start()
        self._spinning.append((node, executor, thread))
        return node

    def node(self, name: str = 'probe', **options):
        """A new plain node that spins."""
        import rclpy
        return self.add(rclpy.create_node(name, context=self.context, **options))

    def close(self) -> None:
        """Stops every node, the newest first, then the context."""
        for node, executor, thread in reversed(self._spinning):
            executor.shutdown()
            thread.join(DEADLINE_S)
            assert not thread.is_alive(), f'{node.get_name()} blocks its executor'
            node.destroy_node()
        self._spinning.clear()
        # rcl finishes a node when nothing of it is left, cycles included; until then another of its name logs through
        # the publisher of /rosout that it had, and nobody hears it.
        gc.collect()
        self.context.try_shutdown()


@pytest.fixture
def graph(ros_domain) -> Iterator[Graph]:
    """A fresh ROS graph in a domain of its own."""
    made = Graph(ros_domain)
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def shared() -> Path:
    """The folder of shared photos, bags and clips beside the checkout."""
    folder = Path(__file__).resolve().parents[2] / 'shared'
    if not folder.is_dir():
        pytest.skip(f'needs the shared data in {folder}')
    return folder


@pytest.fixture
def call(capsys, monkeypatch, tmp_path):
    """Runs pose-ros in a folder of its own -> (exit status, stdout, stderr)."""
    monkeypatch.setenv('COLUMNS', '160')
    monkeypatch.chdir(tmp_path)
    from pose_ros import cli

    def run(*arguments):
        with pytest.raises(SystemExit) as ended:
            cli.main([str(argument) for argument in arguments])
        return ended.value.code or 0, *capsys.readouterr()
    return run
