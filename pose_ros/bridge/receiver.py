"""Takes messages in a thread of its own, past the executor of the node.

For every message, rclpy's executors gather anew all that a node waits for: for a lifecycle node with its services that
takes longer than to read an image. Topics with a message for every image are waited for here, where the list is short.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.event_handler import EventHandler, SubscriptionEventCallbacks
from rclpy.impl.implementation_singleton import rclpy_implementation
from rclpy.node import Node
from rclpy.qos import QoSProfile

_CONTEXT_CHECK_NS = 500_000_000  # a context that is shut down wakes nobody


class _PastExecutor(ReentrantCallbackGroup):
    """Executors do not wait for its members."""

    def can_execute(self, entity: Any) -> bool:
        return False


class Receiver:
    """Some subscriptions of a node; their callbacks run one after another in one thread, from `start` to `close`.

    Attributes:
        node: that subscribes.
    """

    def __init__(self, node: Node) -> None:
        self.node = node
        self._group = _PastExecutor()
        self._subscriptions: list[Any] = []  # of rclpy, whose hints call their list of events one event
        self._end = node.create_guard_condition(lambda: None, self._group)
        self._closed = False
        self._pool = ThreadPoolExecutor(1, thread_name_prefix='receiver')
        self._running: Future[None] | None = None

    def subscribe(self, kind: type, topic: str, take: Callable[[Any], None], qos: QoSProfile,
                  event_callbacks: SubscriptionEventCallbacks | None = None) -> None:
        """Subscribes before `start`; as `Node.create_subscription`, but that `take` is called in the own thread."""
        self._subscriptions.append(self.node.create_subscription(
            kind, topic, take, qos, callback_group=self._group, event_callbacks=event_callbacks))

    def start(self) -> None:
        """Begins to take messages."""
        self._running = self._pool.submit(self._run)

    def check(self) -> None:
        """Raises whatever has ended the thread."""
        if self._running and self._running.done():
            self._running.result()

    def close(self) -> None:
        """Finishes the message at hand and unsubscribes."""
        self._closed = True
        self._end.trigger()
        self._pool.shutdown()
        for subscription in self._subscriptions:
            self.node.destroy_subscription(subscription)
        self.node.destroy_guard_condition(self._end)

    def _run(self) -> None:
        events = [event for one in self._subscriptions for event in one.event_handlers]
        wait_set = rclpy_implementation.WaitSet(len(self._subscriptions), 1, 0, 0, 0, len(events),
                                                self.node.context.handle)
        while not self._closed and self.node.context.ok():
            self._wait(wait_set, events)
            ready = wait_set.get_ready_entities('subscription')
            for event in events:
                if event.is_ready(wait_set):
                    event.callback(event.take_data())
            for subscription in self._subscriptions:
                if subscription.handle.pointer in ready:
                    _take(subscription)

    def _wait(self, wait_set: Any, events: Sequence[EventHandler]) -> None:
        wait_set.clear_entities()
        wait_set.add_guard_condition(self._end.handle)
        for subscription in self._subscriptions:
            wait_set.add_subscription(subscription.handle)
        for event in events:
            event.add_to_wait_set(wait_set)
        wait_set.wait(_CONTEXT_CHECK_NS)


def _take(subscription: Any) -> None:
    taken = subscription.handle.take_message(subscription.msg_type, subscription.raw)
    if taken is not None:
        subscription.callback(taken[0])
