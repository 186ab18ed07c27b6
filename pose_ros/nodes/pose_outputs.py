"""What pose_node publishes about the people in an image."""
from __future__ import annotations

import time
from collections.abc import Sequence

from rclpy.lifecycle import LifecycleNode, LifecyclePublisher
from sensor_msgs.msg import Image
from visualization_msgs.msg import MarkerArray

from pose_ros.bridge.convert import PersonPoseArray, persons_to_msg
from pose_ros.bridge.images import image_to_msg
from pose_ros.bridge.markers import MarkerBoard
from pose_ros.bridge.qos import image_qos, result_qos
from pose_ros.camera import Camera
from pose_ros.drawing import draw_persons
from pose_ros.nodes.worker import Result
from pose_ros.skeletons import Skeleton


class PoseOutputs:
    """The publishers of results. Each message is made only while somebody subscribes to its topic.

    Publishes: see PoseNode.

    Args:
        node: that publishes.
        cameras: image topics; one gets `~/overlay`, several get `~/overlay_0`, `~/overlay_1` ... in this order.
        skeleton: order of the keypoints in messages.
        model: estimator and digest.
    """

    def __init__(self, node: LifecycleNode, cameras: Sequence[str], skeleton: Skeleton, model: str) -> None:
        self._node, self._skeleton, self._model = node, skeleton, model
        self._persons = node.create_lifecycle_publisher(PersonPoseArray, '~/persons', result_qos())
        self._markers = node.create_lifecycle_publisher(MarkerArray, '~/markers', result_qos())
        names = ['~/overlay'] if len(cameras) == 1 else [f'~/overlay_{number}' for number in range(len(cameras))]
        self._overlays = {camera: node.create_lifecycle_publisher(Image, name, image_qos('reliable'))
                          for camera, name in zip(cameras, names)}
        self._boards = {camera: MarkerBoard(camera) for camera in cameras}

    @property
    def wanted(self) -> bool:
        """Whether anybody subscribes to any of it."""
        return any(publisher.get_subscription_count() for publisher in self._all())

    @property
    def markers_wanted(self) -> bool:
        """Whether anybody subscribes to the markers, which need a calibrated camera."""
        return bool(self._markers.get_subscription_count())

    def publish(self, result: Result) -> None:
        """Publishes `~/persons` and the overlay of one image."""
        height, width = result.image.shape[:2]
        if self._persons.get_subscription_count():
            msg = persons_to_msg(
                result.persons, header=result.header, camera_name=result.camera, image_size=(width, height),
                skeleton=self._skeleton, model=self._model, dropped_frames=result.dropped, processing_ms=0.0)
            msg.processing_ms = (time.perf_counter() - result.taken_s) * 1e3
            self._persons.publish(msg)
        if self._overlays[result.camera].get_subscription_count():
            overlay = draw_persons(result.image, result.persons)
            self._overlays[result.camera].publish(image_to_msg(overlay, result.header))

    def publish_markers(self, result: Result, camera: Camera, distance_m: float) -> None:
        """Publishes `~/markers` of one image, on a plane at a distance [m] in front of its camera."""
        board = self._boards[result.camera]
        board.distance_m = distance_m
        self._markers.publish(board.draw(result.persons, result.header, camera))

    def close(self) -> None:
        """Removes the publishers from the graph."""
        for publisher in self._all():
            self._node.destroy_lifecycle_publisher(publisher)

    def _all(self) -> list[LifecyclePublisher]:
        return [self._persons, self._markers, *self._overlays.values()]
