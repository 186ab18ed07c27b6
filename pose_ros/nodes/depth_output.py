"""The depth of a source with depth, as ROS topics."""
from __future__ import annotations

from typing import Any

import numpy as np
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile
from sensor_msgs.msg import CameraInfo, Image
from std_msgs.msg import Header

from pose_ros.bridge.cameras import camera_to_msg
from pose_ros.bridge.depth import depth_to_msg
from pose_ros.bridge.transform_msgs import matrix_to_msg
from pose_ros.bridge.transforms import tf_type
from pose_ros.lifting.depth_image import DepthImage
from pose_ros.nodes.settings import CameraNodeSettings
from pose_ros.sources.rgbd import DepthClip
from pose_ros.synthetic.depth_camera import measured

_MM = 1000


class DepthOutput:
    """Publishes what a depth camera beside the colour camera would.

    Publishes:
        depth/image_raw (sensor_msgs/Image): 16UC1 [mm], in the frame of the images if one camera makes both, else in
            `<frame_id>_depth`.
        depth/camera_info (sensor_msgs/CameraInfo).
        /tf_static (tf2_msgs/TFMessage): that frame, once, latched.

    Args:
        node: that publishes.
        clip: the cameras.
        settings: frame and noise.
        qos: of the images.
    """

    def __init__(self, node: Node, clip: DepthClip, settings: CameraNodeSettings, qos: QoSProfile) -> None:
        self._clip, self._settings = clip, settings
        self._rng = np.random.default_rng(0)
        is_same = np.array_equal(clip.transform_depth_to_colour, np.eye(4))
        self._frame = settings.frame_id if is_same else f'{settings.frame_id}_depth'
        self._images = node.create_publisher(Image, 'depth/image_raw', qos)
        self._infos = node.create_publisher(CameraInfo, 'depth/camera_info', qos)
        if not is_same:
            latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
            self._statics = node.create_publisher(tf_type(), '/tf_static', latched)
            self._statics.publish(tf_type()(transforms=[matrix_to_msg(
                clip.transform_depth_to_colour, Header(frame_id=settings.frame_id), self._frame)]))

    def publish(self, millimetres: np.ndarray, stamp: Any) -> None:
        """Publishes one (h, w) uint16 depth image [mm] and its CameraInfo."""
        header = Header(stamp=stamp, frame_id=self._frame)
        self._infos.publish(camera_to_msg(self._clip.depth_camera, header))
        if self._images.get_subscription_count():
            self._images.publish(depth_to_msg(DepthImage(self._noisy(millimetres)), header))

    def _noisy(self, millimetres: np.ndarray) -> np.ndarray:
        noise = self._settings.depth_noise
        if not noise:
            return millimetres
        metres = measured(millimetres / np.float32(_MM), self._rng, noise_fraction=noise)
        return np.where(millimetres > 0, np.maximum(np.round(metres * _MM), 0), 0).astype(np.uint16)
