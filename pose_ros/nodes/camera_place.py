"""Where the people's frame is in a robot's base frame, as retarget_node's parameters say."""
from __future__ import annotations

from typing import Any

import numpy as np
from rclpy.node import Node
from scipy.spatial.transform import Rotation

from pose_ros.bridge.transforms import listen
from pose_ros.errors import TransformError
from pose_ros.nodes.retarget_settings import RetargetSettings
from pose_ros.nodes.throttled_log import ThrottledLog
from pose_ros.retargeting.robot import Robot


class CameraPlace:
    """Answers for the header of every message of people.

    Args:
        node: whose tf is listened to.
        settings: of it.
        robot: the robot.

    Raises:
        TransformError: tf is asked for, and there is no tf2_msgs here.
    """

    def __init__(self, node: Node, settings: RetargetSettings, robot: Robot) -> None:
        self._log, self._robot = ThrottledLog(node.get_logger()), robot
        self._fixed: np.ndarray | None = None
        self._tf = listen(node) if settings.camera == 'tf' else None
        if settings.camera == 'fixed':
            self._fixed = np.eye(4)
            self._fixed[:3, :3] = Rotation.from_euler('xyz', settings.camera_rpy).as_matrix()
            self._fixed[:3, 3] = settings.camera_xyz

    def transform_to_base(self, header: Any) -> np.ndarray | None:
        """(4, 4) from the frame of a message to the base frame at its stamp; None = unknown, which is logged."""
        in_root = self._fixed
        if self._tf:
            try:
                in_root = self._tf.lookup(self._robot.root, header.frame_id, header.stamp)
            except TransformError as error:
                self._log.warning('tf', f'where the camera is: {error}')
        return None if in_root is None else self._robot.mount @ in_root

    def close(self) -> None:
        """Stops listening to tf."""
        if self._tf:
            self._tf.close()
