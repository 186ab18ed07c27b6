"""Quality of service of images and results, and what a topic offers.

A RELIABLE subscriber gets nothing from a BEST_EFFORT camera, while big images can be slower as BEST_EFFORT: so the
reliability of the image subscriptions is a parameter, and a publisher that does not fit is reported.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rclpy.event_handler import PublisherEventCallbacks, QoSRequestedIncompatibleQoSInfo, SubscriptionEventCallbacks
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, HistoryPolicy, QoSProfile, ReliabilityPolicy, qos_policy_name_from_kind

RELIABILITIES = ('best_effort', 'reliable', 'auto')
RESULT_DEPTH = 10


@dataclass(frozen=True)
class PublisherInfo:
    """A publisher of a topic, as plain data for `pose-ros doctor`.

    Attributes:
        node: its full name, such as /front/camera.
        type: of its messages, such as sensor_msgs/msg/Image.
        reliability: best_effort, reliable or unknown.
        durability: volatile, transient_local or unknown.
    """

    node: str
    type: str
    reliability: str
    durability: str

    @property
    def is_named(self) -> bool:
        """Whether discovery already knows whose publisher it is."""
        return not self.node.endswith('_NODE_NAME_UNKNOWN_')


def publishers_of(node: Node, topic: str) -> list[PublisherInfo]:
    """Everyone who publishes a topic, as far as discovery knows; the topic's name is expanded and remapped."""
    found = node.get_publishers_info_by_topic(node.resolve_topic_name(topic))
    return [PublisherInfo(f'{info.node_namespace.rstrip("/")}/{info.node_name}', info.topic_type,
                          info.qos_profile.reliability.name.lower(), info.qos_profile.durability.name.lower())
            for info in found]


def image_qos(reliability: str, publishers: Sequence[PublisherInfo] = ()) -> QoSProfile:
    """Sensor data of which only the newest counts: KEEP_LAST, depth 1, VOLATILE.

    Args:
        reliability: `best_effort` fits every publisher, `reliable` only reliable ones; `auto` is reliable where
            every one of the publishers is.
        publishers: of the topic, for `auto`.
    """
    all_reliable = bool(publishers) and all(publisher.reliability == 'reliable' for publisher in publishers)
    reliable = reliability == 'reliable' or (reliability == 'auto' and all_reliable)
    return QoSProfile(history=HistoryPolicy.KEEP_LAST, depth=1, durability=DurabilityPolicy.VOLATILE,
                      reliability=ReliabilityPolicy.RELIABLE if reliable else ReliabilityPolicy.BEST_EFFORT)


def result_qos() -> QoSProfile:
    """Results: RELIABLE, KEEP_LAST, depth 10."""
    return QoSProfile(history=HistoryPolicy.KEEP_LAST, depth=RESULT_DEPTH, durability=DurabilityPolicy.VOLATILE,
                      reliability=ReliabilityPolicy.RELIABLE)


def silent_events() -> PublisherEventCallbacks:
    """No event callbacks, for publishers of results.

    Who subscribes with what does not fit is told so on the other side; each callback on this one makes the executor
    slower for every image.
    """
    return PublisherEventCallbacks(use_default_callbacks=False)


def warning_callbacks(topic: str, warn: Callable[[str], object]) -> SubscriptionEventCallbacks:
    """Event callbacks for a subscription that tell why no images come from a publisher.

    Args:
        topic: named in the text.
        warn: such as `node.get_logger().warning`.
    """
    def incompatible_qos(event: QoSRequestedIncompatibleQoSInfo) -> None:
        policy = qos_policy_name_from_kind(event.last_policy_kind)
        warn(f'{topic}: no images come from a publisher whose {policy} does not fit this subscription; '
             f'set the parameter reliability to best_effort, which fits every publisher')

    return SubscriptionEventCallbacks(incompatible_qos=incompatible_qos)
