"""camera_node on a real graph: every frame once, in order, with its CameraInfo; bad sources end it with an error."""
from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
import yaml
from conftest import DEADLINE_S, wait_until
from rclpy.parameter import Parameter
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import CameraInfo, CompressedImage, Image
from tf2_msgs.msg import TFMessage

from pose_ros.bridge.compressed import compressed_from_msg
from pose_ros.bridge.depth import depth_from_msg
from pose_ros.bridge.images import image_from_msg
from pose_ros.camera import Camera
from pose_ros.errors import CameraError, SettingError, SourceError
from pose_ros.nodes.camera_node import CameraNode
from pose_ros.sources.rgbd import DepthClip, write_depth
from pose_ros.transforms import matrix_of
from pose_ros.video import VideoWriter

COUNT = 5
ALL = QoSProfile(depth=100, reliability=ReliabilityPolicy.RELIABLE)


@pytest.fixture
def folder(tmp_path) -> Path:
    for number in range(COUNT):
        cv2.imwrite(str(tmp_path / f'{number}.png'), np.full((48, 64, 3), 20 + 20 * number, np.uint8))
    return tmp_path


@pytest.fixture
def probe(graph):
    """Collects every message of the topics of camera_node."""
    node = graph.node()
    node.got = {Image: [], CompressedImage: [], CameraInfo: []}

    def listen(kind: type, topic: str) -> None:
        node.create_subscription(kind, topic, node.got[kind].append, ALL)

    node.listen = listen
    return node


def play(graph, folder: Path, **values: object) -> CameraNode:
    values = {'source': str(folder), 'rate_hz': 50.0, 'reliability': 'reliable', **values}
    overrides = [Parameter(name, value=value) for name, value in values.items()]
    return graph.add(CameraNode(context=graph.context, parameter_overrides=overrides))


def greys(images) -> list[int]:
    return [round(image.mean()) for image in images]


WANTED = [20 + 20 * number for number in range(COUNT)]


def test_every_frame_is_published_once_in_order_with_its_camera_info(graph, probe, folder):
    probe.listen(Image, 'image_raw')
    probe.listen(CameraInfo, 'camera_info')
    camera = play(graph, folder, wait_for_subscribers=1)
    assert camera.done.result(DEADLINE_S) == COUNT
    wait_until(lambda: len(probe.got[Image]) == len(probe.got[CameraInfo]) == COUNT)
    assert greys(map(image_from_msg, probe.got[Image])) == WANTED
    assert [msg.header for msg in probe.got[Image]] == [msg.header for msg in probe.got[CameraInfo]]
    assert {msg.header.frame_id for msg in probe.got[Image]} == {'camera_optical_frame'}
    assert not np.any(probe.got[CameraInfo][0].k), 'a camera nobody has calibrated must not claim to be'


def test_compressed_images_are_made_for_who_subscribes(graph, probe, folder):
    probe.listen(CompressedImage, 'image_raw/compressed')
    camera = play(graph, folder, wait_for_subscribers=1)
    camera.done.result(DEADLINE_S)
    wait_until(lambda: len(probe.got[CompressedImage]) == COUNT)
    np.testing.assert_allclose(greys(map(compressed_from_msg, probe.got[CompressedImage])), WANTED, atol=2)


def test_stamps_are_now_or_those_of_the_source(graph, probe, folder):
    probe.listen(Image, 'image_raw')
    before = probe.get_clock().now().nanoseconds
    play(graph, folder, wait_for_subscribers=1).done.result(DEADLINE_S)
    wait_until(lambda: len(probe.got[Image]) == COUNT)
    play(graph, folder, wait_for_subscribers=1, stamps='source').done.result(DEADLINE_S)
    wait_until(lambda: len(probe.got[Image]) == 2 * COUNT)
    stamps = np.array([msg.header.stamp.sec * 10**9 + msg.header.stamp.nanosec for msg in probe.got[Image]])
    assert (np.diff(stamps[:COUNT]) > 0).all() and stamps[0] >= before
    np.testing.assert_allclose(stamps[COUNT:] * 1e-9, np.arange(COUNT) / 30, atol=1e-6)


def test_a_loop_goes_on_until_it_is_stopped(graph, probe, folder):
    probe.listen(Image, 'image_raw')
    camera = play(graph, folder, wait_for_subscribers=1, loop=True, rate_hz=200.0)
    wait_until(lambda: len(probe.got[Image]) > 2 * COUNT)
    assert not camera.done.done()


def test_a_calibration_is_published(graph, probe, folder, tmp_path):
    matrix = [50.0, 0.0, 32.0, 0.0, 50.0, 24.0, 0.0, 0.0, 1.0]
    path = tmp_path / 'calibration.yaml'
    path.write_text(yaml.safe_dump({'image_width': 64, 'image_height': 48, 'camera_matrix': {'data': matrix},
                                    'distortion_coefficients': {'data': [0.0] * 5}}))
    probe.listen(Image, 'image_raw')
    probe.listen(CameraInfo, 'camera_info')
    play(graph, folder, wait_for_subscribers=1, calibration=str(path)).done.result(DEADLINE_S)
    wait_until(lambda: len(probe.got[CameraInfo]) == COUNT)
    np.testing.assert_allclose(probe.got[CameraInfo][-1].k, matrix)


