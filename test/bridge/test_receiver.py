"""Messages taken past the executor, on a real graph."""
from __future__ import annotations

import threading

import pytest
import rclpy
from conftest import wait_until
from rclpy.qos import QoSProfile
from sensor_msgs.msg import Image
from std_msgs.msg import String

from pose_ros.bridge.qos import image_qos, warning_callbacks
from pose_ros.bridge.receiver import Receiver

_ALL = QoSProfile(depth=100)


@pytest.fixture
def node(graph):
    """A node that nobody spins."""
    made = rclpy.create_node('receiver', context=graph.context)
    yield made
    made.destroy_node()


@pytest.fixture
def receiver(node):
    made = Receiver(node)
    yield made
    made.close()


def _published(graph, texts, topic='words'):
    publisher = graph.node(f'writer_of_{topic}').create_publisher(String, topic, _ALL)
    wait_until(publisher.get_subscription_count, what=f'{topic} matched')
    for text in texts:
        publisher.publish(String(data=text))
    return publisher


def test_all_messages_come_in_order_though_nobody_spins_the_node(graph, receiver):
    got, threads = [], set()

    def take(msg):
        got.append(msg.data)
        threads.add(threading.current_thread())

    receiver.subscribe(String, 'words', take, _ALL)
    receiver.start()
    words = [str(number) for number in range(50)]
    _published(graph, words)
    wait_until(lambda: len(got) == len(words))
    assert got == words
    assert len(threads) == 1 and threading.current_thread() not in threads


def test_several_topics_and_an_executor_get_each_message_once(graph):
    node = graph.node('both')
    receiver, got = Receiver(node), {name: [] for name in ('a', 'b', 'spun')}
    for name in ('a', 'b'):
        receiver.subscribe(String, name, lambda msg, name=name: got[name].append(msg.data), _ALL)
    node.create_subscription(String, 'spun', lambda msg: got['spun'].append(msg.data), _ALL)
    receiver.start()
    try:
        for name in got:
            _published(graph, [f'{name}1', f'{name}2'], name)
        wait_until(lambda: all(len(texts) == 2 for texts in got.values()))
    finally:
        receiver.close()
    assert got == {name: [f'{name}1', f'{name}2'] for name in got}


def test_a_publisher_that_does_not_fit_is_told_of(graph, receiver):
    warnings = []
    receiver.subscribe(Image, 'image', lambda _: None, image_qos('reliable'),
                       warning_callbacks('/image', warnings.append))
    receiver.start()
    graph.node('camera').create_publisher(Image, 'image', image_qos('best_effort'))
    wait_until(lambda: warnings)
    assert 'RELIABILITY' in warnings[0]


def test_a_bug_in_a_callback_is_kept_for_the_one_who_asks(graph, receiver):
    def take(msg):
        raise ZeroDivisionError(msg.data)

    receiver.subscribe(String, 'words', take, _ALL)
    receiver.start()
    receiver.check()
    _published(graph, ['bad'])

    def failed():
        try:
            receiver.check()
        except ZeroDivisionError as error:
            return str(error) == 'bad'
        return False

    wait_until(failed)


def test_closing_unsubscribes_and_ends_the_thread(graph, node):
    receiver = Receiver(node)
    receiver.subscribe(String, 'words', lambda _: None, _ALL)
    receiver.start()
    publisher = _published(graph, [])
    receiver.close()
    wait_until(lambda: not publisher.get_subscription_count())
    assert not [thread for thread in threading.enumerate() if thread.name.startswith('receiver')]


def test_the_thread_ends_with_its_context(ros_domain):
    context = rclpy.Context()
    rclpy.init(context=context, domain_id=ros_domain)
    node = rclpy.create_node('short', context=context)
    receiver = Receiver(node)
    receiver.subscribe(String, 'words', lambda _: None, _ALL)
    receiver.start()
    context.shutdown()
    receiver.close()
    node.destroy_node()
    receiver.check()
