"""tf for nodes: tf2_ros where ROS provides it, else /tf and /tf_static read by this package.

The ROS wheels have neither tf2 nor its message; the set-up builds the message (`.ci/interfaces`), and the tree is
`pose_ros.transforms`. Both ways answer alike.
"""
from __future__ import annotations

import time
from collections.abc import Mapping
from threading import Condition
from typing import Any, Protocol

import numpy as np
from geometry_msgs.msg import TransformStamped
from rclpy.duration import Duration
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile
from rclpy.time import Time

from pose_ros.bridge.stamps import seconds_of
from pose_ros.errors import TransformError
from pose_ros.transforms import TransformTree, matrix_of, quaternion_of

# Those of tf2_ros.
_QOS = QoSProfile(depth=100)
_STATIC_QOS = QoSProfile(depth=100, durability=DurabilityPolicy.TRANSIENT_LOCAL)


class Transforms(Protocol):
    """Where frames are."""

    def lookup(self, target: str, source: str, stamp: Any, timeout_s: float = 0.0) -> np.ndarray:
        """(4, 4) transform of points in `source` to `target` at the stamp of a message.

        Waits only for a transform that other stamps of the same frames make likely to come. Not to be called in the
        thread that spins the node, unless timeout_s is 0.

        Raises:
            TransformError: unknown, or not in time.
        """

    def close(self) -> None:
        """Stops listening."""


def listen(node: Node) -> Transforms:
    """Listens to the transforms of a node's graph; the callbacks run where the node is spun.

    Raises:
        TransformError: there is no tf2_msgs here.
    """
    try:
        from tf2_ros import Buffer, TransformListener
    except ImportError:
        return TransformTopics(node)
    buffer = Buffer(node=node)
    return _Tf2(buffer, TransformListener(buffer, node, spin_thread=False))


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


class TransformTopics:
    """Reads /tf and /tf_static; a `Transforms`. May be asked from any thread."""

    def __init__(self, node: Node) -> None:
        kind = tf_type()
        self._node, self._tree, self._changed = node, TransformTree(), Condition()
        self._subscriptions = (
            node.create_subscription(kind, '/tf', lambda msg: self._take(msg, static=False), _QOS),
            node.create_subscription(kind, '/tf_static', lambda msg: self._take(msg, static=True), _STATIC_QOS))

    def lookup(self, target: str, source: str, stamp: Any, timeout_s: float = 0.0) -> np.ndarray:
        """See `Transforms.lookup`."""
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
                    self._tree.put(one.header.frame_id, one.child_frame_id, seconds_of(one.header.stamp),
                                   matrix_from_msg(one.transform), static)
                except TransformError as error:
                    self._node.get_logger().warning(f'tf: {error}', throttle_duration_sec=5.0)
            self._changed.notify_all()


class _Tf2:
    """tf2_ros' buffer; a `Transforms`."""

    def __init__(self, buffer: Any, listener: Any) -> None:
        self._buffer, self._listener = buffer, listener

    def lookup(self, target: str, source: str, stamp: Any, timeout_s: float = 0.0) -> np.ndarray:
        """See `Transforms.lookup`."""
        from tf2_ros import TransformException
        # At time zero tf2 answers whether the two are connected at all.
        known = self._buffer.can_transform(target, source, Time())
        try:
            found = self._buffer.lookup_transform(target, source, Time.from_msg(stamp),
                                                  Duration(seconds=timeout_s if known else 0.0))
        except TransformException as error:
            raise TransformError(f'{source} in {target}: {error}', may_come=known) from error
        return matrix_from_msg(found.transform)

    def close(self) -> None:
        """Stops listening."""
        self._listener.unregister()


def matrix_from_msg(msg: Any) -> np.ndarray:
    """geometry_msgs/Transform -> (4, 4).

    Raises:
        TransformError: not finite, or a quaternion of length zero.
    """
    shift, turn = msg.translation, msg.rotation
    return matrix_of([shift.x, shift.y, shift.z], [turn.x, turn.y, turn.z, turn.w])


def matrix_to_msg(matrix: np.ndarray, header: Any, child: str) -> TransformStamped:
    """(4, 4) pose of the frame `child` in the frame of the header -> geometry_msgs/TransformStamped."""
    msg = TransformStamped(header=header, child_frame_id=child)
    _fill(msg.transform.translation, dict(zip('xyz', matrix[:3, 3].tolist())))
    _fill(msg.transform.rotation, dict(zip('xyzw', quaternion_of(matrix).tolist())))
    return msg


def _fill(msg: Any, values: Mapping[str, float]) -> None:
    for name, value in values.items():
        setattr(msg, name, value)
