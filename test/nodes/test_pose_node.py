"""pose_node on a real graph: what it publishes, for whom, and when."""
from __future__ import annotations

from collections.abc import Sequence
from threading import Event

import numpy as np
import pytest
from conftest import DEADLINE_S, wait_until
from nodes.pose_rig import HEIGHT, WIDTH, person_in, picture, value_in
from sensor_msgs.msg import CompressedImage
from visualization_msgs.msg import Marker

from pose_ros.bridge.compressed import compressed_to_msg
from pose_ros.bridge.convert import persons_from_msg
from pose_ros.bridge.images import image_from_msg
from pose_ros.camera import Camera
from pose_ros.errors import WeightsError
from pose_ros.estimators.estimator import EstimatorSettings
from pose_ros.estimators.fake import FakeEstimator
from pose_ros.skeletons import OPENPOSE18

K = [50.0, 0.0, 31.5, 0.0, 50.0, 23.5, 0.0, 0.0, 1.0]
P = [50.0, 0.0, 31.5, 0.0, 0.0, 50.0, 23.5, 0.0, 0.0, 0.0, 1.0, 0.0]


class Gate(FakeEstimator):
    """Waits at every call until it is opened; remembers how many images each call had."""

    def __init__(self) -> None:
        super().__init__(person_in)
        self.waiting, self.open, self.batches = Event(), Event(), []

    def estimate(self, images: Sequence[np.ndarray]) -> list:
        self.batches.append(len(images))
        self.waiting.set()
        assert self.open.wait(DEADLINE_S)
        return super().estimate(images)


@pytest.fixture
def gate():
    made = Gate()
    yield made
    made.open.set()


def test_people_are_published_with_the_header_of_their_image(rig):
    rig.start()
    rig.listen('persons')
    msg = rig.sees(90)
    assert (msg.camera, msg.source_frame) == ('/image', 'camera_optical_frame')
    assert (msg.image_width, msg.image_height) == (WIDTH, HEIGHT)
    assert (msg.model, msg.skeleton_format) == ('fake@000000000000', 'openpose18')
    assert tuple(msg.keypoint_names) == OPENPOSE18.keypoints
    assert msg.dropped_frames == 0 and msg.processing_ms > 0
    person, = persons_from_msg(msg)
    np.testing.assert_array_equal(person.keypoints, person_in(picture(90))[0].keypoints)


def test_best_effort_images_are_taken(rig):
    rig.start(reliability='best_effort')
    persons = rig.listen('persons')
    wait_until(lambda: rig.send(90) and persons)
    assert value_in(persons[0]) == 90


def test_an_image_without_people_gives_an_empty_message(rig):
    rig.start()
    rig.listen('persons')
    assert not rig.sees(0).persons


def test_nobody_listens_no_work(rig):
    estimator = FakeEstimator(person_in)
    rig.start(estimator)
    rig.send(10)
    wait_until(lambda: rig.status()[2].get('rate_in_hz', '0.000') != '0.000', what='image received')
    wait_until(lambda: rig.status()[1] == 'idle: no subscriber')
    assert estimator.calls == 0
    rig.listen('persons')
    rig.sees(20)
    assert estimator.calls == 1


def test_only_the_newest_image_is_served_and_the_others_are_counted(rig, gate):
    rig.start(gate)
    persons = rig.listen('persons')
    rig.send(10)
    assert gate.waiting.wait(DEADLINE_S)
    for number, value in enumerate((20, 30, 40), start=2):
        rig.send(value)
        wait_until(lambda number=number: rig.status('network')[2].get('images') == str(number), what='received')
    gate.open.set()
    wait_until(lambda: len(persons) == 2)
    assert [(value_in(msg), msg.dropped_frames) for msg in persons] == [(10, 0), (40, 2)]
    assert rig.status('network')[2]['dropped'] == '2'


def test_several_cameras_share_one_network_and_one_batch(rig, gate):
    rig.start(gate, image_topics=['/left/image', '/right/image'])
    persons = rig.listen('persons', 'overlay_1')
    rig.camera('/left/image')
    rig.camera('/right/image')
    rig.send(10, '/left/image')
    assert gate.waiting.wait(DEADLINE_S)
    rig.send(20, '/left/image')
    rig.send(30, '/right/image')
    wait_until(lambda: rig.status('network')[2].get('images') == '3', what='received')
    gate.open.set()
    wait_until(lambda: len(persons) == 3 and rig.got['overlay_1'])
    assert gate.batches == [1, 2]
    assert {(msg.camera, value_in(msg)) for msg in persons} == {
        ('/left/image', 10), ('/left/image', 20), ('/right/image', 30)}
    assert {rig.status('/left/image')[0], rig.status('/right/image')[0]} == {0}


def test_compressed_images_are_read(rig):
    rig.start(image_transport='compressed')
    persons = rig.listen('persons')
    camera = rig.camera('/image/compressed', CompressedImage)
    camera.publish(compressed_to_msg(picture(80), rig.header()))
    wait_until(lambda: persons)
    assert value_in(persons[0]) == 80 and persons[0].camera == '/image'


def test_the_overlay_is_the_image_with_people(rig):
    rig.start()
    overlays = rig.listen('overlay')
    header = rig.send(200)
    wait_until(lambda: overlays)
    drawn = image_from_msg(overlays[0])
    assert overlays[0].header == header and drawn.shape == (HEIGHT, WIDTH, 3)
    assert (drawn == 200).any() and not (drawn == 200).all()


