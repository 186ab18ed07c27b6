"""Bad input on a real graph: pose_node says what was wrong, got and allowed, and takes the next good image."""
from __future__ import annotations

import cv2
import numpy as np
import pytest
from conftest import wait_until
from nodes.pose_rig import RELIABLE, WIDTH, Rig, person_in, picture, value_in
from rclpy.parameter import Parameter
from rclpy.qos import QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import CompressedImage

from pose_ros.bridge.compressed import compressed_to_msg
from pose_ros.bridge.images import image_to_msg
from pose_ros.errors import EstimatorError, SettingError
from pose_ros.estimators.fake import FakeEstimator
from pose_ros.nodes.pose_node import PoseNode

NAN = float('nan')
K = [50.0, 0.0, 31.5, 0.0, 50.0, 23.5, 0.0, 0.0, 1.0]


def image(**changes):
    """A good message with some fields changed."""
    def make(rig: Rig):
        msg = image_to_msg(picture(100), rig.header())
        for name, value in changes.items():
            setattr(msg, name, value)
        return msg
    return make


def truncated(rig: Rig):
    msg = image_to_msg(picture(100), rig.header())
    del msg.data[1000:]
    return msg


BAD_IMAGES = {
    'step': (image(step=10), ('step is 10', 'allowed: 192')),
    'step too long': (image(step=500), ('data has 9216 bytes', 'wrong step')),
    'truncated': (truncated, ('data has 1000 bytes', 'truncated')),
    'encoding': (image(encoding='rainbow7'), ('rainbow7', 'allowed: ', 'bgr8')),
    'no encoding': (image(encoding=''), ("''", 'allowed: ', 'bgr8')),
    '0x0': (image(width=0, height=0, step=0), ('0x0', 'allowed')),
    'huge': (image(width=20000, height=20000, step=60000), ('20000x20000', '1..16384 px')),
}


@pytest.mark.parametrize('kind', BAD_IMAGES)
def test_a_bad_image_is_explained_and_the_next_is_served(rig, kind):
    make, parts = BAD_IMAGES[kind]
    rig.start()
    rig.listen('persons')
    rig.camera().publish(make(rig))
    rig.wait_for_log('/image: ', *parts)
    assert rig.sees(50).dropped_frames == 1
    wait_until(lambda: any(status.message.startswith(parts[0]) or parts[0] in status.message
                           for message in rig.diagnostics for status in message.status), what='diagnostics tell')


