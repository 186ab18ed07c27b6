"""Listens to a camera and its pose_node, and brings together what belongs to one image."""
from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import rclpy
from diagnostic_msgs.msg import DiagnosticArray
from rcl_interfaces.msg import Log
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.impl.logging_severity import LoggingSeverity
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from rclpy.signals import SignalHandlerOptions
from sensor_msgs.msg import Image
from visualization_msgs.msg import MarkerArray

from pose_ros.bridge.convert import PersonPoseArray, persons_from_msg
from pose_ros.bridge.images import image_from_msg
from pose_ros.types import Person

_MOST_IMAGES = 60


@dataclass(frozen=True, eq=False)
class Sighting:
    """The people of one image, as they were received.

    Attributes:
        image: (H, W, 3) uint8 RGB.
        persons: in px of the image.
        message: the PersonPoseArray.
        stamp_ns: of the image [ns since the epoch].
        received_ns: when the middleware received the message [ns since the epoch].
    """

    image: np.ndarray
    persons: list[Person]
    message: Any
    stamp_ns: int
    received_ns: int


class Recorder(Node):
    """Hands on every image together with the people found in it.

    Subscribes:
        image (sensor_msgs/Image): of the camera, reliable.
        persons (pose_ros/PersonPoseArray), markers (visualization_msgs/MarkerArray): of its pose_node.
        /diagnostics (diagnostic_msgs/DiagnosticArray): for the device of the network.
        /rosout (rcl_interfaces/Log): for the errors of the nodes.

    Args:
        on_sighting: called once both an image and its people have come.
        on_markers: called with each MarkerArray and when it was received [ns since the epoch].

    Attributes:
        images: how many images were received.
        device: of the network, '' until it is known.
        errors: what the nodes logged as errors.
    """

    def __init__(self, on_sighting: Callable[[Sighting], None], on_markers: Callable[[Any, int], None],
                 **options: Any) -> None:
        super().__init__('recorder', **options)
        self._on_sighting, self._on_markers = on_sighting, on_markers
        self._images: dict[int, Image] = {}
        self._persons: dict[int, tuple[PersonPoseArray, int]] = {}
        self._image_ns = self._sighting_ns = 0
        self.images, self.device = 0, ''
        self.errors: list[str] = []
        qos = QoSProfile(depth=_MOST_IMAGES, reliability=ReliabilityPolicy.RELIABLE)
        # What was logged before the recorder listened counts, too.
        kept = QoSProfile(depth=_MOST_IMAGES, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        self.create_subscription(Log, '/rosout', self._take_log, kept)
        # Callbacks may take a second argument with the times of the middleware; rclpy's hints do not say so.
        takers: dict[str, tuple[type, Callable[..., None]]] = {
            'image': (Image, self._take_image), 'persons': (PersonPoseArray, self._take_persons),
            'markers': (MarkerArray, self._take_markers), '/diagnostics': (DiagnosticArray, self._take_diagnostics)}
        self._heard = {topic: self.create_subscription(kind, topic, taker, qos)
                       for topic, (kind, taker) in takers.items()}

    def hears(self, *topics: str) -> bool:
        """Whether a publisher of each of these topics is connected: 'image', 'persons', 'markers', '/diagnostics'."""
        return all(self._heard[topic].get_publisher_count() for topic in topics)

    @property
    def is_up_to_date(self) -> bool:
        """Whether the people of the newest image have come."""
        return self._sighting_ns == self._image_ns

    def _take_image(self, msg: Image) -> None:
        self.images += 1
        self._image_ns = _nanoseconds(msg.header.stamp)
        self._images[self._image_ns] = msg
        if len(self._images) > _MOST_IMAGES:
            self._images.pop(min(self._images))
        self._match(self._image_ns)

    def _take_persons(self, msg: PersonPoseArray, info: dict[str, int]) -> None:
        stamp_ns = _nanoseconds(msg.header.stamp)
        self._persons[stamp_ns] = (msg, info['received_timestamp'])
        self._match(stamp_ns)

    def _match(self, stamp_ns: int) -> None:
        if stamp_ns not in self._images or stamp_ns not in self._persons:
            return
        image, self._sighting_ns = self._images[stamp_ns], stamp_ns
        message, received_ns = self._persons.pop(stamp_ns)
        # The node serves images in order, so the older ones were dropped.
        self._images = {stamp: kept for stamp, kept in self._images.items() if stamp > stamp_ns}
        self._on_sighting(Sighting(image_from_msg(image), persons_from_msg(message), message, stamp_ns, received_ns))

    def _take_markers(self, msg: MarkerArray, info: dict[str, int]) -> None:
        self._on_markers(msg, info['received_timestamp'])

    def _take_log(self, msg: Log) -> None:
        if msg.level >= LoggingSeverity.ERROR:
            self.errors.append(f'{msg.name}: {msg.msg}')

    def _take_diagnostics(self, msg: DiagnosticArray) -> None:
        for status in msg.status:
            self.device = next((value.value for value in status.values if value.key == 'device'), self.device)


def _nanoseconds(stamp: Any) -> int:
    return int(stamp.sec) * 10**9 + int(stamp.nanosec)


@contextmanager
def recorder_in(domain: int, topics: Mapping[str, str], on_sighting: Callable[[Sighting], None],
                on_markers: Callable[[Any, int], None]) -> Iterator[tuple[Recorder, Callable[[float], None]]]:
    """A recorder in a ROS domain that only reaches this machine.

    Args:
        domain: ROS domain.
        topics: names for the recorder's `image`, `persons` and `markers`.
        on_sighting, on_markers: see Recorder.

    Yields:
        The recorder, and a function that serves it for so long [s].
    """
    remaps = [part for old, new in topics.items() for part in ('-r', f'{old}:={new}')]
    context = Context()
    with patched_environment(ROS_AUTOMATIC_DISCOVERY_RANGE='LOCALHOST'):
        rclpy.init(context=context, domain_id=domain, signal_handler_options=SignalHandlerOptions.NO)
    with ExitStack() as stack:
        stack.callback(context.try_shutdown)
        recorder = Recorder(on_sighting, on_markers, context=context, cli_args=['--ros-args', *remaps])
        stack.callback(recorder.destroy_node)
        executor = SingleThreadedExecutor(context=context)
        stack.callback(executor.shutdown)
        executor.add_node(recorder)
        yield recorder, executor.spin_once


@contextmanager
def patched_environment(**values: str) -> Iterator[None]:
    """Sets environment variables for a while: rcl has no other way to be told the discovery range."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
