"""Times pose_node from outside: images at a steady rate, and when their people come back."""
from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event
from typing import Any

import numpy as np
import rclpy
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.signals import SignalHandlerOptions
from sensor_msgs.msg import CameraInfo, Image
from std_msgs.msg import Header

from pose_ros.bridge.cameras import camera_to_msg
from pose_ros.bridge.convert import PersonPoseArray
from pose_ros.bridge.depth import depth_to_msg
from pose_ros.bridge.images import image_to_msg
from pose_ros.bridge.qos import image_qos, result_qos
from pose_ros.bridge.transport import large_images
from pose_ros.camera import Camera
from pose_ros.lifting.depth_image import DepthImage
from pose_ros.nodes.recorder import patched_environment


@dataclass(frozen=True)
class Timing:
    """How one image fared.

    Attributes:
        latency_ms: from publishing the image, after all else of its moment, to receiving its people [ms].
        age_ms: since then, when the image was taken from the mailbox to be processed [ms].
    """

    latency_ms: float
    age_ms: float


class Stopwatch(Node):
    """A camera, with depth if asked for, and a listener in one.

    Publishes:
        image (sensor_msgs/Image): stamped when it is published.
        depth/image (sensor_msgs/Image): of the same stamp and frame.
        camera_info (sensor_msgs/CameraInfo).

    Subscribes:
        pose_node/persons (pose_ros/PersonPoseArray).

    Args:
        reliability: offered with the images.
        options: of rclpy's Node.

    Attributes:
        in_metres: people with points in the newest message.
    """

    def __init__(self, reliability: str = 'best_effort', **options: Any) -> None:
        super().__init__('stopwatch', **options)
        self._timings: dict[int, Timing] = {}
        self._sent_ns: dict[int, int] = {}  # when each image was published, by its stamp
        self._wanted, self._last = 0, Event()
        self.in_metres = 0
        self._images = self.create_publisher(Image, 'image', image_qos(reliability))
        self._depths = self.create_publisher(Image, 'depth/image', image_qos(reliability))
        self._infos = self.create_publisher(CameraInfo, 'camera_info', result_qos())
        # The callback takes the times of the middleware too; rclpy's hints do not know that.
        take: Callable[..., None] = self._take
        self.create_subscription(PersonPoseArray, 'pose_node/persons', take, result_qos())

    def time(self, image: np.ndarray, count: int, rate_hz: float, patience_s: float = 2.0,
             depth: DepthImage | None = None, camera: Camera | None = None) -> list[Timing]:
        """Publishes an (H, W, 3) uint8 RGB image as bgr8 many times; how each fared whose people came.

        Args:
            image: to publish.
            count: how often.
            rate_hz: how often per second [1/s].
            patience_s: for the people of the last image [s].
            depth: published just before each image; None = no depth.
            camera: of both; None = not calibrated.
        """
        header = Header(frame_id='camera_optical_frame')
        msg = image_to_msg(image, header, 'bgr8')
        depth_msg = depth_to_msg(depth, header) if depth else None
        self._timings, self._sent_ns, due_s = {}, {}, time.monotonic()
        for _ in range(count):
            time.sleep(max(0.0, due_s - time.monotonic()))
            self._publish(msg, depth_msg, camera)
            due_s += 1 / rate_hz
        self._last.wait(patience_s)
        return list(self._timings.values())

    def _publish(self, msg: Image, depth_msg: Image | None, camera: Camera | None) -> None:
        msg.header.stamp = self.get_clock().now().to_msg()
        self._last.clear()
        self._wanted = _nanoseconds(msg.header.stamp)
        if camera:
            self._infos.publish(camera_to_msg(camera, msg.header))
        if depth_msg:
            depth_msg.header = msg.header
            self._depths.publish(depth_msg)
        self._sent_ns[self._wanted] = self.get_clock().now().nanoseconds
        self._images.publish(msg)

    def _take(self, msg: Any, info: dict[str, int]) -> None:
        stamp_ns = _nanoseconds(msg.header.stamp)
        if (sent_ns := self._sent_ns.get(stamp_ns)) is None:
            return
        self.in_metres = sum(person.has_3d for person in msg.persons)
        received_ms, published_ms = ((info[f'{when}_timestamp'] - sent_ns) * 1e-6 for when in ('received', 'source'))
        self._timings[stamp_ns] = Timing(received_ms, published_ms - msg.processing_ms)
        if stamp_ns == self._wanted:
            self._last.set()


def _nanoseconds(stamp: Any) -> int:
    return int(stamp.sec) * 10**9 + int(stamp.nanosec)


@contextmanager
def stopwatch_in(domain: int) -> Iterator[Stopwatch]:
    """A stopwatch that spins in a thread, in a ROS domain that only reaches this machine."""
    context = Context()
    try:
        with patched_environment(ROS_AUTOMATIC_DISCOVERY_RANGE='LOCALHOST', **large_images(os.environ)):
            rclpy.init(context=context, domain_id=domain, signal_handler_options=SignalHandlerOptions.NO)
            stopwatch = Stopwatch(context=context)
        executor = SingleThreadedExecutor(context=context)
        executor.add_node(stopwatch)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(executor.spin)
            try:
                yield stopwatch
            finally:
                executor.shutdown()
    finally:
        context.try_shutdown()
