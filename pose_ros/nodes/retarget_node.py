"""Moves a robot like a person who is seen."""
from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from rclpy.lifecycle import LifecycleState, TransitionCallbackReturn
from std_msgs.msg import String

from pose_ros.bridge.params import Parameters
from pose_ros.bridge.robot import description_qos
from pose_ros.bridge.stamps import seconds_of
from pose_ros.nodes.camera_place import CameraPlace
from pose_ros.nodes.lifecycle import StagedNode, explained
from pose_ros.nodes.retarget_inputs import RetargetInputs
from pose_ros.nodes.retarget_outputs import RetargetOutputs
from pose_ros.nodes.retarget_services import Plan, Record, RetargetServices, plan_demonstration, record_demonstration
from pose_ros.nodes.retarget_settings import RETARGET_PARTS, RetargetSettings
from pose_ros.nodes.running import run
from pose_ros.retargeting.check import check_reach
from pose_ros.retargeting.config_file import needs_description
from pose_ros.retargeting.robot import load_robot, read_urdf
from pose_ros.retargeting.session import Session
from pose_ros.retargeting.session_settings import SessionParts


class RetargetNode(StagedNode):
    """People and joint states in, a trajectory for a JointTrajectoryController out. Torch is not needed.

    NO certified safety function: keep the robot's emergency stop in your hand.

    Subscribes:
        persons (pose_ros/PersonPoseArray): people with points [m].
        joint_states (sensor_msgs/JointState): of the robot [rad].
        robot_description (std_msgs/String): its URDF, unless the robot file or `urdf` names one.
        ~/emergency_stop (std_msgs/Bool): true stops; with `safety.require_heartbeat` silence does, too.

    Publishes:
        joint_trajectory (trajectory_msgs/JointTrajectory): below the name of the controller, [rad], [rad/s]; 50 per
            second while the robot moves, and every one ends at rest.
        ~/ghost_joint_states (sensor_msgs/JointState): where the robot would be without limits of speed [rad].
        ~/markers (visualization_msgs/MarkerArray): robot bones and the person's, coloured by the angle between them.
        ~/status (pose_ros/RetargetStatus): whether the robot follows, whom, and why not; so does /diagnostics.

    Services:
        ~/enable (std_srvs/SetBool): follow the selected person, or disable.
        ~/stop (std_srvs/Trigger): brake and stay; needs a reset.
        ~/reset (std_srvs/Trigger): after a stop or a fault, to disabled.
        ~/home (std_srvs/Trigger): go to the preferred pose.
        ~/clutch (std_srvs/SetBool): stand while the person moves elsewhere.
        ~/record (std_srvs/SetBool): begin or end a recording in `record_folder`; ~/mark (std_srvs/Trigger): a segment.
        ~/replay (pose_ros/Replay): perform a recording.
        ~/select_person (pose_ros/SelectPerson): whom ~/enable follows.

    Args:
        record, plan: what ~/record and ~/replay use.
        options: of rclpy's Node.
    """

    def __init__(self, record: Record = record_demonstration, plan: Plan = plan_demonstration, **options: Any) -> None:
        super().__init__('retarget_node', **options)
        self._description = ''
        self._params = Parameters(self, [(prefix, kind()) for prefix, kind in RETARGET_PARTS])
        self._answers = RetargetServices(self, record, plan)
        self.create_subscription(String, 'robot_description', self._take_description, description_qos())
        if self._params.of(RetargetSettings).autostart:
            self._start_by_itself(self._has_description, 0.1)

    @explained
    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Reads the robot and offers the results."""
        settings = self._params.of(RetargetSettings)
        description = self._description if needs_description(settings.robot) else ''
        robot = load_robot(settings.robot, read_urdf(settings.urdf) if settings.urdf else description)
        parts = {name: self._params.of(type(part)) for name, part in vars(SessionParts()).items()}
        reach, self._session = check_reach(robot), Session(robot, time.monotonic, SessionParts(**parts))
        with ExitStack() as undo:
            self._place = CameraPlace(self, settings, robot)
            undo.callback(self._place.close)
            self._outputs = RetargetOutputs(self, settings, self._session)
            undo.callback(self._outputs.close)
            self._configured = undo.pop_all()
        self.get_logger().info(f'{robot.config.name}: {len(robot.joints)} joints, {robot.config.controller}, '
                               f'{reach.fraction:.0%} of usual poses in reach')
        return super().on_configure(state)

    @explained
    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Listens and serves; nothing moves before ~/enable, ~/home or ~/replay."""
        settings, outputs, follower = self._params.of(RetargetSettings), self._outputs, self._session.parts.follower
        self._answers.open(self._session, settings)
        self._active.callback(self._answers.close)
        self._active.callback(RetargetInputs(self, self._session, self._place, outputs.counts).close)
        for period_s, act in ((follower.advance * follower.tick_s, self._step), (1.0, outputs.publish_diagnostics),
                              (settings.status_period_s, outputs.publish_status)):
            self._active.callback(self.destroy_timer, self.create_timer(period_s, act))
        return super().on_activate(state)

    def _has_description(self) -> bool:
        settings = self._params.of(RetargetSettings)
        if self._description or settings.urdf or not needs_description(settings.robot):
            return True
        self.get_logger().info('waiting for robot_description', throttle_duration_sec=5.0)
        return False

    def _take_description(self, msg: String) -> None:
        self._description = msg.data

    def _step(self) -> None:
        step = self._session.step(seconds_of(self.get_clock().now().to_msg()))
        if step:
            self._outputs.publish_step(step)


def main(args: Sequence[str] | None = None) -> int:
    """Runs retarget_node; returns its exit status."""
    return run(RetargetNode, args)


if __name__ == '__main__':
    sys.exit(main())
