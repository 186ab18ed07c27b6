"""Markers: they cover the person in the image, stay with a person, and vanish with it."""
from __future__ import annotations

import numpy as np
import pytest
from builtin_interfaces.msg import Time
from hypothesis import given, settings
from hypothesis import strategies as st
from rclpy.serialization import deserialize_message, serialize_message
from std_msgs.msg import Header
from visualization_msgs.msg import Marker, MarkerArray

from pose_ros.bridge.markers import MarkerBoard
from pose_ros.camera import Camera
from pose_ros.drawing import colour_of
from pose_ros.skeletons import OPENPOSE18, SKELETONS
from pose_ros.types import Person, Points

HEADER = Header(stamp=Time(sec=3, nanosec=4), frame_id='camera_optical_frame')
MATRIX = np.array([[500.0, 0, 321], [0, 510, 235], [0, 0, 1]])
CAMERAS = [Camera(640, 480, MATRIX), Camera(640, 480, MATRIX, np.array([-0.2, 0.05, 0.001, -0.002, 0.01])),
           Camera(640, 480, MATRIX, np.array([0.1, -0.02, 0.003, -0.0004]), fisheye=True)]


def person_of(skeleton=OPENPOSE18, seed: int = 0, missing: int = 3, track_id: int = -1, points=None) -> Person:
    rng = np.random.default_rng(seed)
    keypoints = rng.uniform((100, 80), (540, 400), (len(skeleton), 2))
    keypoints[rng.permutation(len(skeleton))[:missing]] = np.nan
    return Person(skeleton, keypoints, np.full(len(skeleton), 0.8), 0.75, track_id, points)


def drawn(board: MarkerBoard, persons, camera: Camera = CAMERAS[0]) -> list[Marker]:
    """The markers as RViz gets them: through CDR."""
    return deserialize_message(serialize_message(board.draw(persons, HEADER, camera)), MarkerArray).markers


def one(markers: list[Marker], part: str) -> Marker:
    marker, = [marker for marker in markers if marker.ns.endswith(f'/{part}')]
    return marker


def points_of(marker: Marker) -> np.ndarray:
    return np.array([(point.x, point.y, point.z) for point in marker.points])


@pytest.mark.parametrize('camera', CAMERAS, ids=['plain', 'distorted', 'fisheye'])
@pytest.mark.parametrize('skeleton', SKELETONS.values(), ids=SKELETONS)
def test_on_the_plane_they_cover_the_person_in_the_image(skeleton, camera):
    person = person_of(skeleton)
    markers = drawn(MarkerBoard(distance_m=1.5), [person], camera)
    keypoints, bones = points_of(one(markers, 'keypoints')), points_of(one(markers, 'bones'))
    assert (keypoints[:, 2] == 1.5).all() and (bones[:, 2] == 1.5).all()
    np.testing.assert_allclose(camera.project(keypoints), person.keypoints[person.found], atol=0.05)
    visible = [edge for edge in skeleton.edges if person.found[edge].all()]
    np.testing.assert_allclose(camera.project(bones).reshape(-1, 2, 2), person.keypoints[visible], atol=0.05)


def test_points_are_drawn_where_they_are():
    positions = np.random.default_rng(1).normal(size=(18, 3))
    positions[4] = np.nan
    points = Points(positions, np.full((18, 3, 3), np.nan), np.ones(18))
    marker = one(drawn(MarkerBoard(), [person_of(points=points)]), 'keypoints')
    np.testing.assert_allclose(points_of(marker), positions[np.arange(18) != 4])


def test_kind_frame_stamp_colour_and_size():
    markers = drawn(MarkerBoard('/front', distance_m=3.0, lifetime_s=0.25), [person_of(track_id=12)])
    kinds = {'bones': Marker.LINE_LIST, 'keypoints': Marker.SPHERE_LIST, 'labels': Marker.TEXT_VIEW_FACING}
    assert {marker.ns: marker.type for marker in markers} == {f'/front/{part}': kind for part, kind in kinds.items()}
    for marker in markers:
        assert (marker.header, marker.id, marker.action) == (HEADER, 12, Marker.ADD)
        assert (marker.lifetime.sec, marker.lifetime.nanosec) == (0, 250_000_000)
        colour = (marker.color.r, marker.color.g, marker.color.b)
        np.testing.assert_allclose(colour, colour_of(12), atol=1e-6)
        assert 0 <= min(colour) and max(colour) <= 1 and marker.color.a == 1
        assert marker.pose.orientation.w == 1
    assert one(markers, 'bones').scale.x > 0 and one(markers, 'labels').scale.z > 0
    size = one(markers, 'keypoints').scale
    assert size.x == size.y == size.z > one(markers, 'bones').scale.x


