"""tf on a real graph, with the tf2_msgs that the set-up builds, and with each tree that may keep it."""
from __future__ import annotations

import sys
import threading
from types import SimpleNamespace

import numpy as np
import pytest
from builtin_interfaces.msg import Time
from conftest import wait_until
from rclpy.qos import DurabilityPolicy, QoSProfile
from std_msgs.msg import Header
from tf2_msgs.msg import TFMessage

from pose_ros.bridge.tf2_tree import Tf2Tree
from pose_ros.bridge.transform_msgs import matrix_to_msg
from pose_ros.bridge.transforms import broadcaster, listen, tf_type
from pose_ros.errors import TransformError
from pose_ros.transforms import inverse, matrix_of

FOREVER_S = 1000.0
POSE = matrix_of([1.0, 2.0, 3.0], [0.1, 0.2, 0.3, 0.9])


def stamped(parent: str, child: str, matrix: np.ndarray, sec: int):
    return TFMessage(transforms=[matrix_to_msg(matrix, Header(frame_id=parent, stamp=Time(sec=sec)), child)])


@pytest.fixture
def tf(graph, tf2_ros):
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


def test_frames_are_known_at_their_stamps(tf):
    for sec in (1, 3):
        tf.told.publish(stamped('base', 'camera', POSE, sec))
    wait_until(known(tf, 'base', 'camera', Time(sec=3)))
    np.testing.assert_allclose(tf.transforms.lookup('base', 'camera', Time(sec=2)), POSE, atol=1e-9)
    np.testing.assert_allclose(tf.transforms.lookup('camera', 'base', Time(sec=2)), inverse(POSE), atol=1e-9)


def test_static_frames_told_before_anybody_listened_are_known(graph, tf2_ros):
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


def test_who_has_closed_hears_nothing_leaves_nothing_and_may_listen_again(tf):
    tf.transforms.close()
    wait_until(lambda: not tf.told.get_subscription_count())
    services = len(list(tf.node.services))
    for _ in range(2):
        again = listen(tf.node)
        wait_until(tf.told.get_subscription_count)
        tf.told.publish(stamped('base', 'camera', POSE, 1))
        wait_until(known(SimpleNamespace(transforms=again), 'base', 'camera', Time(sec=1)))
        again.close()
        wait_until(lambda: not tf.told.get_subscription_count())
    assert len(list(tf.node.services)) == services and not list(tf.node.subscriptions)


def test_what_is_too_old_is_not_waited_for(tf):
    """This would hang as well: what is older than all that is known never comes."""
    for sec in (5, 6):
        tf.told.publish(stamped('base', 'camera', POSE, sec))
    wait_until(known(tf, 'base', 'camera', Time(sec=6)))
    with pytest.raises(TransformError, match='is not known at 4.000 s') as error:
        tf.transforms.lookup('base', 'camera', Time(sec=4), FOREVER_S)
    assert not error.value.may_come


def test_what_is_no_transform_is_told_and_the_next_one_counts(tf):
    broken = stamped('base', 'camera', POSE, 1)
    broken.transforms[0].transform.rotation.x = float('nan')
    for msg in (broken, stamped('base', 'base', POSE, 1), stamped('base', 'camera', POSE, 1)):
        tf.told.publish(msg)
    wait_until(known(tf, 'base', 'camera', Time(sec=1)))
    np.testing.assert_allclose(tf.transforms.lookup('base', 'camera', Time(sec=1)), POSE, atol=1e-9)


def test_tf2_keeps_the_tree_where_it_is_installed(graph, tf2_ros):
    assert isinstance(listen(graph.node('listener'))._tree, Tf2Tree) == (tf2_ros != 'none')


def test_without_the_message_the_error_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, 'tf2_msgs.msg', None)
    with pytest.raises(TransformError, match='tf2_msgs.*make setup'):
        tf_type()
