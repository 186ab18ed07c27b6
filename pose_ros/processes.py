"""Nodes as processes of their own, in a ROS domain of their own, that never outlive the one who started them."""
from __future__ import annotations

import ctypes
import fcntl
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from pose_ros.errors import GraphError

# Linux hands out ports from 32768 on, so higher domains may find theirs taken (7400 + 250 * domain).
_DOMAINS = range(1, 101)
_PR_SET_PDEATHSIG = 1
_PATIENCE_S = 5.0
_LOG_LINES = 8


def free_domain(stack: ExitStack) -> int:
    """A ROS domain that no other demo or test on this machine uses until the stack is closed.

    Raises:
        GraphError: all are taken.
    """
    for domain in _DOMAINS:
        try:
            lock = (Path(tempfile.gettempdir()) / f'pose_ros_domain_{domain}.lock').open('w')
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            continue
        stack.enter_context(lock)
        return domain
    raise GraphError(f'no free ROS domain; all of {_DOMAINS[0]} .. {_DOMAINS[-1]} are used by other demos and tests')


def _parameters(values: Mapping[str, Any]) -> list[str]:
    # JSON quotes strings as YAML needs it, so that a camera named 0 stays a string.
    return [part for name, value in values.items() for part in ('-p', f'{name}:={json.dumps(value)}')]


@dataclass
class _Running:
    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def stop(self) -> None:
        """Ends the process and all it started: politely first, by force after a few seconds."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            if self.process.poll() is not None:
                break
            os.killpg(self.process.pid, number)
            try:
                self.process.wait(_PATIENCE_S)
            except subprocess.TimeoutExpired:
                continue

    def last_words(self) -> str:
        return '\n'.join(self.log.read_text(errors='replace').splitlines()[-_LOG_LINES:])


class NodeGraph(AbstractContextManager['NodeGraph']):
    """Starts nodes of this package in a ROS domain of their own and stops them all at the end.

    They share this machine only (discovery range LOCALHOST) and end with this process, even when it is killed.

    Args:
        log_folder: gets `<name>.log` of each node.

    Attributes:
        domain: the ROS domain.
        log_folder: as given.
    """

    def __init__(self, log_folder: Path) -> None:
        self._stack, self.log_folder = ExitStack(), log_folder
        self._nodes: dict[str, _Running] = {}
        self._libc = ctypes.CDLL(None, use_errno=True)
        log_folder.mkdir(parents=True, exist_ok=True)
        self.domain = free_domain(self._stack)

    def start(self, name: str, parameters: Mapping[str, Any], namespace: str = '',
              room: str = 'pose_ros.nodes', topics: Mapping[str, str] | None = None) -> None:
        """Start the node whose `main` is in the module `<room>.<name>`.

        Args:
            parameters: ROS parameters by name.
            namespace: of the node.
            room: package of the module.
            topics: other names for its topics.
        """
        arguments = ['-r', f'__ns:={namespace}'] if namespace else []
        arguments += [part for old, new in (topics or {}).items() for part in ('-r', f'{old}:={new}')]
        log = self.log_folder / f'{name}.log'
        environment = os.environ | {'ROS_DOMAIN_ID': str(self.domain), 'ROS_AUTOMATIC_DISCOVERY_RANGE': 'LOCALHOST',
                                    'PYTHONUNBUFFERED': '1'}
        with log.open('wb') as file:
            process = self._spawn([sys.executable, '-m', f'{room}.{name}', '--ros-args',
                                   *_parameters(parameters), *arguments], environment, file)
        self._nodes[name] = _Running(name, process, log)
        self._stack.callback(self._nodes[name].stop)

    def _spawn(self, command: list[str], environment: Mapping[str, str], log: IO[bytes]) -> subprocess.Popen[bytes]:
        parent = os.getpid()

        def end_with_parent() -> None:
            self._libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
            if os.getppid() != parent:  # it was killed in between
                os._exit(1)

        return subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                start_new_session=True, preexec_fn=end_with_parent)

    def stop(self, name: str) -> None:
        """End a node before the others; it is not checked any more."""
        self._nodes.pop(name).stop()

    def kill(self, name: str) -> None:
        """End a node by SIGKILL, as a crash would; it is not checked any more."""
        node = self._nodes.pop(name)
        os.killpg(node.process.pid, signal.SIGKILL)
        node.process.wait()

    def has_ended(self, name: str) -> bool:
        """Whether a node has ended by itself, well.

        Raises:
            GraphError: it has failed; says its last words.
        """
        node = self._nodes[name]
        if node.process.poll() not in (None, 0):
            raise GraphError(f'{name} has died with status {node.process.returncode}; '
                             f'its last words in {node.log}:\n{node.last_words()}')
        return node.process.returncode == 0

    def cpu_s(self, name: str) -> float:
        """CPU time that a node has used so far, all its threads together [s]."""
        stat = Path(f'/proc/{self._nodes[name].process.pid}/stat').read_text()
        # proc(5): utime and stime are fields 14 and 15; the name before them may hold spaces.
        ticks = stat.rpartition(')')[2].split()[11:13]
        return sum(map(int, ticks)) / os.sysconf('SC_CLK_TCK')

    def check(self) -> None:
        """Raises GraphError if any node has failed."""
        for name in self._nodes:
            self.has_ended(name)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._stack.close()
