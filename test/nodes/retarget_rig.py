"""retarget_node and sim_robot_node on a real graph, and somebody who shows a person to them."""
from __future__ import annotations

from typing import Any

import numpy as np
from conftest import DEADLINE_S, Graph, wait_until
from geometry_msgs.msg import Point
from rclpy.parameter import Parameter
from rclpy.qos import QoSProfile
from std_msgs.msg import Header

from pose_ros.benchmarks.motions import ARMS, move
from pose_ros.bridge.qos import result_qos
from pose_ros.bridge.robot import JointState, JointTrajectory, RetargetStatus
from pose_ros.msg import Keypoint, PersonPose, PersonPoseArray
from pose_ros.nodes.retarget_node import RetargetNode
from pose_ros.nodes.sim_robot_node import SimRobotNode
from pose_ros.skeletons import COCO17

RATE_HZ = 30.0
MOTION = move(1800)
PLACES = [ARMS.index(name) if name in ARMS.keypoints else -1 for name in COCO17.keypoints]
# The person stands so far in front of the robot [m].
AWAY = np.array([3.0, 0.0, 0.0])


def people_msg(stamp: Any, frame: int, track_id: int = 1, away: np.ndarray = AWAY) -> PersonPoseArray:
    """One person of the motion as a message, in the robot's base frame."""
    points = MOTION.points[frame % len(MOTION.points)] + away
    keypoints = [_keypoint(points[place]) if place >= 0 else _keypoint(np.full(3, np.nan)) for place in PLACES]
    person = PersonPose(track_id=track_id, track_state=PersonPose.TRACKED, score=0.9, keypoints=keypoints, has_3d=True)
    return PersonPoseArray(header=Header(stamp=stamp, frame_id='camera'), skeleton_format=COCO17.name,
                           keypoint_names=list(COCO17.keypoints), persons=[person])


def _keypoint(point: np.ndarray) -> Keypoint:
    known = bool(np.isfinite(point).all())
    x, y, z = point.tolist()
    return Keypoint(x=float('nan'), y=float('nan'), score=0.9 * known, position=Point(x=x, y=y, z=z),
                    depth_source=Keypoint.SENSOR if known else Keypoint.NONE)


class RetargetRig:
    """A person who moves while `showing`, and all that is published is kept.

    Attributes:
        node, sim: the nodes, after start().
        states: joint states received: (time [s], positions).
        status: the newest RetargetStatus.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph, self.probe = graph, graph.node('probe')
        self.states: list[JointState] = []
        self.paths: list[JointTrajectory] = []
        self.statuses: list[RetargetStatus] = []
        self.showing, self.frame, self.track_id, self.away = True, 0, 1, AWAY
        self.persons = self.probe.create_publisher(PersonPoseArray, '/persons', result_qos())
        self.probe.create_subscription(JointState, '/joint_states', self.states.append, QoSProfile(depth=5000))
        self.probe.create_subscription(JointTrajectory, '/arm_controller/joint_trajectory', self.paths.append,
                                       QoSProfile(depth=5000))
        self.probe.create_subscription(RetargetStatus, '/retarget_node/status', self.statuses.append, result_qos())
        self.probe.create_timer(1 / RATE_HZ, self._show)

    def _show(self) -> None:
        if self.showing:
            stamp = self.probe.get_clock().now().to_msg()
            self.persons.publish(people_msg(stamp, self.frame, self.track_id, self.away))
            self.frame += 1

    def start(self, sim: dict[str, Any] | None = None, injected: dict[str, Any] | None = None,
              deadline_s: float = DEADLINE_S, **values: Any) -> RetargetNode:
        """Starts both nodes with parameters and waits until people and joint states get through."""
        # The base frame is the robot's root link, turned: the points are in the root link here.
        given = {'camera': 'fixed', 'camera_rpy': [-1.5708, 0.0, 0.0], 'safety.ramp_s': 0.2, 'safety.max_age_s': 1.0,
                 'safety.soft_timeout_s': 0.5, 'safety.hard_timeout_s': 3.0, 'session.lead_s': 0.1,
                 'session.follow_error_rad': 1.0, **values}
        self.sim = self.graph.add(SimRobotNode(context=self.graph.context, parameter_overrides=_overrides(sim or {})))
        self.node = self.graph.add(RetargetNode(context=self.graph.context, parameter_overrides=_overrides(given),
                                                **(injected or {})))
        wait_until(lambda: self.statuses, deadline_s, what='status')
        wait_until(lambda: self.persons.get_subscription_count() and self.states, what='people and joint states')
        return self.node

    def call(self, kind: type, name: str, **fields: Any) -> Any:
        """The response of a service of retarget_node."""
        client = self.probe.create_client(kind, f'/retarget_node/{name}')
        wait_until(client.service_is_ready, what=name)
        future = client.call_async(kind.Request(**fields))
        wait_until(future.done, what=f'{name} answered')
        return future.result()

    def wait_for(self, state: int, what: str = '') -> RetargetStatus:
        """The first status from now on that has this state."""
        self.statuses.clear()
        wait_until(lambda: any(status.state == state for status in self.statuses), what=what or f'state {state}')
        return next(status for status in self.statuses if status.state == state)

    def moves(self) -> bool:
        """Whether the robot has moved between the last two joint states."""
        return len(self.states) > 1 and np.abs(self.states[-1].velocity).max() > 1e-3

    def comes_to_rest(self) -> None:
        """Waits until the robot stands, and is told nothing else."""
        wait_until(lambda: not self.moves(), what='at rest')


def _overrides(values: dict[str, Any]) -> list[Parameter]:
    return [Parameter(name, value=value) for name, value in values.items()]