def test_the_label_is_above_the_head_and_can_be_left_out():
    person = person_of(track_id=12)
    label = one(drawn(MarkerBoard(), [person]), 'labels')
    assert label.text == '12: 0.75'
    above = CAMERAS[0].project(np.array([[label.pose.position.x, label.pose.position.y, label.pose.position.z]]))[0]
    assert above[1] < np.nanmin(person.keypoints[:, 1])
    assert one(drawn(MarkerBoard(), [person_of()]), 'labels').text == '0.75'
    assert {marker.ns for marker in drawn(MarkerBoard(labels=False), [person])} == {'camera/bones', 'camera/keypoints'}


def test_nothing_empty_and_no_nan_is_sent():
    keypoints = np.full((18, 2), np.nan)
    keypoints[5] = 100
    alone = Person(OPENPOSE18, keypoints, np.zeros(18), 0.5)
    markers = drawn(MarkerBoard(labels=False), [alone])
    assert [marker.ns for marker in markers] == ['camera/keypoints']
    assert np.isfinite(points_of(markers[0])).all()
    assert drawn(MarkerBoard(), [person_of(missing=18)]) == []
    assert drawn(MarkerBoard(), []) == []


class Viewer:
    """What RViz shows after a MarkerArray; it must never be told to delete what it does not show."""

    def __init__(self) -> None:
        self.shown: dict[tuple[str, int], Marker] = {}

    def take(self, markers: list[Marker]) -> None:
        assert len({(marker.ns, marker.id) for marker in markers}) == len(markers)
        for marker in markers:
            if marker.action == Marker.DELETE:
                del self.shown[marker.ns, marker.id]
            else:
                self.shown[marker.ns, marker.id] = marker


scenes = st.lists(st.lists(st.tuples(st.integers(-1, 4), st.sampled_from([0, 15, 18])),
                           unique_by=lambda one: one[0] if one[0] >= 0 else object(), max_size=4), max_size=6)


@given(scenes)
@settings(max_examples=60, deadline=None)
def test_the_viewer_shows_the_people_of_the_newest_image_and_nobody_else(scenes):
    board, viewer = MarkerBoard(), Viewer()
    for scene in scenes:
        persons = [person_of(track_id=track_id, missing=missing, seed=index)
                   for index, (track_id, missing) in enumerate(scene)]
        viewer.take(board.draw(persons, HEADER, CAMERAS[0]).markers)
        fresh = MarkerBoard().draw(persons, HEADER, CAMERAS[0]).markers
        assert viewer.shown == {(marker.ns, marker.id): marker for marker in fresh}
        visible = [track_id if track_id >= 0 else -1 - index
                   for index, (track_id, missing) in enumerate(scene) if missing < 18]
        assert sorted(id_ for ns, id_ in viewer.shown if ns == 'camera/keypoints') == sorted(visible)


def test_a_tracked_person_keeps_its_id_whatever_its_place():
    board = MarkerBoard()
    first = drawn(board, [person_of(track_id=4), person_of(track_id=9, seed=1)])
    second = drawn(board, [person_of(track_id=9, seed=1), person_of(track_id=4)])
    assert sorted((marker.ns, marker.id) for marker in first) == sorted((marker.ns, marker.id) for marker in second)
    assert {marker.action for marker in second} == {Marker.ADD}


def test_two_cameras_on_one_topic_do_not_meet():
    viewer = Viewer()
    for name in ('left', 'right'):
        viewer.take(drawn(MarkerBoard(name), [person_of()]))
    assert len(viewer.shown) == 6


def test_clear_deletes_everyone():
    board, viewer = MarkerBoard(), Viewer()
    viewer.take(drawn(board, [person_of(), person_of(track_id=3, seed=1)]))
    viewer.take(board.clear(HEADER).markers)
    assert viewer.shown == {} and board.clear(HEADER).markers == []