def test_a_node_may_outlive_its_source(graph, probe, folder):
    probe.listen(Image, 'image_raw')
    camera = play(graph, folder, wait_for_subscribers=1, exit_when_done=False)
    wait_until(lambda: len(probe.got[Image]) == COUNT)
    assert not camera.done.done()
    camera.destroy_node()
    assert camera.done.result(DEADLINE_S) == COUNT


def test_a_node_that_is_destroyed_stops_waiting_for_subscribers(graph, folder):
    camera = play(graph, folder, wait_for_subscribers=1)
    assert not camera.done.done()
    camera.destroy_node()
    assert camera.done.result(DEADLINE_S) == 0


@pytest.mark.parametrize(('values', 'error', 'message'), [
    ({'source': 'nowhere'}, SourceError, 'nowhere.*allowed'),
    ({'rate_hz': -1.0}, SettingError, 'rate_hz.*0.0 .. 1000.0'),
    ({'stamps': 'tomorrow'}, SettingError, 'stamps.*now | source'),
    ({'calibration': 'nowhere.yaml'}, CameraError, 'nowhere.yaml'),
])
def test_bad_parameters_are_refused_with_the_reason(graph, folder, values, error, message):
    with pytest.raises(error, match=message):
        play(graph, folder, **values)


def test_a_source_that_fails_ends_with_its_error(graph, folder):
    for path in folder.glob('*.png'):
        path.write_bytes(b'damaged')
    with pytest.raises(SourceError, match='none of the 5 images'):
        play(graph, folder).done.result(DEADLINE_S)


def rgbd(folder: Path, shift: float) -> Path:
    """A video with depth: everything is 2 m away; the depth camera stands aside by a shift [m]."""
    path, camera = folder / 'room.mp4', Camera.from_field_of_view(64, 48)
    with VideoWriter(path, 30.0) as writer:
        for _ in range(COUNT):
            writer.write(np.zeros((48, 64, 3), np.uint8))
    write_depth(path, DepthClip(np.full((COUNT, 48, 64), 2000, np.uint16), camera, camera,
                                matrix_of([shift, 0, 0], [0, 0, 0, 1])))
    return path


@pytest.mark.parametrize(('shift', 'frame'), [(0.0, 'camera_optical_frame'), (0.1, 'camera_optical_frame_depth')])
def test_a_source_with_depth_is_a_depth_camera(graph, probe, tmp_path, shift, frame):
    depths, infos, statics = [], [], []
    probe.listen(Image, 'image_raw')
    latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
    probe.create_subscription(Image, 'depth/image_raw', depths.append, ALL)
    probe.create_subscription(CameraInfo, 'depth/camera_info', infos.append, ALL)
    probe.create_subscription(TFMessage, '/tf_static', statics.append, latched)
    play(graph, rgbd(tmp_path, shift), wait_for_subscribers=1, depth_noise=0.01).done.result(DEADLINE_S)
    wait_until(lambda: len(depths) == len(infos) == len(probe.got[Image]) == COUNT)
    assert [msg.header.stamp for msg in depths] == [msg.header.stamp for msg in probe.got[Image]]
    assert {msg.header.frame_id for msg in (*depths, *infos)} == {frame}
    values = depth_from_msg(depths[0]).values
    measured = values[values > 0] / 1000
    assert depths[0].encoding == '16UC1' and (values == 0).any()
    assert 0.01 < measured.std() < 0.03 and measured.mean() == pytest.approx(2.0, abs=0.01)
    if shift:
        wait_until(lambda: statics)
        transform, = statics[0].transforms
        assert (transform.header.frame_id, transform.child_frame_id) == ('camera_optical_frame', frame)
        assert transform.transform.translation.x == pytest.approx(shift)


def process(source: object, *parameters: str) -> subprocess.Popen:
    arguments = [argument for parameter in (f'source:={source}', *parameters) for argument in ('-p', parameter)]
    return subprocess.Popen([sys.executable, '-m', 'pose_ros.nodes.camera_node', '--ros-args', *arguments],
                            stderr=subprocess.PIPE, text=True)


def test_the_process_ends_with_the_source(ros_domain, folder):
    _, errors = (running := process(folder, 'rate_hz:=100')).communicate(timeout=DEADLINE_S)
    assert running.returncode == 0 and '5 images published' in errors


def test_the_process_fails_on_a_bad_source(ros_domain):
    _, errors = (running := process('nowhere')).communicate(timeout=DEADLINE_S)
    assert running.returncode == 1 and "no source 'nowhere'" in errors and 'Traceback' not in errors


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_process_cleanly(graph, probe, folder, number):
    probe.listen(Image, 'image_raw')
    running = process(folder, 'loop:=true', 'rate_hz:=100', 'reliability:=reliable')
    wait_until(lambda: len(probe.got[Image]) > COUNT)
    running.send_signal(number)
    _, errors = running.communicate(timeout=DEADLINE_S)
    assert running.returncode == 0 and 'Traceback' not in errors, errors
