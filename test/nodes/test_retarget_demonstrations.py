"""retarget_node records a demonstration on a real graph, and performs what was recorded."""
from __future__ import annotations

import cv2
import numpy as np
import pytest
from conftest import wait_until
from nodes.retarget_rig import RetargetRig
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Header
from std_srvs.srv import SetBool, Trigger

from pose_ros.bridge.compressed import compressed_to_msg
from pose_ros.bridge.demonstration_bag import read_demonstration
from pose_ros.bridge.images import image_to_msg
from pose_ros.bridge.qos import image_qos
from pose_ros.bridge.robot import Replay, RetargetStatus, joint_path_from_msg
from pose_ros.demonstrations.camera_images import decode
from pose_ros.demonstrations.demonstration import MARK_BEGIN, MARK_END
from pose_ros.nodes.retarget_services import record_demonstration
from pose_ros.retargeting.rehearsal import violations
from pose_ros.retargeting.sim_controller import commanded
from pose_ros.skeletons import COCO17

pytest.importorskip('toppra')


def follow(rig):
    wait_until(lambda: rig.call(SetBool, 'enable', data=True).success, what='enabled')
    rig.wait_for(RetargetStatus.TRACKING)


def record(rig, folder):
    """Follows a person for a while and records it."""
    rig.start(record_folder=str(folder))
    refused = rig.call(Trigger, 'mark')
    assert not refused.success and '~/record first' in refused.message
    follow(rig)
    assert rig.call(SetBool, 'record', data=True).success
    begun = len(rig.states)
    assert rig.call(Trigger, 'mark').message == MARK_BEGIN
    wait_until(lambda: len(rig.states) > begun + 150, what='some seconds of motion')
    assert rig.call(Trigger, 'mark').message == MARK_END
    assert rig.call(SetBool, 'record', data=False).success
    return next(folder.iterdir())


def test_what_was_recorded_is_performed(graph, tmp_path):
    rig = RetargetRig(graph)
    path = record(rig, tmp_path / 'recordings')
    read = read_demonstration(path)
    assert read.about.robot == 'arm7' and read.about.skeleton.keypoints == COCO17.keypoints and read.about.config
    assert [mark.label for mark in read.marks if mark.label in (MARK_BEGIN, MARK_END)] == [MARK_BEGIN, MARK_END]
    assert len(read.persons.stamps) > 10 and len(read.commands) > 20 and len(read.measured) > 20
    assert np.abs(read.measured.at(read.commands.stamps) - read.commands.positions).max() < 0.3

    rig.showing = False
    wait_until(lambda: rig.call(SetBool, 'enable', data=False).success, what='disabled')
    rig.comes_to_rest()
    rig.paths.clear()
    answer = rig.call(Replay, 'replay', path=str(path), segment=0, stretch=1.5)
    assert answer.success and 'times as long as wanted' in answer.message, answer.message
    rig.wait_for(RetargetStatus.DISABLED, 'performed')
    for positions in commanded([joint_path_from_msg(path) for path in rig.paths]):
        assert violations(rig.sim.robot.limits, positions, 0.01) == (0, 0, 0)
    refused = rig.call(Replay, 'replay', path=str(path), segment=7)
    assert not refused.success and 'has 1 segments, got number 7' in refused.message
    refused = rig.call(Replay, 'replay', path=str(tmp_path / 'gone'))
    assert not refused.success and 'there is no recording' in refused.message


PICTURE = np.full((60, 80, 3), (30, 120, 210), np.uint8)


class Camera:
    """Publishes pictures of one colour, the third of which cannot be read."""

    def __init__(self, rig, kind, topic):
        self.count, self._node, self._kind = 0, rig.probe, kind
        self._publisher = rig.probe.create_publisher(kind, topic, image_qos('reliable'))
        rig.probe.create_timer(0.05, self._publish)

    def _publish(self):
        self.count += 1
        header = Header(stamp=self._node.get_clock().now().to_msg())
        image = cv2.resize(PICTURE, None, fx=4, fy=4)
        msg = image_to_msg(image, header) if self._kind is Image else compressed_to_msg(image, header)
        if self.count % 3 == 0:
            msg.data = msg.data[:50]
        self._publisher.publish(msg)


@pytest.mark.parametrize(('kind', 'topic'), [(Image, '/camera/image_raw'),
                                             (CompressedImage, '/camera/image_raw/compressed')], ids=['raw', 'jpeg'])
def test_images_are_recorded_when_it_is_asked(graph, tmp_path, kind, topic):
    recorders = []

    def record(path, session):
        recorders.append(record_demonstration(path, session))
        return recorders[-1]

    rig = RetargetRig(graph)
    rig.start(injected={'record': record}, record_folder=str(tmp_path), record_images=topic, record_image_width=80)
    follow(rig)
    Camera(rig, kind, topic)
    assert not rig.probe.count_subscribers(topic)
    started = rig.call(SetBool, 'record', data=True).message
    assert started.endswith(f', with {topic}')
    wait_until(lambda: recorders[0].images > 5, what='some images')
    ended = rig.call(SetBool, 'record', data=False).message
    assert f'images came on {topic}' in ended
    wait_until(lambda: not rig.probe.count_subscribers(topic), what='it listens no more')
    images = read_demonstration(next(tmp_path.iterdir()), images=True).images
    assert len(images) == recorders[0].images and (np.diff(images.stamps) > 0).all()
    for jpeg in images.jpegs:
        np.testing.assert_allclose(decode(jpeg), PICTURE, atol=6)


def test_a_camera_that_says_nothing_is_told(graph, tmp_path):
    rig = RetargetRig(graph)
    rig.start(record_folder=str(tmp_path), record_images='/nobody')
    rig.call(SetBool, 'record', data=True)
    assert rig.call(SetBool, 'record', data=False).message == 'recording ended; 0 images came on /nobody'


def test_a_topic_that_is_none_is_refused_and_nothing_is_recorded(graph, tmp_path):
    rig = RetargetRig(graph)
    rig.start(record_folder=str(tmp_path), record_images='no topic')
    refused = rig.call(SetBool, 'record', data=True)
    assert not refused.success and "record_images = 'no topic' is not allowed" in refused.message
    assert not list(tmp_path.iterdir())
