"""pose_node with depth and tf: scenes of stick people in flesh, whose places are known."""
from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import numpy as np
from conftest import wait_until
from geometry_msgs.msg import TransformStamped
from nodes.pose_rig import RELIABLE, Rig
from rclpy.qos import DurabilityPolicy, QoSProfile
from rclpy.time import Time
from sensor_msgs.msg import CameraInfo, Image
from std_msgs.msg import Header
from tf2_msgs.msg import TFMessage

from pose_ros.bridge.cameras import camera_to_msg
from pose_ros.bridge.convert import persons_from_msg
from pose_ros.bridge.depth import depth_to_msg
from pose_ros.bridge.images import image_to_msg
from pose_ros.bridge.transform_msgs import matrix_to_msg
from pose_ros.camera import Camera
from pose_ros.errors import TransformError
from pose_ros.estimators.fake import FakeEstimator
from pose_ros.lifting.depth_image import DepthImage
from pose_ros.msg import PersonPoseArray
from pose_ros.synthetic.depth_scenes import CAMERA, DepthScene, depth_scene
from pose_ros.types import Person

OPTICAL = 'camera_optical_frame'
START_S = 1000.0
STATIC = QoSProfile(depth=100, durability=DurabilityPolicy.TRANSIENT_LOCAL)


def scene(seed: int = 0, people: int = 1, **options: Any) -> DepthScene:
    """A scene without noise, unless it is asked for."""
    return depth_scene(np.random.default_rng(seed), holes=False, noise_px=0.0, people=people, **options)


def header(stamp_s: float, frame: str = OPTICAL) -> Header:
    """A header at a time of the test's own."""
    return Header(stamp=Time(nanoseconds=round(stamp_s * 1e9)).to_msg(), frame_id=frame)


def by_number(answers: Sequence[Sequence[Person]]) -> FakeEstimator:
    """An estimator for pictures that carry the number of their answer."""
    return FakeEstimator(lambda image: answers[int(image[0, 0, 0])])


class SpaceRig(Rig):
    """A rig whose camera has depth; nothing happens twice at one stamp."""

    def begin(self, answers: Sequence[Sequence[Person]], **values: Any) -> list[PersonPoseArray]:
        """Starts pose_node on these people with a depth topic, and everything that matches it; gives ~/persons."""
        self.start(by_number(answers), **{'depth_topics': ['/depth/image'], 'reliability': 'reliable', **values})
        persons = self.listen('persons')
        self.camera()
        self.camera('/camera_info', CameraInfo)
        if self.node.count_subscribers('/depth/image'):
            self.camera('/depth/image')
            self.camera('/depth/camera_info', CameraInfo)
        return persons

    def send_calibration(self, camera: Camera = CAMERA, topic: str = '/camera_info') -> None:
        """Publishes a CameraInfo and waits until pose_node has it."""
        msg = camera_to_msg(camera, header(START_S))
        self.camera(topic, CameraInfo).publish(msg)
        source = self.node._pipeline._inputs['/image']
        if topic == '/camera_info':
            wait_until(lambda: source.info.camera, what='calibration')
        else:
            wait_until(lambda: self.depth_input.info.camera, what='calibration of depth')

    @property
    def depth_input(self) -> Any:
        """What pose_node reads depth with."""
        return self.node._pipeline._space._cameras['/image']._depth

    def send_depth(self, values: np.ndarray, stamp_s: float, frame: str = OPTICAL, **changes: Any) -> None:
        """Publishes a depth image and waits until pose_node has it."""
        msg = depth_to_msg(DepthImage(values), header(stamp_s, frame)) if not changes else Image(
            header=header(stamp_s, frame), height=values.shape[0], width=values.shape[1], **changes)
        if changes:
            msg.data.frombytes(np.ascontiguousarray(values).tobytes())
        self.camera('/depth/image').publish(msg)
        key = msg.header.stamp.sec + msg.header.stamp.nanosec * 1e-9
        wait_until(lambda: key in self.depth_input._buffer._items, what='depth received')

    def show(self, number: int, stamp_s: float, topic: str = '/image', frame: str = OPTICAL) -> PersonPoseArray:
        """Publishes a picture that the estimator answers with these people; what ~/persons says of it."""
        persons, wanted = self.got['persons'], header(stamp_s, frame).stamp
        image = np.full((CAMERA.height, CAMERA.width, 3), number, np.uint8)
        before = len(persons)
        self.camera(topic).publish(image_to_msg(image, header(stamp_s, frame)))
        wait_until(lambda: any(msg.header.stamp == wanted for msg in persons[before:]), what=f'people at {stamp_s}')
        return next(msg for msg in persons[before:] if msg.header.stamp == wanted)

    def send_tf(self, parent: str, child: str, matrix: np.ndarray, stamp_s: float, static: bool = False,
                camera: str = '/image') -> None:
        """Publishes where a frame is and waits until pose_node knows."""
        topic, qos = ('/tf_static', STATIC) if static else ('/tf', RELIABLE)
        msg: TransformStamped = matrix_to_msg(matrix, header(stamp_s, parent), child)
        self.camera(topic, TFMessage, qos=qos).publish(TFMessage(transforms=[msg]))
        transforms, at = self.node._pipeline._space._cameras[camera]._transforms, msg.header.stamp

        def known() -> bool:
            with suppress(TransformError):
                return np.allclose(transforms.lookup(parent, child, at), matrix)
            return False
        wait_until(known, what='tf known')

    def in_space(self, camera: str = '/image') -> tuple[int, str, dict[str, str]]:
        """The diagnostics of the people of a camera."""
        return self.status(f'{camera} in space')


def positions(msg: PersonPoseArray, index: int = 0) -> np.ndarray:
    """(K, 3) of a person in a message; NaN without any."""
    points = persons_from_msg(msg)[index].points
    return np.full((18, 3), np.nan) if points is None else points.positions


def errors_m(msg: PersonPoseArray, truth: np.ndarray, index: int = 0) -> np.ndarray:
    """Distances of the points that are known from the truth (K, 3) [m]."""
    distances = np.linalg.norm(positions(msg, index) - truth, axis=1)
    return distances[np.isfinite(distances)]
