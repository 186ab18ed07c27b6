"""activity_node on a real graph: people in, activities and captions out."""
import subprocess
import sys

import pytest
from conftest import wait_until
from diagnostic_msgs.msg import DiagnosticArray
from rclpy.parameter import Parameter
from std_msgs.msg import Header
from std_srvs.srv import SetBool
from visualization_msgs.msg import Marker, MarkerArray

from pose_ros.activity.activity import UNKNOWN, Kind
from pose_ros.benchmarks.performers import walk
from pose_ros.benchmarks.repertoire import FALLS, SIT, STAND, fall, hold, perform
from pose_ros.bridge.activities import activities_from_msg
from pose_ros.bridge.convert import persons_to_msg
from pose_ros.msg import PersonActivityArray, PersonPoseArray
from pose_ros.nodes.activity_node import ActivityNode
from pose_ros.skeletons import OPENPOSE18

OPTICAL = 'camera_optical_frame'


class Rig:
    """activity_node, somebody who publishes people, and somebody who listens."""

    def __init__(self, graph, **values):
        overrides = [Parameter(name, value=value) for name, value in values.items()]
        self.node = graph.add(ActivityNode(context=graph.context, parameter_overrides=overrides))
        self.probe = graph.node('probe')
        self.people = self.probe.create_publisher(PersonPoseArray, 'persons', 100)
        self.got, self.markers, self.diagnostics = [], [], []
        self.probe.create_subscription(PersonActivityArray, '/activity_node/activities', self.got.append, 100)
        self.probe.create_subscription(MarkerArray, '/activity_node/markers', self.markers.append, 100)
        self.probe.create_subscription(DiagnosticArray, '/diagnostics', self.diagnostics.append, 10)
        if values.get('autostart', True):
            self.wait()

    def wait(self):
        wait_until(lambda: self.people.get_subscription_count() and self.probe.count_publishers(
            '/activity_node/activities') and self.probe.count_publishers('/activity_node/markers'), what='a subscriber')

    def show(self, performance, start_s=100.0, frame_id=OPTICAL, camera='/image', persons=None):
        """Publishes a performance, each image after the answer to the one before; the activities of the last image."""
        persons = persons or performance.persons()
        for stamp_s, person in zip(performance.stamps.tolist(), persons):
            self.send([person], start_s + stamp_s, frame_id, camera)
        return activities_from_msg(self.got[-1]).get(persons[-1].track_id, [])

    def send(self, persons, stamp_s, frame_id=OPTICAL, camera='/image'):
        count = len(self.got)
        header = Header(frame_id=frame_id)
        header.stamp.sec, header.stamp.nanosec = int(stamp_s), round(stamp_s % 1 * 1e9) % 10**9
        self.people.publish(persons_to_msg(persons, header=header, camera_name=camera, image_size=(640, 480),
                                           skeleton=OPENPOSE18, model='test', processing_ms=0.0, dropped_frames=0,
                                           source_frame=OPTICAL))
        wait_until(lambda: len(self.got) > count, what='an answer')

    def record(self, begin):
        client = self.probe.create_client(SetBool, '/activity_node/record_gesture')
        future = client.call_async(SetBool.Request(data=begin))
        wait_until(future.done)
        return future.result()


def labels(activities, kind):
    return [one.label for one in activities if one.kind is kind]


def test_a_fall_is_told_with_its_time_and_drawn_over_the_person(graph):
    rig = Rig(graph)
    found = rig.show(fall('ahead', before_s=1.0, lying_s=1.5))
    assert labels(found, Kind.FALL) == ['fallen']
    [fallen] = [one for one in found if one.label == 'fallen']
    assert 101.0 < fallen.since_s < 101.8
    assert rig.got[-1].header.frame_id == OPTICAL and rig.got[-1].camera == '/image'
    wait_until(lambda: any('fallen' in marker.text for msg in rig.markers for marker in msg.markers))


def test_the_text_is_deleted_when_somebody_leaves(graph):
    rig = Rig(graph)
    rig.show(hold(SIT, 1.0))
    wait_until(lambda: rig.markers and any(marker.text == 'sitting' for marker in rig.markers[-1].markers))
    rig.send([], 102.0)
    wait_until(lambda: any(marker.action == Marker.DELETE for marker in rig.markers[-1].markers))


