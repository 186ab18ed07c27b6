"""A robot that is not there: a JointTrajectoryController's interface, its checks and its interpolation."""
from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from rclpy.node import Node
from std_msgs.msg import String

from pose_ros.bridge.diagnostics import diagnostics_to_msg
from pose_ros.bridge.params import Parameters
from pose_ros.bridge.qos import result_qos
from pose_ros.bridge.robot import JointState, JointTrajectory, description_qos, joint_path_from_msg, joint_state_to_msg
from pose_ros.bridge.stamps import seconds_of
from pose_ros.errors import RobotError
from pose_ros.nodes.retarget_settings import SimRobotSettings
from pose_ros.nodes.running import run
from pose_ros.retargeting.robot import load_robot, read_urdf
from pose_ros.retargeting.sim_controller import SimController
from pose_ros.retargeting.sim_physics import SimPhysics


class SimRobotNode(Node):
    """A simulated robot that stands in its preferred pose until it is told to move.

    Subscribes:
        joint_trajectory (trajectory_msgs/JointTrajectory): below the name of the robot's controller; [rad], [rad/s].

    Publishes:
        joint_states (sensor_msgs/JointState): [rad], [rad/s]; where the joints are, with `physics` = mujoco.
        robot_description (std_msgs/String): the URDF, kept for those who come late.
        /diagnostics (diagnostic_msgs/DiagnosticArray): trajectories taken and refused, targets that had to be clipped.

    What a JointTrajectoryController would refuse is refused, and logged as an error; the old trajectory goes on.

    Raises:
        SettingError: a parameter that is not allowed.
        RobotError: the robot file or the URDF cannot be used, or MuJoCo is wanted and missing.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__('sim_robot_node', **options)
        self._params = Parameters(self, [('', SimRobotSettings())])
        settings = self._params.of(SimRobotSettings)
        self.robot = load_robot(settings.robot, read_urdf(settings.urdf) if settings.urdf else '')
        self.controller = SimController(self.robot.joints, self.robot.limits, self.robot.home, settings.start_tolerance)
        self._joints = self.controller if settings.physics == 'kinematic' else SimPhysics(self.robot, self.controller)
        self._taken = self._refused = 0
        self._states = self.create_publisher(JointState, 'joint_states', result_qos())
        self._description = self.create_publisher(String, 'robot_description', description_qos())
        self._diagnostics = self.create_publisher(DiagnosticArray, '/diagnostics', result_qos())
        self._description.publish(String(data=self.robot.urdf))
        self.create_subscription(JointTrajectory, f'/{self.robot.config.controller}/joint_trajectory', self._accept,
                                 result_qos())
        self.create_timer(1 / settings.rate_hz, self._move)
        self.create_timer(1.0, self._diagnose)

    @property
    def _now(self) -> float:
        return seconds_of(self.get_clock().now().to_msg())

    def _accept(self, msg: JointTrajectory) -> None:
        try:
            if self._params.of(SimRobotSettings).refuse:
                raise RobotError('the controller is not active')
            self.controller.accept(joint_path_from_msg(msg), self._now)
            self._taken += 1
        except RobotError as error:
            self._refused += 1
            self.get_logger().error(f'trajectory refused: {error}', throttle_duration_sec=1.0)

    def _move(self) -> None:
        stamp = self.get_clock().now().to_msg()
        self._joints.update(seconds_of(stamp))
        self._states.publish(joint_state_to_msg(self.robot.joints, self._joints.position, self._joints.velocity, stamp))

    def _diagnose(self) -> None:
        physics = self._params.of(SimRobotSettings).physics
        counts = {'taken': self._taken, 'refused': self._refused, 'clipped': self.controller.clipped}
        status = DiagnosticStatus(level=DiagnosticStatus.OK, name=f'{self.get_name()}: {self.robot.config.name}',
                                  message=f'simulated, {physics}', hardware_id=self.robot.config.name,
                                  values=[KeyValue(key=key, value=str(value)) for key, value in counts.items()])
        self._diagnostics.publish(diagnostics_to_msg([status], self.get_clock().now().to_msg()))


def main(args: Sequence[str] | None = None) -> int:
    """Runs sim_robot_node; returns its exit status."""
    return run(SimRobotNode, args)


if __name__ == '__main__':
    sys.exit(main())
