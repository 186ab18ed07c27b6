"""pose_node on a real graph with a network that is a fake, cameras that publish to it, and somebody who listens."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from conftest import Graph, wait_until
from diagnostic_msgs.msg import DiagnosticArray
from lifecycle_msgs.srv import ChangeState, GetState
from rcl_interfaces.msg import Log
from rcl_interfaces.srv import SetParameters
from rclpy.node import Node
from rclpy.parameter import Parameter
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from rclpy.time import Time
from sensor_msgs.msg import CameraInfo, CompressedImage, Image
from std_msgs.msg import Header
from std_srvs.srv import SetBool
from visualization_msgs.msg import MarkerArray

from pose_ros.bridge.images import image_to_msg
from pose_ros.estimators.fake import FakeEstimator
from pose_ros.msg import PersonPoseArray
from pose_ros.nodes.pose_node import PoseNode
from pose_ros.skeletons import OPENPOSE18
from pose_ros.types import Person

RELIABLE = QoSProfile(depth=100, reliability=ReliabilityPolicy.RELIABLE)
LATCHED = QoSProfile(depth=1000, reliability=ReliabilityPolicy.RELIABLE, durability=DurabilityPolicy.TRANSIENT_LOCAL)
WIDTH, HEIGHT = 64, 48
TOPICS = {'persons': PersonPoseArray, 'persons_raw': PersonPoseArray, 'persons_fused': PersonPoseArray,
          'markers': MarkerArray, 'overlay': Image, 'overlay_0': Image, 'overlay_1': Image}


def picture(value: int) -> np.ndarray:
    """(H, W, 3) uint8 RGB of one grey value."""
    return np.full((HEIGHT, WIDTH, 3), value, np.uint8)


def person_in(image: np.ndarray) -> list[Person]:
    """One person whose score tells the mean of the image; nobody in black."""
    keypoints = np.full((len(OPENPOSE18), 2), np.nan)
    keypoints[:3] = [[32, 10], [30, 40], [20, 30]]
    person = Person(OPENPOSE18, keypoints, np.isfinite(keypoints[:, 0]) * 0.5, float(image.mean() / 255))
    return [person] if image.any() else []


def value_in(msg: PersonPoseArray) -> int:
    """What `person_in` saw: the grey value of the image."""
    return round(msg.persons[0].score * 255) if msg.persons else 0


class Rig:
    """The parts of a test; everything received is kept in lists.

    Attributes:
        node: the PoseNode, after start().
        probe: who listens and calls services.
        got: topic (persons, markers, overlay) -> messages.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.probe: Node = graph.node('probe')
        self.got: dict[str, list] = {topic: [] for topic in TOPICS}
        self.logs: list[Log] = []
        self.diagnostics: list[DiagnosticArray] = []
        self._cameras: dict[str, Any] = {}
        self.probe.create_subscription(Log, '/rosout', self.logs.append, LATCHED)
        self.probe.create_subscription(DiagnosticArray, '/diagnostics', self.diagnostics.append, RELIABLE)

    def start(self, estimator: FakeEstimator | None = None, load: Callable | None = None, **values: Any) -> PoseNode:
        """Starts pose_node with a fake estimator and these parameters, and waits until it is active."""
        made = estimator or FakeEstimator(person_in)
        # On a busy machine a best-effort image may be lost on its way, and with it the test.
        values = {'diagnostics_period_s': 0.1, 'reliability': 'reliable', **values}
        overrides = [Parameter(name, value=value) for name, value in values.items()]
        self.node = PoseNode(load or (lambda settings, grouping: made), context=self.graph.context,
                             parameter_overrides=overrides)
        self.graph.add(self.node)
        if not load and values.get('autostart', True):
            wait_until(lambda: self.state() == 'active', what='active')
        return self.node

    def listen(self, *topics: str) -> list:
        """Subscribes to results and waits until they are matched; returns what the first of them gets."""
        for topic in topics:
            name = f'/pose_node/{topic}'
            self.probe.create_subscription(TOPICS[topic], name, self.got[topic].append, RELIABLE)
            wait_until(lambda name=name: any(publisher.get_subscription_count() for publisher in self.node.publishers
                                             if publisher.topic_name == name), what=f'{name} matched')
        return self.got[topics[0]]

    def camera(self, topic: str = '/image', kind: type = Image, node: Node | None = None, qos: QoSProfile = RELIABLE):
        """A publisher of images that is matched with pose_node."""
        if topic not in self._cameras or node:
            publisher = (node or self.probe).create_publisher(kind, topic, qos)
            wait_until(publisher.get_subscription_count, what=f'{topic} matched')
            self._cameras[topic] = publisher
        return self._cameras[topic]

    def header(self) -> Header:
        """Now, in the optical frame."""
        return Header(stamp=self.probe.get_clock().now().to_msg(), frame_id='camera_optical_frame')

    def send(self, value: int, topic: str = '/image', stamp_ns: int | None = None) -> Header:
        """Publishes a grey picture; returns its header."""
        header = self.header()
        if stamp_ns is not None:
            header.stamp = Time(nanoseconds=stamp_ns).to_msg()
        self.camera(topic).publish(image_to_msg(picture(value), header))
        return header

    def send_info(self, **values: Any) -> CameraInfo:
        """Publishes a CameraInfo on /camera_info."""
        values = {'width': WIDTH, 'height': HEIGHT, 'distortion_model': 'plumb_bob', **values}
        info = CameraInfo(header=self.header(), **values)
        self.camera('/camera_info', CameraInfo).publish(info)
        return info

    def sees(self, value: int, **options: Any) -> PersonPoseArray:
        """Sends a picture and waits for its people."""
        persons, header = self.got['persons'], self.send(value, **options)
        wait_until(lambda: persons and persons[-1].header == header, what=f'people of picture {value}')
        assert value_in(persons[-1]) == value
        return persons[-1]

    def wait_for_persons(self, count: int = 1) -> None:
        """Waits until ~/persons has given this many messages."""
        wait_until(lambda: len(self.got['persons']) >= count, what=f'{count} messages of people')

    def log(self, part: str) -> Log | None:
        """The last log record of pose_node that has this part."""
        return next((log for log in reversed(self.logs) if log.name == 'pose_node' and part in log.msg), None)

    def wait_for_log(self, *parts: str) -> Log:
        """Waits for a record that has all of these parts."""
        def found() -> list[Log]:
            return [log for log in self.logs if log.name == 'pose_node' and all(part in log.msg for part in parts)]

        wait_until(found, what=f'a log with {parts}')
        return found()[-1]

    def status(self, name: str = '/image') -> tuple[int, str, dict[str, str]]:
        """Level, message and values of the newest status of a camera or of 'network'."""
        for status in self.diagnostics[-1].status if self.diagnostics else ():
            if status.name == f'pose_node: {name}':
                return status.level[0], status.message, {value.key: value.value for value in status.values}
        return -1, '', {}

    def call(self, kind: type, name: str, **fields: Any) -> Any:
        """The response of a service of pose_node."""
        client = self.probe.create_client(kind, f'/pose_node/{name}')
        wait_until(client.service_is_ready, what=name)
        future = client.call_async(kind.Request(**fields))
        wait_until(future.done, what=f'{name} answered')
        return future.result()

    def state(self) -> str:
        """State of the lifecycle."""
        return self.call(GetState, 'get_state').current_state.label

    def change(self, label: str) -> bool:
        """Asks for a transition; whether it succeeded."""
        request = ChangeState.Request()
        request.transition.label = label
        return self.call(ChangeState, 'change_state', transition=request.transition).success

    def enable(self, wanted: bool) -> str:
        """Calls ~/enable; the message of the response."""
        return self.call(SetBool, 'enable', data=wanted).message

    def set(self, **values: Any) -> tuple[bool, str]:
        """Sets parameters through the service; whether all were set, and the reason where not."""
        parameters = [Parameter(name, value=value).to_parameter_msg() for name, value in values.items()]
        results = self.call(SetParameters, 'set_parameters', parameters=parameters).results
        return all(result.successful for result in results), ' '.join(result.reason for result in results).strip()


__all__ = ['CompressedImage', 'Rig', 'person_in', 'picture', 'value_in']
