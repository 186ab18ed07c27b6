"""Listens to a robot, to the people it is shown and to its retarget_node, and may ask that for something."""
from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import rclpy
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.qos import QoSProfile
from rclpy.signals import SignalHandlerOptions
from std_srvs.srv import SetBool

from pose_ros.bridge.convert import PersonPoseArray, persons_from_msg
from pose_ros.bridge.robot import JointState, JointTrajectory, RetargetStatus, SelectPerson, joint_path_from_msg
from pose_ros.bridge.stamps import seconds_of
from pose_ros.nodes.recorder import patched_environment
from pose_ros.retargeting.sim_controller import JointPath, commanded
from pose_ros.types import Person

_PATIENCE_S = 30.0
_KEPT = 5000


@dataclass(frozen=True, eq=False)
class RobotRun:
    """What a robot did at T times.

    Attributes:
        joints: n names.
        times: (T,) stamps [s].
        positions, velocities: (T, n) [rad], [rad/s].
    """

    joints: tuple[str, ...]
    times: np.ndarray
    positions: np.ndarray
    velocities: np.ndarray


class RobotWatch(Node):
    """Keeps what it hears.

    Subscribes:
        joint_states (sensor_msgs/JointState), persons (pose_ros/PersonPoseArray), retarget_node/status
        (pose_ros/RetargetStatus), and the topic of the controller (trajectory_msgs/JointTrajectory).

    Args:
        controller: its name.

    Attributes:
        persons: time [s] and people of every message.
        statuses: every RetargetStatus.
    """

    def __init__(self, controller: str, **options: Any) -> None:
        super().__init__('robot_watch', **options)
        self._states: list[JointState] = []
        self._paths: list[JointPath] = []
        self.persons: list[tuple[float, list[Person]]] = []
        self.statuses: list[RetargetStatus] = []
        # Nothing may be lost while the watch is busy with something else.
        qos = QoSProfile(depth=_KEPT)
        self.create_subscription(JointState, 'joint_states', self._states.append, qos)
        self.create_subscription(JointTrajectory, f'/{controller}/joint_trajectory', self._take_path, qos)
        self.create_subscription(PersonPoseArray, 'persons', self._take_persons, qos)
        self.create_subscription(RetargetStatus, 'retarget_node/status', self.statuses.append, qos)

    def _take_path(self, msg: JointTrajectory) -> None:
        self._paths.append(joint_path_from_msg(msg))

    def _take_persons(self, msg: PersonPoseArray) -> None:
        self.persons.append((seconds_of(msg.header.stamp), persons_from_msg(msg)))

    @property
    def now(self) -> float:
        """The time of the stamps [s]."""
        return seconds_of(self.get_clock().now().to_msg())

    @property
    def is_complete(self) -> bool:
        """Whether robot, people and retarget_node have all been heard."""
        return bool(self._states and self.persons and self.statuses)

    @property
    def speed(self) -> float:
        """The fastest joint now [rad/s]."""
        return float(np.abs(self._states[-1].velocity).max()) if self._states else 0.0

    @property
    def is_disabled(self) -> bool:
        """Whether the robot waits for somebody to enable it, as of the newest status."""
        return bool(self.statuses) and self.statuses[-1].state == RetargetStatus.DISABLED

    @property
    def follows(self) -> bool:
        """Whether the robot follows, as of the newest status."""
        return bool(self.statuses) and self.statuses[-1].state == RetargetStatus.TRACKING

    def commands(self) -> list[np.ndarray]:
        """What the robot was told, one (T, n) array of positions per movement from rest to rest [rad].

        Of every trajectory counts what comes before the next one begins to differ from it: its newest decisions.
        """
        return commanded(self._paths)

    def run(self) -> RobotRun:
        """All that the robot has done so far."""
        columns = ([seconds_of(state.header.stamp) for state in self._states],
                   [state.position for state in self._states], [state.velocity for state in self._states])
        return RobotRun(tuple(self._states[-1].name), *(np.array(column, float) for column in columns))


class Spinner:
    """Serves a node until something has happened.

    Args:
        node: to be served.
        spin_once: serves it for so long [s].
        check: called between; raises if there is no point in waiting on.
    """

    def __init__(self, node: RobotWatch, spin_once: Callable[[float], None], check: Callable[[], None]) -> None:
        self._node, self._spin_once, self._check = node, spin_once, check

    def until(self, condition: Callable[[], bool], timeout_s: float = _PATIENCE_S) -> bool:
        """Whether the condition has come to hold within the time."""
        end = self._node.get_clock().now().nanoseconds + timeout_s * 1e9
        while not condition():
            if self._node.get_clock().now().nanoseconds > end:
                return False
            self._check()
            self._spin_once(0.02)
        return True

    def follow(self, track_id: int) -> bool:
        """Selects a person and enables the robot; whether both were accepted."""
        answers = (self.ask(SelectPerson, 'retarget_node/select_person', track_id=track_id),
                   self.ask(SetBool, 'retarget_node/enable', data=True))
        if all(answer is not None and answer.success for answer in answers):
            self.until(lambda: not self._node.is_disabled, 1.0)
            return True
        return False

    def ask(self, kind: Any, name: str, **fields: Any) -> Any:
        """The response of a service, or None if none comes in time."""
        client = self._node.create_client(kind, name)
        self.until(client.service_is_ready)
        future = client.call_async(kind.Request(**fields))
        return future.result() if self.until(future.done) else None


@contextmanager
def robot_watch_in(domain: int, controller: str, check: Callable[[], None],
                   topics: Mapping[str, str] | None = None) -> Iterator[tuple[RobotWatch, Spinner]]:
    """A watch in a ROS domain that only reaches this machine, and its spinner.

    Args:
        domain: ROS domain.
        controller: of the robot.
        check: see `Spinner`.
        topics: other names for the topics of the watch.
    """
    context = Context()
    with patched_environment(ROS_AUTOMATIC_DISCOVERY_RANGE='LOCALHOST'):
        rclpy.init(context=context, domain_id=domain, signal_handler_options=SignalHandlerOptions.NO)
    with ExitStack() as stack:
        stack.callback(context.try_shutdown)
        remaps = [part for old, new in (topics or {}).items() for part in ('-r', f'{old}:={new}')]
        watch = RobotWatch(controller, context=context, cli_args=['--ros-args', *remaps])
        stack.callback(watch.destroy_node)
        executor = SingleThreadedExecutor(context=context)
        stack.callback(executor.shutdown)
        executor.add_node(watch)
        yield watch, Spinner(watch, executor.spin_once, check)