BAD_FILES = {
    'truncated': (lambda data: data[:len(data) // 2], ('truncated',)),
    'corrupt': (lambda data: data[:2] + bytes(len(data) - 4) + data[-2:], ('corrupt',)),
    'no image': (lambda data: b'hello, world', ('neither JPEG nor PNG',)),
    'empty': (lambda data: b'', ('0 bytes',)),
    'huge': (lambda data: cv2.imencode('.png', np.zeros((1, 20000), np.uint8))[1].tobytes(), ('20000x1', '16384')),
}


@pytest.mark.parametrize('kind', BAD_FILES)
def test_a_bad_compressed_image_is_explained_and_the_next_is_served(rig, kind):
    damage, parts = BAD_FILES[kind]
    rig.start(image_transport='compressed')
    persons = rig.listen('persons')
    camera = rig.camera('/image/compressed', CompressedImage)
    msg = compressed_to_msg(picture(100), rig.header())
    data = damage(msg.data.tobytes())
    del msg.data[:]
    msg.data.frombytes(data)
    camera.publish(msg)
    rig.wait_for_log('/image: ', *parts)
    camera.publish(compressed_to_msg(picture(40), rig.header()))
    wait_until(lambda: persons)
    assert value_in(persons[0]) == 40


BAD_INFOS = {
    'NaN': ({'k': [NAN] * 9}, ('/camera_info', 'CameraInfo.k', 'finite')),
    'zero': ({'k': [0.0] * 9}, ('/camera_info is not calibrated', '60 deg')),
    'distortion': ({'k': K, 'd': [1.0] * 7}, ('/camera_info', 'plumb_bob', 'coefficients D')),
}


@pytest.mark.parametrize('kind', BAD_INFOS)
def test_a_bad_camera_info_is_explained_and_markers_still_come(rig, kind):
    values, parts = BAD_INFOS[kind]
    rig.start()
    markers = rig.listen('markers')
    rig.send_info(**values)
    wait_until(lambda: rig.send(30) and markers)
    rig.wait_for_log(*parts)


def test_without_camera_info_a_field_of_view_is_assumed(rig):
    rig.start(field_of_view_deg=90.0)
    markers = rig.listen('markers')
    rig.send(30)
    wait_until(lambda: markers)
    rig.wait_for_log('/camera_info has sent nothing', '90 deg')


def test_a_camera_info_of_another_size_is_not_used(rig):
    rig.start()
    markers = rig.listen('markers')
    rig.camera('/image')
    rig.send_info(k=K, width=2 * WIDTH)
    wait_until(lambda: rig.send(30) and markers and rig.log('/camera_info is for 128x48 px'))


def test_stamps_that_go_backwards_are_told_and_the_images_served(rig):
    rig.start()
    rig.listen('persons')
    rig.sees(10, stamp_ns=5 * 10**9)
    rig.sees(20, stamp_ns=2 * 10**9)
    rig.wait_for_log('/image', 'back by 3.000 s')
    rig.sees(30, stamp_ns=3 * 10**9)


def test_a_topic_that_stops_is_an_error_and_then_recovers(rig):
    rig.start(timeout_s=0.5)
    rig.listen('persons')
    for silence in ('before the first image', 'after images'):
        wait_until(lambda: rig.status()[0] == 2, what=f'an error {silence}')
        assert 'no image for' in rig.status()[1] and float(rig.status()[2]['image_age_s']) > 0.5
        wait_until(lambda: rig.sees(20) and rig.status()[0] == 0, what='recovered')
    rig.wait_for_log('/image: no image for')


def test_out_of_memory_is_explained_and_the_next_image_served(rig):
    def before(call: int) -> None:
        if call == 0:
            raise EstimatorError('cuda:0 ran out of memory: 2 GiB; allowed: a smaller input_size')

    rig.start(FakeEstimator(person_in, before=before))
    rig.listen('persons')
    rig.send(10)
    rig.wait_for_log('/image', 'cuda:0 ran out of memory', 'smaller input_size')
    assert rig.sees(20).dropped_frames == 1


@pytest.mark.parametrize(('name', 'value', 'allowed'), [
    ('marker_distance_m', -1.0, ('0.1', '1000.0')),
    ('marker_distance_m', 'far', ('0.1', '1000.0')),
    ('image_transport', 'pigeon', ('raw', 'compressed')),
    ('image_topics', [''], ('one or more names',)),
    ('grouping.min_keypoints', 1, ('2', '25')),
    ('input_size', 10, ('64', '2048')),
    ('autostart', False, ('read-only',)),
])
def test_a_parameter_out_of_range_is_refused_with_what_is_allowed(rig, name, value, allowed):
    rig.start()
    rig.listen('persons')
    before = rig.node.get_parameter(name).value
    good, reason = rig.set(**{name: value})
    assert not good and name in reason and all(part in reason for part in allowed), reason
    assert rig.node.get_parameter(name).value == before
    rig.sees(10)


@pytest.mark.parametrize(('values', 'parts'), [
    ({'image_topics': []}, ('image_topics', 'one or more')),
    ({'image_topics': ['a', 'a']}, ('image_topics', 'each of them once')),
    ({'reliability': 'sometimes'}, ('reliability', 'best_effort | reliable | auto')),
    ({'timeout_s': 0.0}, ('timeout_s', '0.1')),
    ({'marker_distance_m': 5000}, ('marker_distance_m', '1000')),
])
def test_a_node_does_not_start_with_bad_parameters(graph, values, parts):
    overrides = [Parameter(name, value=value) for name, value in values.items()]
    with pytest.raises(SettingError) as error:
        PoseNode(context=graph.context, parameter_overrides=overrides)
    assert all(part in str(error.value) for part in parts)


def test_a_bad_topic_name_fails_the_configuration(rig):
    rig.start(load=lambda settings, grouping: FakeEstimator(), image_topics=['no topic!'])
    rig.wait_for_log('configure', 'no topic!')
    assert rig.state() == 'unconfigured'


def test_two_publishers_on_one_topic_are_told(rig):
    rig.start()
    rig.listen('persons')
    rig.camera()
    other = rig.graph.node('intruder')
    other.create_publisher(type(image()(rig)), '/image', RELIABLE)
    rig.wait_for_log('/image has 2 publishers', '/intruder', '/probe')
    rig.sees(10)


def test_a_publisher_that_does_not_fit_is_told(rig):
    rig.start(reliability='reliable')
    rig.listen('persons')
    lossy = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
    other = rig.graph.node('lossy')
    other.create_publisher(type(image()(rig)), '/image', lossy)
    rig.wait_for_log('/image', 'RELIABILITY', 'this node asks for reliable', '/lossy offers best_effort')
    rig.sees(10)


def test_many_bad_images_are_told_once(rig):
    rig.start()
    rig.listen('persons')
    for number in range(1, 5):
        rig.camera().publish(image(encoding='rainbow7')(rig))
        wait_until(lambda number=number: rig.status('network')[2].get('served') == str(number))
    rig.wait_for_log('rainbow7')
    assert rig.sees(10).dropped_frames == 4
    assert len([log for log in rig.logs if 'rainbow7' in log.msg]) == 1
