"""retarget_node, a simulated robot and a person as processes on a real graph: limits kept, and how soon it stops.

The person is lost, and retarget_node is killed by SIGKILL, while the robot moves; the times are those of the stamps in
the joint states of the simulated robot, from the loss or the kill to the last movement.
"""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from pose_ros.benchmarks.row import Row
from pose_ros.errors import GraphError
from pose_ros.processes import NodeGraph

if TYPE_CHECKING:
    from pose_ros.nodes.robot_watch import RobotRun, RobotWatch, Spinner

# The axes of the base frame in the root link of each robot: roll, pitch, yaw [rad].
AXES = {'arm7': [-1.5708, 0.0, 0.0], 'torso14': [0.0, 0.0, 0.0], 'torso17': [0.0, 0.0, 0.0]}
# Faster than this is no rest, and worth stopping [rad/s].
AT_REST, MOVING = 0.02, 0.15
FOLLOWED_S, TICK_S = 5.0, 0.01


@dataclass(frozen=True, eq=False)
class Stage:
    """The processes, and who watches them."""

    graph: NodeGraph
    watch: RobotWatch
    spinner: Spinner

    def follow(self) -> None:
        """Enables the robot and waits until it follows.

        Raises:
            GraphError: it does not.
        """
        if not (self.spinner.until(self._enabled) and self.spinner.until(lambda: self.watch.follows)):
            raise GraphError(f'the robot does not follow: {self.watch.statuses[-1].reason}')

    def _enabled(self) -> bool:
        from std_srvs.srv import SetBool
        answer = self.spinner.ask(SetBool, 'retarget_node/enable', data=True)
        return answer is not None and answer.success

    def wait_for_motion(self) -> None:
        """Returns in the middle of a movement."""
        if not self.spinner.until(lambda: self.watch.speed > MOVING):
            raise GraphError(f'the robot never moves faster than {MOVING} rad/s')


@contextmanager
def stage(robot: str = 'arm7', physics: str = 'kinematic', **parameters: Any) -> Iterator[Stage]:
    """A person, a simulated robot with this physics and a retarget_node with these parameters, all heard.

    Raises:
        GraphError: one of them has died or says nothing.
    """
    from pose_ros.nodes.robot_watch import robot_watch_in
    from pose_ros.retargeting.robot import load_robot
    with ExitStack() as stack:
        graph = stack.enter_context(NodeGraph(Path(stack.enter_context(TemporaryDirectory()))))
        graph.start('sim_robot_node', {'robot': robot, 'physics': physics})
        graph.start('person_show', {}, room='pose_ros.benchmarks')
        graph.start('retarget_node', {'robot': robot, 'camera': 'fixed', 'camera_rpy': AXES[robot],
                                      'safety.ramp_s': 0.2, **parameters})
        controller = load_robot(robot).config.controller
        watch, spinner = stack.enter_context(robot_watch_in(graph.domain, controller, graph.check))
        if not spinner.until(lambda: watch.is_complete, 60.0):
            raise GraphError('robot, person or retarget_node say nothing after 60 s')
        yield Stage(graph, watch, spinner)


def rows(robot: str = 'arm7') -> list[Row]:
    """What the robot did while it followed, after the person was lost, and after the node was killed."""
    if find_spec('pinocchio') is None:
        return []
    name = f'retarget_node.{robot}'
    with stage(robot) as here:
        here.follow()
        here.spinner.until(lambda: False, FOLLOWED_S)
        here.wait_for_motion()
        here.graph.kill('person_show')
        here.spinner.until(lambda: False, 1.0)
        lost_ms, drift_deg = since(here.watch.run(), here.watch.persons[-1][0])
        broken = violations(robot, here.watch)
    return [Row(f'{name}.violations', broken, ''), Row(f'{name}.lost.rest_ms', lost_ms, 'ms'),
            Row(f'{name}.lost.drift_deg', drift_deg, 'deg'), *_sigkills(name, robot)]


def _sigkills(name: str, robot: str) -> list[Row]:
    kinds = {'': 'kinematic', 'mujoco.': 'mujoco'} if find_spec('mujoco') else {'': 'kinematic'}
    return [Row(f'{name}.{part}sigkill.rest_ms', killed(robot, kind)[0], 'ms') for part, kind in kinds.items()]


def killed(robot: str = 'arm7', physics: str = 'kinematic') -> tuple[float, float]:
    """Kills retarget_node in motion; see `since`."""
    with stage(robot, physics) as here:
        here.follow()
        here.wait_for_motion()
        now = here.watch.now
        here.graph.kill('retarget_node')
        here.spinner.until(lambda: False, 1.0)
        return since(here.watch.run(), now)


def since(run: RobotRun, moment: float) -> tuple[float, float]:
    """How long after a moment [s] the robot moved [ms], and how far [deg]."""
    after = run.times >= moment
    times, positions, velocities = run.times[after], run.positions[after], run.velocities[after]
    moving = np.flatnonzero((np.abs(velocities) > AT_REST).any(1))
    rest_ms = 1e3 * float(times[moving[-1]] - moment) if len(moving) else 0.0
    return rest_ms, float(np.degrees(np.abs(positions - positions[0]).max()))


def violations(robot: str, watch: RobotWatch) -> int:
    """How many of the poses that the robot was told break a limit of position, velocity or acceleration."""
    from pose_ros.retargeting.rehearsal import violations as broken
    from pose_ros.retargeting.robot import load_robot
    limits = load_robot(robot).limits
    return sum(sum(broken(limits, positions, TICK_S)) for positions in watch.commands())