def test_markers_lie_on_the_rays_of_the_keypoints(rig):
    rig.start(marker_distance_m=2.0)
    markers = rig.listen('markers')
    rig.send_info(k=K, p=P, d=[0.0] * 5)
    camera = Camera(WIDTH, HEIGHT, np.reshape(K, (3, 3)))
    keypoints = person_in(picture(60))[0].keypoints[:3]

    def on_rays() -> bool:
        points = next(marker.points for marker in markers[-1].markers if marker.ns.endswith('keypoints'))
        points = np.array([(point.x, point.y, point.z) for point in points])
        return np.allclose(camera.project(points), keypoints, atol=1e-3) and (points[:, 2] == 2.0).all()

    # Images and CameraInfo are topics of their own: the first images may come before it.
    wait_until(lambda: rig.send(60) and markers and on_rays())


def test_markers_of_who_has_left_are_deleted(rig):
    rig.start()
    markers = rig.listen('markers')
    rig.send(50)
    wait_until(lambda: len(markers) == 1)
    added = {(marker.ns, marker.id) for marker in markers[0].markers}
    assert added and all(marker.action == Marker.ADD for marker in markers[0].markers)
    rig.send(0)
    wait_until(lambda: len(markers) == 2)
    assert {(marker.ns, marker.id) for marker in markers[1].markers} == added
    assert all(marker.action == Marker.DELETE for marker in markers[1].markers)


def test_enable_pauses_and_resumes(rig):
    estimator = FakeEstimator(person_in)
    rig.start(estimator)
    rig.listen('persons')
    rig.sees(10)
    assert rig.enable(False) == 'disabled'
    rig.send(20)
    wait_until(lambda: rig.status('network')[1] == 'idle: disabled' and rig.status('network')[2]['images'] == '2')
    assert estimator.calls == 1
    assert rig.enable(True) == 'enabled'
    assert rig.sees(30).dropped_frames == 0


def test_diagnostics_tell_rates_latency_and_the_network(rig):
    rig.start()
    rig.listen('persons')
    rig.sees(10)
    wait_until(lambda: rig.status()[2].get('rate_out_hz', '0.000') != '0.000')
    level, _, values = rig.status()
    assert level == 0 and float(values['latency_p95_ms']) >= float(values['latency_p50_ms']) > 0
    assert float(values['drop_ratio']) == 0 and float(values['image_age_s']) >= 0
    network = rig.status('network')[2]
    assert (network['device'], network['model'], network['memory_mb']) == ('cpu', 'fake@000000000000', '0.0')


def test_old_images_are_dropped_where_that_is_asked_for(rig):
    rig.start(max_age_s=5.0)
    rig.listen('persons')
    rig.send(10, stamp_ns=rig.probe.get_clock().now().nanoseconds - 10**10)
    rig.wait_for_log('s old', 'max_age_s = 5')
    assert rig.sees(20).dropped_frames == 1


def test_the_life_cycle(rig):
    made = []

    def load(settings, grouping):
        made.append(FakeEstimator(person_in))
        return made[-1]

    rig.start(load=load, autostart=False)
    assert rig.state() == 'unconfigured' and not made
    assert rig.change('configure') and rig.change('activate')
    rig.listen('persons')
    rig.sees(10)
    assert rig.change('deactivate')
    wait_until(lambda: not rig.camera().get_subscription_count(), what='unsubscribed')
    assert rig.change('cleanup') and rig.state() == 'unconfigured'
    assert made[0].closed
    assert rig.change('configure') and rig.change('activate')
    wait_until(rig.camera().get_subscription_count)
    wait_until(lambda: rig.node.count_subscribers('/pose_node/persons'))
    rig.listen('persons')
    rig.sees(20)
    assert len(made) == 2 and not made[1].closed
    assert rig.change('shutdown') and made[1].closed


def test_a_node_that_cannot_be_configured_says_why_and_can_be_corrected(rig):
    def load(settings, grouping):
        if settings.weights:
            raise WeightsError(f'no checkpoint at {settings.weights}')
        return FakeEstimator(person_in)

    rig.start(load=load, weights='/nowhere.safetensors')
    rig.wait_for_log('configure', '/nowhere.safetensors')
    assert rig.state() == 'unconfigured'
    assert not rig.change('configure')
    assert rig.set(weights='') == (True, '')
    assert rig.change('configure') and rig.change('activate')
    rig.listen('persons')
    rig.sees(10)


def test_an_unexpected_error_in_a_transition_is_not_silent(rig):
    def load(settings, grouping):
        raise ZeroDivisionError('a bug')

    rig.start(load=load)
    rig.wait_for_log('Traceback', 'ZeroDivisionError: a bug')
    assert rig.state() == 'unconfigured'


def test_thresholds_change_while_the_network_runs(rig):
    estimator = FakeEstimator(person_in)
    rig.start(estimator)
    assert rig.set(min_person_score=0.9, **{'grouping.min_keypoints': 7}) == (True, '')
    wait_until(lambda: estimator.tuned and estimator.tuned[1].min_keypoints == 7)
    settings, grouping = estimator.tuned
    assert settings == EstimatorSettings(min_person_score=0.9) and grouping.min_keypoints == 7