def test_points_in_a_frame_that_is_not_optical_have_z_up(graph):
    from dataclasses import replace

    from pose_ros.activity.body import upright_from_optical
    turn = upright_from_optical().T
    persons = [replace(one, points=replace(one.points, positions=one.points.positions @ turn))
               for one in hold(SIT, 1.5).persons()]
    rig = Rig(graph)
    assert labels(rig.show(hold(SIT, 1.5), frame_id='base_link', persons=persons), Kind.POSTURE) == ['sitting']


def test_cameras_have_people_of_their_own(graph):
    rig = Rig(graph)
    sitting, walking = hold(SIT, 2.0), walk(2.0)
    for frame, (one, other) in enumerate(zip(sitting.persons(), walking.persons())):
        rig.send([one], 100 + frame / 30, camera='/left')
        rig.send([other], 100 + frame / 30, camera='/right')
    left, right = (activities_from_msg(msg)[0] for msg in rig.got[-2:])
    assert (labels(left, Kind.POSTURE), labels(right, Kind.POSTURE)) == (['sitting'], ['walking'])


def test_people_without_points_are_unknown(graph):
    from dataclasses import replace
    rig = Rig(graph)
    persons = [replace(one, points=None) for one in hold(SIT, 1.0).persons()]
    assert labels(rig.show(hold(SIT, 1.0), persons=persons), Kind.POSTURE) == [UNKNOWN]


def test_a_message_that_contradicts_itself_is_told_and_the_next_is_served(graph):
    rig = Rig(graph)
    msg = PersonPoseArray(skeleton_format='octopus')
    rig.people.publish(msg)
    assert labels(rig.show(hold(SIT, 1.0)), Kind.POSTURE) == ['sitting']


def test_a_gesture_is_recorded_and_found(graph, tmp_path):
    from pose_ros.benchmarks.performers import Pose
    shown = perform([(0, STAND), (1, STAND), (1.5, Pose(ahead=(60, 60), elbows=(60, 60))), (2.1, Pose(aside=(80, 80))),
                     (2.7, STAND), (4.0, STAND)])
    rig = Rig(graph, gestures=str(tmp_path / 'gestures'), gesture_name='open')
    assert 'no lesson' in rig.record(False).message
    assert rig.record(True).success
    for index in range(3):
        rig.show(shown, 100.0 + 4.1 * index)
    answer = rig.record(False)
    assert answer.success and '3 examples' in answer.message
    assert (tmp_path / 'gestures' / 'open.json').exists()
    assert 'open' in labels(rig.show(shown, 200.0), Kind.GESTURE)


def test_without_a_folder_no_gesture_is_recorded(graph):
    answer = Rig(graph).record(True)
    assert not answer.success and 'the parameter gestures is empty' in answer.message


def test_a_rule_file_that_is_wrong_keeps_the_node_unconfigured(graph, tmp_path):
    (tmp_path / 'rules.yaml').write_text('squat:\n  angle: tail\n  rest_deg: 1\n  turn_deg: 90\n')
    rig = Rig(graph, exercises=str(tmp_path / 'rules.yaml'), autostart=False)
    assert rig.node.trigger_configure().name == 'FAILURE'


def test_diagnostics_tell_of_silence(graph):
    rig = Rig(graph, timeout_s=0.5)
    wait_until(lambda: any(status.level == b'\x02' for msg in rig.diagnostics for status in msg.status))


def test_the_node_needs_no_torch():
    program = 'import sys, pose_ros.nodes.activity_node; sys.exit("torch" in sys.modules)'
    assert subprocess.run([sys.executable, '-c', program], check=False, timeout=60).returncode == 0


@pytest.mark.parametrize('way', list(FALLS)[:1])
def test_it_can_be_deactivated_and_activated_again(way, graph):
    rig = Rig(graph)
    assert rig.node.trigger_deactivate().name == 'SUCCESS'
    assert rig.node.trigger_activate().name == 'SUCCESS'
    rig.wait()
    assert labels(rig.show(hold(SIT, 1.0)), Kind.POSTURE) == ['sitting']
