"""The whole way: a clip with depth -> people in metres -> a simulated robot that moves like one of them."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from pose_ros.bridge.stamps import seconds_of
from pose_ros.drawing import draw_persons
from pose_ros.errors import GraphError
from pose_ros.processes import NodeGraph

if TYPE_CHECKING:
    from pose_ros.nodes.recorder import Sighting
    from pose_ros.nodes.robot_watch import RobotRun, RobotWatch, Spinner
    from pose_ros.types import Person

ROBOT = 'torso14'
# By the numbers of RetargetStatus.
STATES = ('disabled', 'arming', 'following', 'holding', 'fault')
# The camera sits on the robot's head and looks forward: roll, pitch, yaw of its optical frame [rad].
CAMERA: dict[str, Any] = {'camera': 'fixed', 'camera_xyz': [0.1, 0.0, 0.6], 'camera_rpy': [-1.5708, 0.0, -1.5708]}
# A slow computer sees few images per second: silence means less there.
PATIENT: dict[str, Any] = {'safety.soft_timeout_s': 0.6, 'safety.hard_timeout_s': 1.5, 'safety.max_age_s': 1.0,
                           'safety.max_ahead_s': 0.2, 'safety.ramp_s': 0.5, 'safety.arming_error_deg': 90.0,
                           'points.memory_s': 0.6, 'session.lead_s': 0.1, 'session.follow_error_rad': 1.0}
# Played slowly, so that a computer without a GPU sees enough of it [Hz].
RATE_HZ = 7.5
_START_S = 120.0
_RECORDED = {'image': '/camera/image_raw', 'persons': '/pose_node/persons', 'markers': '/pose_node/markers'}
# So many messages are looked at to see who stands still.
_LOOK = 5


@dataclass(frozen=True, eq=False)
class RobotShow:
    """What was seen of people and robot.

    Attributes:
        pictures: time [s] and image with people drawn on it, (H, W, 3) uint8 RGB.
        run: what the robot did.
        statuses: of retarget_node.
    """

    pictures: list[tuple[float, np.ndarray]]
    run: RobotRun
    statuses: list[Any]

    def caption(self, now: float) -> str:
        """What retarget_node said last, as of a time [s]."""
        said = [status for status in self.statuses if seconds_of(status.header.stamp) <= now]
        if not said:
            return ''
        state = STATES[said[-1].state]
        return f'{state} person {said[-1].track_id}' if not said[-1].reason else f'{state}: {said[-1].reason}'


def show_robot(source: str, folder: Path, pose_parameters: Mapping[str, Any], report: Callable[[str], None],
               stop: Event) -> RobotShow:
    """Plays a clip with depth once while a robot tries to follow whom it can match.

    Args:
        source: of camera_node; with depth.
        folder: gets logs/.
        pose_parameters: ROS parameters of pose_node.
        report: told what is being done.
        stop: set to end early.

    Raises:
        GraphError: a node died or says nothing.
        KeyboardInterrupt: it has been told to stop.
    """
    from pose_ros.nodes.recorder import recorder_in
    from pose_ros.nodes.robot_watch import robot_watch_in
    from pose_ros.retargeting.robot import load_robot
    with ExitStack() as stack:
        graph = stack.enter_context(NodeGraph(folder / 'logs'))
        controller, topics = load_robot(ROBOT).config.controller, {'persons': '/pose_node/persons'}
        pictures: list[tuple[float, np.ndarray]] = []

        def keep(sighting: Sighting) -> None:
            pictures.append((sighting.stamp_ns * 1e-9, draw_persons(sighting.image, sighting.persons)))

        _, record = stack.enter_context(recorder_in(graph.domain, _RECORDED, keep, lambda *_: None))

        def check() -> None:
            if stop.is_set():
                raise KeyboardInterrupt
            graph.check()
            record(0.0)

        watch, spinner = stack.enter_context(robot_watch_in(graph.domain, controller, check, topics))
        report('starting the robot')
        graph.start('sim_robot_node', {'robot': ROBOT})
        graph.start('retarget_node', {'robot': ROBOT, **CAMERA, **PATIENT}, topics=topics)
        graph.start('pose_node', {'image_topics': ['/camera/image_raw'], 'reliability': 'reliable',
                                  'depth_topics': ['/camera/depth/image_raw'], **pose_parameters})
        graph.start('camera_node', {'source': source, 'rate_hz': RATE_HZ, 'wait_for_subscribers': 2,
                                    'reliability': 'reliable'}, namespace='/camera')
        if not spinner.until(lambda: watch.is_complete, _START_S):
            raise GraphError(f'robot, people or retarget_node say nothing; see their logs in {graph.log_folder}')
        report('the robot follows')
        _follow(graph, watch, spinner)
        return RobotShow(pictures, watch.run(), watch.statuses)


def _follow(graph: NodeGraph, watch: RobotWatch, spinner: Spinner) -> None:
    """Lets the robot follow whoever stands stillest, and another when that one is gone, until the clip is over."""
    def over() -> bool:
        return graph.has_ended('camera_node')

    while not over():
        spinner.until(lambda: over() or stillest(watch.persons) >= 0)
        track_id = stillest(watch.persons)
        if track_id >= 0 and spinner.follow(track_id):
            spinner.until(lambda: over() or watch.is_disabled, _START_S)
        spinner.until(over, 0.3)


def stillest(persons: list[tuple[float, list[Person]]]) -> int:
    """The track_id of the person whose hips have moved least over the last messages; -1 = nobody was in all of them."""
    places: dict[int, list[np.ndarray]] = {}
    for _, people in persons[-_LOOK:]:
        for person in people:
            if person.track_id >= 0 and person.points is not None:
                hips = person.points.positions[[person.skeleton.index(name) for name in ('left_hip', 'right_hip')]]
                places.setdefault(person.track_id, []).append(hips.mean(0))
    moved = {track_id: float(np.ptp(found, axis=0).max()) for track_id, found in places.items()
             if len(found) >= _LOOK and np.isfinite(found).all()}
    return min(moved, key=moved.__getitem__, default=-1)


def run_robot(source: str, folder: Path, pose_parameters: Mapping[str, Any], report: Callable[[str], None],
              stop: Event) -> list[str]:
    """Plays the show and leaves robot.mp4 and robot.png in the folder; their names. See `show_robot`.

    Raises:
        GraphError: a node died or says nothing.
        SourceError: the video cannot be written.
    """
    from pose_ros.demo.joint_plot import plot_joints
    from pose_ros.demo.robot_video import write_robot_video
    from pose_ros.retargeting.robot import load_robot
    show, robot = show_robot(source, folder, pose_parameters, report, stop), load_robot(ROBOT)
    report('drawing the robot')
    write_robot_video(folder / 'robot.mp4', robot, show)
    cv2.imwrite(str(folder / 'robot.png'), cv2.cvtColor(plot_joints(robot, show.run), cv2.COLOR_RGB2BGR))
    return ['robot.mp4', 'robot.png']
