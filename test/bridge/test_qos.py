"""Quality of service on a real graph: who hears whom, and what is said when nobody can."""
from __future__ import annotations

import pytest
from conftest import wait_until
from rclpy.qos import HistoryPolicy, QoSCompatibility, ReliabilityPolicy, qos_check_compatible
from sensor_msgs.msg import Image

from pose_ros.bridge.qos import RELIABILITIES, PublisherInfo, image_qos, publishers_of, result_qos, warning_callbacks

RELIABLE = PublisherInfo('/a', 'sensor_msgs/msg/Image', 'reliable', 'volatile')
BEST_EFFORT = PublisherInfo('/b', 'sensor_msgs/msg/Image', 'best_effort', 'volatile')


@pytest.mark.parametrize(('reliability', 'publishers', 'expected'), [
    ('best_effort', [RELIABLE], ReliabilityPolicy.BEST_EFFORT),
    ('reliable', [BEST_EFFORT], ReliabilityPolicy.RELIABLE),
    ('auto', [], ReliabilityPolicy.BEST_EFFORT),
    ('auto', [RELIABLE, RELIABLE], ReliabilityPolicy.RELIABLE),
    ('auto', [RELIABLE, BEST_EFFORT], ReliabilityPolicy.BEST_EFFORT)])
def test_reliability(reliability, publishers, expected):
    assert image_qos(reliability, publishers).reliability == expected


@pytest.mark.parametrize('reliability', RELIABILITIES)
def test_only_the_newest_image_counts(reliability):
    qos = image_qos(reliability)
    assert (qos.history, qos.depth) == (HistoryPolicy.KEEP_LAST, 1)


@pytest.mark.parametrize('offered', ['best_effort', 'reliable'])
def test_auto_and_best_effort_fit_every_publisher(offered):
    publisher = PublisherInfo('/a', 'sensor_msgs/msg/Image', offered, 'volatile')
    for wanted in ('best_effort', 'auto'):
        compatibility, _ = qos_check_compatible(image_qos(offered), image_qos(wanted, [publisher]))
        assert compatibility != QoSCompatibility.ERROR


def test_results_are_reliable():
    assert (result_qos().reliability, result_qos().depth) == (ReliabilityPolicy.RELIABLE, 10)


def test_publishers_are_found_by_a_relative_name(graph):
    camera = graph.node('camera', namespace='/front')
    publishers = [camera.create_publisher(Image, 'image', image_qos('best_effort')),
                  camera.create_publisher(Image, 'image', image_qos('reliable'))]
    probe = graph.node('probe', namespace='/front')
    expected = {PublisherInfo('/front/camera', 'sensor_msgs/msg/Image', reliability, 'volatile')
                for reliability in ('best_effort', 'reliable')}
    wait_until(lambda: set(publishers_of(probe, 'image')) == expected)
    assert len(publishers_of(probe, 'image')) == len(publishers)
    assert publishers_of(probe, '/image') == []


def test_a_best_effort_camera_and_a_reliable_subscriber_are_reported(graph):
    camera, probe, warnings = graph.node('camera'), graph.node('probe'), []
    probe.create_subscription(Image, 'image', lambda _: None, image_qos('reliable'),
                              event_callbacks=warning_callbacks('/image', warnings.append))
    camera.create_publisher(Image, 'image', image_qos('best_effort'))
    wait_until(lambda: warnings)
    assert all(word in warnings[0] for word in ('/image', 'RELIABILITY', 'best_effort'))


def test_a_fitting_publisher_is_not_reported(graph):
    camera, probe, warnings, images = graph.node('camera'), graph.node('probe'), [], []
    probe.create_subscription(Image, 'image', images.append, image_qos('best_effort'),
                              event_callbacks=warning_callbacks('/image', warnings.append))
    publisher = camera.create_publisher(Image, 'image', image_qos('reliable'))
    wait_until(publisher.get_subscription_count)
    publisher.publish(Image(width=7))
    wait_until(lambda: images)
    assert warnings == [] and images[0].width == 7


@pytest.mark.parametrize(('node', 'named'), [('/front/camera', True), ('/_NODE_NAME_UNKNOWN_', False)])
def test_discovery_may_know_a_publisher_before_its_name(node, named):
    assert PublisherInfo(node, 'sensor_msgs/msg/Image', 'reliable', 'volatile').is_named is named
