"""tf on a real graph, with the tf2_msgs that the set-up builds; tf2_ros, where it is installed, answers alike."""
from __future__ import annotations

import sys
import threading
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
from builtin_interfaces.msg import Time
from conftest import wait_until
from rclpy.qos import DurabilityPolicy, QoSProfile
from std_msgs.msg import Header
from tf2_msgs.msg import TFMessage

from pose_ros.bridge.transforms import TransformTopics, broadcaster, listen, matrix_from_msg, matrix_to_msg, tf_type
from pose_ros.errors import TransformError
from pose_ros.transforms import inverse, matrix_of

FOREVER_S = 1000.0
POSE = matrix_of([1.0, 2.0, 3.0], [0.1, 0.2, 0.3, 0.9])


def stamped(parent: str, child: str, matrix: np.ndarray, sec: int):
    return TFMessage(transforms=[matrix_to_msg(matrix, Header(frame_id=parent, stamp=Time(sec=sec)), child)])


@pytest.fixture
def tf(graph):
    """A node that listens, and one that tells."""
    told = broadcaster(graph.node('teller'))
    node = graph.node('listener')
    transforms = listen(node)
    wait_until(told.get_subscription_count)
    return SimpleNamespace(graph=graph, told=told, transforms=transforms, node=node)


def known(tf, *where):
    def ask():
        try:
            tf.transforms.lookup(*where)
        except TransformError:
            return False
        return True
    return ask


def test_there_and_back():
    msg = matrix_to_msg(POSE, Header(frame_id='base'), 'camera')
    assert (msg.header.frame_id, msg.child_frame_id) == ('base', 'camera')
    np.testing.assert_allclose(matrix_from_msg(msg.transform), POSE, atol=1e-12)


def test_frames_are_known_at_their_stamps(tf):
    for sec in (1, 3):
        tf.told.publish(stamped('base', 'camera', POSE, sec))
    wait_until(known(tf, 'base', 'camera', Time(sec=3)))
    np.testing.assert_allclose(tf.transforms.lookup('base', 'camera', Time(sec=2)), POSE, atol=1e-9)
    np.testing.assert_allclose(tf.transforms.lookup('camera', 'base', Time(sec=2)), inverse(POSE), atol=1e-9)


def test_static_frames_told_before_anybody_listened_are_known(graph):
    latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
    graph.node('teller').create_publisher(TFMessage, '/tf_static', latched).publish(stamped('base', 'arm', POSE, 0))
    tf = SimpleNamespace(transforms=listen(graph.node('listener')))
    wait_until(known(tf, 'base', 'arm', Time(sec=99)))


def test_only_what_may_come_is_waited_for(tf):
    """Without a connection the answer comes at once, or this would hang: no robot sleeps for a frame that is not."""
    with pytest.raises(TransformError, match='nothing connects camera to base'):
        tf.transforms.lookup('base', 'camera', Time(sec=1), FOREVER_S)
    tf.told.publish(stamped('base', 'camera', POSE, 1))
    wait_until(known(tf, 'base', 'camera', Time(sec=1)))
    late = threading.Timer(0.05, tf.told.publish, (stamped('base', 'camera', POSE, 2),))
    late.start()
    np.testing.assert_allclose(tf.transforms.lookup('base', 'camera', Time(sec=2), FOREVER_S), POSE, atol=1e-9)
    late.join()
    with pytest.raises(TransformError, match='1.000 s after the newest'):
        tf.transforms.lookup('base', 'camera', Time(sec=3), 0.01)


def test_who_has_closed_hears_nothing(tf):
    tf.transforms.close()
    wait_until(lambda: not tf.told.get_subscription_count())


def test_without_the_message_the_error_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, 'tf2_msgs.msg', None)
    with pytest.raises(TransformError, match='tf2_msgs.*make setup'):
        tf_type()


class _Buffer:
    """What this package uses of tf2_ros.Buffer."""

    def __init__(self, node=None) -> None:
        self.waits: list[float] = []

    def can_transform(self, target: str, source: str, when) -> bool:
        return source == 'camera'

    def lookup_transform(self, target: str, source: str, when, timeout):
        self.waits.append(timeout.nanoseconds * 1e-9)
        if source != 'camera' or when.nanoseconds > 2e9:
            raise LookupError(f'{source} is not known')
        return matrix_to_msg(POSE, Header(frame_id=target), source)


def test_tf2_ros_is_used_where_it_is(monkeypatch, graph):
    buffers, gone = [], []
    fake = ModuleType('tf2_ros')
    fake.Buffer = lambda node: buffers.append(_Buffer()) or buffers[-1]
    fake.TransformListener = lambda *_, **__: SimpleNamespace(unregister=lambda: gone.append(True))
    fake.TransformException = LookupError
    monkeypatch.setitem(sys.modules, 'tf2_ros', fake)
    transforms = listen(graph.node('listener'))
    assert not isinstance(transforms, TransformTopics)
    np.testing.assert_allclose(transforms.lookup('base', 'camera', Time(sec=2), 0.5), POSE, atol=1e-9)
    for source in ('camera', 'nowhere'):
        with pytest.raises(TransformError, match=f'{source} is not known'):
            transforms.lookup('base', source, Time(sec=3), 0.5)
    assert buffers[0].waits == [0.5, 0.5, 0.0], 'nobody waits for what nothing connects'
    transforms.close()
    assert gone
