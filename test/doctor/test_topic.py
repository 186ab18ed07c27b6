"""A topic is looked at on a real graph: who publishes, what they offer, whether images come."""
import pytest
from rclpy.qos import QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import String

from pose_ros.doctor.topic import check_topic

PATIENCE_S = 10.0


@pytest.fixture
def camera(graph):
    """Publishes a message ten times a second: camera(kind, message, reliability)."""
    def publish(kind, message, reliability=ReliabilityPolicy.BEST_EFFORT, name='camera', topic='/front/image'):
        node = graph.node(name)
        publisher = node.create_publisher(kind, topic, QoSProfile(depth=1, reliability=reliability))
        node.create_timer(0.1, lambda: publisher.publish(message))

    return publish


@pytest.mark.parametrize('reliability', [ReliabilityPolicy.BEST_EFFORT, ReliabilityPolicy.RELIABLE])
def test_a_camera_is_described_with_its_qos_and_an_image(camera, reliability):
    camera(Image, Image(width=4, height=3, encoding='rgb8', step=12, data=bytes(36)), reliability)
    found = check_topic('/front/image', PATIENCE_S)
    assert found.status == 'ok'
    for word in ('/camera', reliability.name.lower(), '4x3 rgb8'):
        assert word in found.detail


def test_compressed_images_are_received_too(camera):
    camera(CompressedImage, CompressedImage(format='jpeg', data=b'not looked at'))
    found = check_topic('front/image', PATIENCE_S)
    assert found.status == 'ok'
    assert 'jpeg' in found.detail


def test_a_topic_that_carries_no_images_fails(camera):
    camera(String, String(data='hello'))
    found = check_topic('/front/image', PATIENCE_S)
    assert found.status == 'fail'
    assert 'std_msgs/msg/String' in found.detail


def test_a_wrong_name_gets_the_near_ones(camera):
    camera(Image, Image())
    found = check_topic('/front/imag', patience_s=2.0)
    assert found.status == 'fail'
    assert '/front/image' in found.remedy


def test_two_publishers_are_a_warning(camera):
    message = Image(width=1, height=1, encoding='mono8', step=1, data=bytes(1))
    camera(Image, message, name='left')
    camera(Image, message, name='right')
    found = check_topic('/front/image', PATIENCE_S)
    assert found.status == 'warn'
    assert '/left' in found.detail
    assert '/right' in found.detail


def test_a_publisher_that_sends_nothing_fails(graph):
    graph.node('camera').create_publisher(Image, '/front/image', 1)
    found = check_topic('/front/image', patience_s=1.0)
    assert found.status == 'fail'
    assert 'no image came' in found.detail
