"""The recorder on a real graph: an image meets its people, in whichever order they come."""
import numpy as np
import pytest
from conftest import wait_until
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from rclpy.qos import QoSProfile
from sensor_msgs.msg import Image
from std_msgs.msg import Header
from visualization_msgs.msg import MarkerArray

from pose_ros.bridge.convert import persons_to_msg
from pose_ros.bridge.images import image_to_msg
from pose_ros.nodes.recorder import recorder_in
from pose_ros.skeletons import OPENPOSE18
from pose_ros.types import Person

TOPICS = {'image': '/cam/image', 'persons': '/pose/persons', 'markers': '/pose/markers'}


def header(second):
    made = Header(frame_id='camera')
    made.stamp.sec = second
    return made


def image(second):
    return image_to_msg(np.full((6, 8, 3), second, np.uint8), header(second))


def persons(second):
    person = Person(OPENPOSE18, np.full((18, 2), float(second)), np.ones(18), 1.0)
    return persons_to_msg([person], header=header(second), camera_name='cam', image_size=(8, 6), skeleton=OPENPOSE18,
                          model='fake@0', processing_ms=1.0, dropped_frames=0)


class Listening:
    """A recorder, who talks to it, and what it handed on."""

    def __init__(self, recorder, spin, node):
        self.recorder, self.spin, self.sightings, self.markers = recorder, spin, [], []
        qos = QoSProfile(depth=100)
        kinds = {'image': Image, 'persons': type(persons(0)), 'markers': MarkerArray}
        self.publishers = {name: node.create_publisher(kind, TOPICS[name], qos) for name, kind in kinds.items()}
        self.publishers['diagnostics'] = node.create_publisher(DiagnosticArray, '/diagnostics', qos)
        self.until(lambda: all(publisher.get_subscription_count() for publisher in self.publishers.values()) and
                   recorder.hears('image', 'persons', 'markers', '/diagnostics'))

    def send(self, name, message):
        self.publishers[name].publish(message)

    def until(self, condition):
        wait_until(lambda: self.spin(0.01) or condition())


@pytest.fixture
def listening(graph, ros_domain):
    found = []
    with recorder_in(ros_domain, TOPICS, lambda seen: found[0].sightings.append(seen),
                     lambda *seen: found[0].markers.append(seen)) as (recorder, spin):
        found.append(Listening(recorder, spin, graph.node()))
        yield found[0]


def test_an_image_meets_its_people_in_whichever_order_they_come(listening):
    listening.send('image', image(1))
    listening.until(lambda: listening.recorder.images == 1)
    assert not listening.recorder.is_up_to_date
    listening.send('persons', persons(1))
    listening.until(lambda: len(listening.sightings) == 1)
    listening.send('persons', persons(2))
    listening.spin(0.05)
    listening.send('image', image(2))
    listening.until(lambda: len(listening.sightings) == 2)
    for second, seen in enumerate(listening.sightings, 1):
        assert seen.stamp_ns == second * 10**9 and seen.received_ns > 10**18
        assert (seen.image == second).all() and (seen.persons[0].keypoints == second).all()
    assert listening.recorder.is_up_to_date


def test_people_of_a_later_image_mean_that_the_earlier_ones_were_skipped(listening):
    for second in (1, 2, 3):
        listening.send('image', image(second))
    listening.until(lambda: listening.recorder.images == 3)
    listening.send('persons', persons(3))
    listening.until(lambda: listening.sightings)
    listening.send('persons', persons(2))
    listening.send('image', image(4))
    listening.until(lambda: listening.recorder.images == 4)
    assert [seen.stamp_ns for seen in listening.sightings] == [3 * 10**9]


def test_markers_and_the_device_are_noticed(listening):
    assert listening.recorder.device == ''
    listening.send('markers', MarkerArray())
    listening.send('diagnostics', DiagnosticArray(status=[
        DiagnosticStatus(values=[KeyValue(key='device', value='cuda:0')]), DiagnosticStatus()]))
    listening.until(lambda: listening.markers and listening.recorder.device)
    assert listening.recorder.device == 'cuda:0' and listening.markers[0][1] > 10**18
