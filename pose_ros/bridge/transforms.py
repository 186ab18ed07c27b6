"""tf for nodes: /tf and /tf_static, kept by tf2 where ROS provides it, else by this package.

The ROS wheels have neither tf2 nor its message; the set-up builds the message (`.ci/interfaces`), and the tree is
`pose_ros.transforms`. Both trees answer alike.
"""
from __future__ import annotations

import time
from threading import Condition
from typing import Any, Protocol

import numpy as np
from geometry_msgs.msg import TransformStamped
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile

from pose_ros.bridge.stamps import seconds_of
from pose_ros.bridge.tf2_tree import Tf2Tree
from pose_ros.bridge.transform_msgs import matrix_from_msg
from pose_ros.errors import TransformError
from pose_ros.transforms import TransformTree

# Those of tf2_ros.
_QOS = QoSProfile(depth=100)
_STATIC_QOS = QoSProfile(depth=100, durability=DurabilityPolicy.TRANSIENT_LOCAL)


class Tree(Protocol):
    """Keeps what is told of transforms."""

    def take(self, msg: TransformStamped, static: bool) -> None:
        """Keeps a message; for ever if static.

        Raises:
            TransformError: it is no transform between two frames.
        """

    def lookup(self, target: str, source: str, stamp_s: float) -> np.ndarray:
        """See `TransformTree.lookup`."""


class OwnTree(TransformTree):
    """The tree of this package as a `Tree`."""

    def take(self, msg: TransformStamped, static: bool) -> None:
        """See `Tree.take`."""
        self.put(msg.header.frame_id, msg.child_frame_id, seconds_of(msg.header.stamp),
                 matrix_from_msg(msg.transform), static)


def listen(node: Node) -> Transforms:
    """Listens to the transforms of a node's graph; the callbacks run where the node is spun.

    Raises:
        TransformError: there is no tf2_msgs here.
    """
    try:
        tree: Tree = Tf2Tree()
    except ImportError:
        tree = OwnTree()
    return Transforms(node, tree)


def tf_type() -> Any:
    """The class tf2_msgs/TFMessage.

    Raises:
        TransformError: it is not installed.
    """
    try:
        from tf2_msgs.msg import TFMessage
    except ImportError as error:
        raise TransformError('tf needs the package tf2_msgs, which is not installed here; allowed: `make setup`, or '
                             'ROS with tf2') from error
    return TFMessage


def broadcaster(node: Node) -> Any:
    """A publisher of /tf.

    Raises:
        TransformError: there is no tf2_msgs here.
    """
    return node.create_publisher(tf_type(), '/tf', _QOS)


class Transforms:
    """Where frames are, by /tf and /tf_static. May be asked from any thread.

    Args:
        node: whose graph it is.
        tree: that keeps what is heard.

    Raises:
        TransformError: there is no tf2_msgs here.
    """

    def __init__(self, node: Node, tree: Tree) -> None:
        kind = tf_type()
        self._node, self._tree, self._changed = node, tree, Condition()
        self._subscriptions = (
            node.create_subscription(kind, '/tf', lambda msg: self._take(msg, static=False), _QOS),
            node.create_subscription(kind, '/tf_static', lambda msg: self._take(msg, static=True), _STATIC_QOS))

    def lookup(self, target: str, source: str, stamp: Any, timeout_s: float = 0.0) -> np.ndarray:
        """(4, 4) transform of points in `source` to `target` at the stamp of a message.

        Waits only for a transform that other stamps of the same frames make likely to come. Not to be called in the
        thread that spins the node, unless timeout_s is 0.

        Raises:
            TransformError: unknown, or not in time.
        """
        stamp_s, end_s = seconds_of(stamp), time.monotonic() + timeout_s
        with self._changed:
            while True:
                try:
                    return self._tree.lookup(target, source, stamp_s)
                except TransformError as error:
                    left_s = end_s - time.monotonic()
                    if not error.may_come or left_s <= 0:
                        raise
                self._changed.wait(left_s)

    def close(self) -> None:
        """Stops listening."""
        for subscription in self._subscriptions:
            self._node.destroy_subscription(subscription)

    def _take(self, msg: Any, static: bool) -> None:
        with self._changed:
            for one in msg.transforms:
                try:
                    self._tree.take(one, static)
                except TransformError as error:
                    self._node.get_logger().warning(f'tf: {error}', throttle_duration_sec=5.0)
            self._changed.notify_all()
