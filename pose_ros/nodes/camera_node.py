"""Publishes a video, a folder of images, a bag or a camera of this machine as a ROS camera."""
from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

from rclpy.duration import Duration
from rclpy.node import Node
from rclpy.time import Time
from sensor_msgs.msg import CameraInfo, CompressedImage, Image
from std_msgs.msg import Header

from pose_ros.bridge.bags import open_frames
from pose_ros.bridge.calibration import camera_from_yaml
from pose_ros.bridge.cameras import camera_to_msg
from pose_ros.bridge.compressed import compressed_to_msg
from pose_ros.bridge.images import image_to_msg
from pose_ros.bridge.params import Parameters
from pose_ros.bridge.qos import image_qos, result_qos
from pose_ros.nodes.depth_output import DepthOutput
from pose_ros.nodes.running import run
from pose_ros.nodes.settings import CameraNodeSettings
from pose_ros.sources import Frame
from pose_ros.sources.rgbd import RgbdSource

ACKNOWLEDGEMENT_S = 5.0


class CameraNode(Node):
    """One source of images as a ROS camera.

    Publishes:
        image_raw (sensor_msgs/Image): rgb8, bgr8 or mono8; best effort, or by the parameter `reliability`.
        image_raw/compressed (sensor_msgs/CompressedImage): JPEG, made only while somebody subscribes.
        camera_info (sensor_msgs/CameraInfo): with each image, the same stamp and frame; zeros where uncalibrated.
        depth/image_raw (sensor_msgs/Image): 16UC1 [mm] of a source with depth; depth/camera_info with it.
        /tf_static (tf2_msgs/TFMessage): where the depth camera of such a source is.

    The images are published by a thread of its own, whether the node spins or not. Example:

        node = CameraNode(parameter_overrides=[Parameter('source', value='clip.mp4')])
        published = node.done.result()

    Attributes:
        done: ends with the source (or the node, as the parameter exit_when_done says); holds the number of images
            published, or the SourceError that ended it.

    Raises:
        SettingError: a parameter that is not allowed.
        SourceError: the source cannot be opened.
        CameraError: the calibration cannot be used.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__('camera_node', **options)
        self._settings = Parameters(self, [('', CameraNodeSettings())]).of(CameraNodeSettings)
        self._source = open_frames(self._settings.source, self._settings.bag_topic)
        calibration = self._settings.calibration
        self._camera = camera_from_yaml(Path(calibration)) if calibration else self._source.camera
        self._period_s = 1 / (self._settings.rate_hz or self._source.rate_hz)
        # A reliable camera keeps a few images, so that a subscriber who is busy for a while loses none.
        qos = result_qos() if self._settings.reliability == 'reliable' else image_qos('best_effort')
        self._images = self.create_publisher(Image, 'image_raw', qos)
        self._jpegs = self.create_publisher(CompressedImage, 'image_raw/compressed', qos)
        self._infos = self.create_publisher(CameraInfo, 'camera_info', qos)
        self._depth = DepthOutput(self, self._source.clip, self._settings, qos) if isinstance(
            self._source, RgbdSource) else None
        self._stop = Event()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix='camera')
        self.done: Future[int] = self._pool.submit(self._publish_all)

    def destroy_node(self) -> None:
        """Stops publishing, closes the source and destroys the node."""
        self._stop.set()
        self._pool.shutdown()
        self._source.close()
        super().destroy_node()

    def _publish_all(self) -> int:
        self._wait_for_subscribers()
        published, due_s = 0, time.monotonic()
        for frame in self._frames():
            if self._stop.wait(max(0.0, due_s - time.monotonic())):
                return published
            self._publish(frame)
            published += 1
            if published == 1 and self._settings.wait_for_subscribers:
                self._wait_for_acknowledgement()
            # A source slower than its rate is not followed by a burst.
            due_s = max(due_s + self._period_s, time.monotonic())
        for publisher in (self._images, self._jpegs):
            publisher.wait_for_all_acked(Duration(seconds=2))
        self.get_logger().info(f'{self._source.name} has ended: {published} images published')
        if not self._settings.exit_when_done:
            self._stop.wait()
        return published

    def _wait_for_subscribers(self) -> None:
        wanted = self._settings.wait_for_subscribers
        while self._images.get_subscription_count() + self._jpegs.get_subscription_count() < wanted:
            if self._stop.wait(0.02):
                return

    def _wait_for_acknowledgement(self) -> None:
        # A subscriber that is known here may not know this publisher yet; once it has the first image, it does.
        end_s = time.monotonic() + ACKNOWLEDGEMENT_S
        while time.monotonic() < end_s and not self._stop.is_set():
            if all(publisher.wait_for_all_acked(Duration(nanoseconds=10**8))
                   for publisher in (self._images, self._jpegs)):
                return

    def _frames(self) -> Iterator[Frame]:
        yield from self._source
        while self._settings.loop:
            yield from self._source

    def _publish(self, frame: Frame) -> None:
        now = self._settings.stamps == 'now'
        stamp = self.get_clock().now() if now else Time(nanoseconds=frame.stamp_ns)
        header = Header(stamp=stamp.to_msg(), frame_id=self._settings.frame_id)
        height, width = frame.image.shape[:2]
        self._infos.publish(camera_to_msg(self._camera, header) if self._camera else
                            CameraInfo(header=header, width=width, height=height))
        if self._depth and frame.depth is not None:
            self._depth.publish(frame.depth, header.stamp)
        if self._images.get_subscription_count():
            self._images.publish(image_to_msg(frame.image, header, self._settings.encoding))
        if self._jpegs.get_subscription_count():
            self._jpegs.publish(compressed_to_msg(frame.image, header, quality=self._settings.jpeg_quality))


def main(args: Sequence[str] | None = None) -> int:
    """Runs camera_node; returns its exit status."""
    return run(CameraNode, args, lambda node: node.done)


if __name__ == '__main__':
    sys.exit(main())
