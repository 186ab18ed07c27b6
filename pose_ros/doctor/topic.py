"""Check of one topic on the live graph: who publishes images there, and whether pose_node would get them."""
from __future__ import annotations

import difflib
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from pose_ros.doctor.check import Check

if TYPE_CHECKING:
    from rclpy.node import Node

    from pose_ros.bridge.qos import PublisherInfo

IMAGE_TYPES = ('sensor_msgs/msg/Image', 'sensor_msgs/msg/CompressedImage')
UNNAMED = '_NODE_NAME_UNKNOWN_'
NAME = 'topic'


def check_topic(topic: str, patience_s: float = 5.0) -> Check:
    """Whether pose_node, with its default reliability, would receive images from a topic.

    Args:
        topic: name of a topic of images.
        patience_s: how long to wait for a publisher, and again for an image [s].
    """
    import rclpy
    from rclpy.context import Context
    from rclpy.executors import SingleThreadedExecutor

    context = Context()
    rclpy.init(context=context)
    node = rclpy.create_node('pose_ros_doctor', context=context)
    executor = SingleThreadedExecutor(context=context)
    executor.add_node(node)
    try:
        return _examine(node, executor, node.resolve_topic_name(topic), patience_s)
    finally:
        executor.shutdown()
        node.destroy_node()
        context.try_shutdown()


def _examine(node: Node, executor: Any, topic: str, patience_s: float) -> Check:
    from pose_ros.bridge.qos import publishers_of

    _wait(executor, lambda: publishers_of(node, topic), patience_s)
    if not (publishers := publishers_of(node, topic)):
        return _nobody(node, topic)
    if unfit := [publisher.type for publisher in publishers if publisher.type not in IMAGE_TYPES]:
        return Check(NAME, 'fail', f'{topic} carries {unfit[0]}', f'name a topic of {" or ".join(IMAGE_TYPES)}')
    image = _next_image(node, executor, topic, publishers[0].type, patience_s)
    # A publisher is discovered before the name of its node.
    _wait(executor, lambda: not any(UNNAMED in found.node for found in publishers_of(node, topic)), patience_s)
    return judge(topic, publishers_of(node, topic), image)


def _wait(executor: Any, condition: Callable[[], object], patience_s: float) -> None:
    until = time.monotonic() + patience_s
    while not condition() and time.monotonic() < until:
        executor.spin_once(timeout_sec=0.1)


def judge(topic: str, publishers: Sequence[PublisherInfo], image: Any) -> Check:
    """The finding for a topic of images.

    Args:
        topic: its full name.
        publishers: of the topic.
        image: the message that was received, None for nothing.
    """
    offers = '; '.join(f'{found.node} offers {found.reliability}, {found.durability}' for found in publishers)
    if image is None:
        return Check(NAME, 'fail', f'{topic}: {offers}; no image came', 'start the camera, or check the network')
    size = f'{image.width}x{image.height} {image.encoding}' if hasattr(image, 'encoding') else image.format
    detail = f'{topic}: {offers}; an image came, {size}'
    if len(publishers) > 1:
        return Check(NAME, 'warn', detail, 'they would be taken for one camera: keep one publisher per topic')
    return Check(NAME, 'ok', detail)


def _nobody(node: Node, topic: str) -> Check:
    known = [name for name, types in node.get_topic_names_and_types() if set(types) & set(IMAGE_TYPES)]
    near = difflib.get_close_matches(topic, known, n=3, cutoff=0.4) or known[:3]
    remedy = f'topics of images now: {", ".join(near)}' if near else 'no topic of images is published; start the camera'
    return Check(NAME, 'fail', f'nobody publishes {topic}', remedy)


def _next_image(node: Node, executor: Any, topic: str, kind: str, patience_s: float) -> Any:
    """The next message of a topic, received as pose_node would; None after `patience_s`."""
    from sensor_msgs.msg import CompressedImage, Image

    from pose_ros.bridge.qos import image_qos

    received: list[Any] = []
    kinds = dict(zip(IMAGE_TYPES, (Image, CompressedImage)))
    node.create_subscription(kinds[kind], topic, received.append, image_qos('best_effort'))
    _wait(executor, lambda: received, patience_s)
    return received[0] if received else None
