"""What retarget_node publishes about its session."""
from __future__ import annotations

import numpy as np
from diagnostic_msgs.msg import DiagnosticArray
from rclpy.lifecycle import LifecycleNode
from std_msgs.msg import Header
from visualization_msgs.msg import MarkerArray

from pose_ros.bridge.diagnostics import diagnostics_to_msg
from pose_ros.bridge.qos import result_qos
from pose_ros.bridge.robot import (
    JointState,
    JointTrajectory,
    RetargetStatus,
    joint_state_to_msg,
    retarget_diagnostics,
    status_to_msg,
    step_to_msg,
)
from pose_ros.bridge.robot_markers import bones_to_msg
from pose_ros.bridge.stamps import seconds_of
from pose_ros.nodes.retarget_settings import RetargetSettings
from pose_ros.retargeting.bone_view import view_bones
from pose_ros.retargeting.drive import Step
from pose_ros.retargeting.session import Session


class RetargetOutputs:
    """The publishers; see RetargetNode.

    Args:
        node: that publishes.
        settings: of it.
        session: what it is about.

    Attributes:
        counts: what was sent and received, for the diagnostics.
    """

    def __init__(self, node: LifecycleNode, settings: RetargetSettings, session: Session) -> None:
        self._node, self._session, self._stamped = node, session, settings.stamped
        self.counts = {'trajectories': 0, 'too_late': 0, 'joint_states': 0, 'persons': 0}
        self._tick_s = session.parts.follower.tick_s
        topic = settings.trajectory_topic or f'/{session.robot.config.controller}/joint_trajectory'
        self._trajectory = node.create_lifecycle_publisher(JointTrajectory, topic, result_qos())
        self._ghost = node.create_lifecycle_publisher(JointState, '~/ghost_joint_states', result_qos())
        self._markers = node.create_lifecycle_publisher(MarkerArray, '~/markers', result_qos())
        self._status = node.create_lifecycle_publisher(RetargetStatus, '~/status', result_qos())
        self._diagnostics = node.create_lifecycle_publisher(DiagnosticArray, '/diagnostics', result_qos())

    def publish_step(self, step: Step) -> None:
        """The trajectory of one step, unless the robot is at rest and stays so, or it has become too late for it."""
        if step.moves:
            trajectory = step_to_msg(step, self._session.robot.joints, self._tick_s, self._stamped)
            if seconds_of(self._node.get_clock().now().to_msg()) > step.due:
                self.counts['too_late'] += 1
                self._session.withdraw()
            else:
                self.counts['trajectories'] += 1
                self._trajectory.publish(trajectory)

    def publish_status(self) -> None:
        """Status, ghost and markers of now."""
        session, stamp = self._session, self._node.get_clock().now().to_msg()
        self._status.publish(status_to_msg(session, stamp))
        position = session.solution.position if session.solution else session.position
        self._ghost.publish(joint_state_to_msg(session.robot.joints, position, np.zeros_like(position), stamp))
        if self._markers.get_subscription_count():
            directions = session.solution.directions if session.solution else None
            view = view_bones(session.robot, session.position, directions)
            self._markers.publish(bones_to_msg(view, Header(stamp=stamp, frame_id=session.robot.root)))

    def publish_diagnostics(self) -> None:
        """The session on /diagnostics."""
        stamp = self._node.get_clock().now().to_msg()
        status = retarget_diagnostics(self._node.get_name(), status_to_msg(self._session, stamp), self.counts)
        self._diagnostics.publish(diagnostics_to_msg([status], stamp))

    def close(self) -> None:
        """Removes the publishers from the graph."""
        for publisher in (self._trajectory, self._ghost, self._markers, self._status, self._diagnostics):
            self._node.destroy_lifecycle_publisher(publisher)
