"""Trails, arrows and ellipsoids of people in space: where they are, how long they last, whose they are."""
from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from bridge.followed_people import someone
from scipy.spatial.transform import Rotation
from std_msgs.msg import Header
from visualization_msgs.msg import Marker

from pose_ros.bridge.markers import MarkerBoard
from pose_ros.bridge.space_markers import SpaceBoard
from pose_ros.camera import Camera
from pose_ros.space.followed import Root

UNKNOWN = Root(np.full(3, np.nan), np.full((3, 3), np.nan), np.full(3, np.nan), np.full(4, np.nan))


def part(markers: list[Marker], name: str) -> list[Marker]:
    return [marker for marker in markers if marker.ns == f'/front/{name}']


def places(marker: Marker) -> np.ndarray:
    return np.array([(point.x, point.y, point.z) for point in marker.points])


def test_a_trail_is_where_someone_was_in_the_last_seconds():
    board = SpaceBoard('/front', trail_s=1.0)
    for number in range(31):
        markers = board.draw([someone(place=0.1 * number)], 0.1 * number)
    trail, = part(markers, 'trails')
    assert (trail.type, trail.id) == (Marker.LINE_STRIP, 3)
    np.testing.assert_allclose(places(trail)[:, 0], np.arange(20, 31) * 0.1, atol=1e-9)


def test_a_trail_ends_with_its_person_and_with_time_that_goes_back():
    board = SpaceBoard('/front')
    board.draw([someone()], 1.0)
    board.draw([], 1.1)
    assert not part(board.draw([someone()], 1.2), 'trails')
    assert not part(board.draw([someone()], 0.5), 'trails')


def test_an_arrow_points_to_where_someone_will_be_in_a_second():
    arrow, = part(SpaceBoard('/front').draw([someone(place=2.0)], 1.0), 'velocities')
    np.testing.assert_allclose(places(arrow), [[2, 0, 3], [3, 0, 3]])


def test_who_stands_has_no_arrow():
    still = someone()
    still = replace(still, root=replace(still.root, velocity=np.array([0.01, 0, 0])))
    assert not part(SpaceBoard('/front').draw([still], 1.0), 'velocities')


def test_ellipsoids_are_the_covariances():
    one = someone()
    markers = part(SpaceBoard('/front', covariances=True).draw([one], 1.0), 'covariances')
    assert len({marker.id for marker in markers}) == 18
    for marker, covariance, position in zip(markers, one.smooth.points.covariances, one.smooth.points.positions):
        turn, size = marker.pose.orientation, marker.scale
        axes = Rotation.from_quat([turn.x, turn.y, turn.z, turn.w]).as_matrix()
        half = np.diag(np.square([size.x / 2, size.y / 2, size.z / 2]))
        np.testing.assert_allclose(axes @ half @ axes.T, covariance, atol=1e-7)
        place = marker.pose.position
        np.testing.assert_allclose([place.x, place.y, place.z], position)


@pytest.mark.parametrize('change', [{'root': UNKNOWN}, {'smooth': someone(track_id=-1).smooth}])
def test_who_has_no_place_or_no_identity_has_none_of_it(change):
    assert not SpaceBoard('/front', covariances=True).draw([replace(someone(), **change)], 1.0)


def test_they_are_deleted_with_their_person_and_stand_in_the_frame_of_the_points():
    board, flat = SpaceBoard('/front', covariances=True), MarkerBoard('/front')
    one, camera = someone(), Camera.from_field_of_view(640, 480)
    optical, base = Header(frame_id='optical'), Header(frame_id='base')
    drawn = flat.draw([one.smooth], optical, camera, base, board.draw([one], 1.0)).markers
    assert {marker.header.frame_id for marker in drawn} == {'base'}
    gone = flat.draw([], optical, camera, base, board.draw([], 2.0)).markers
    assert {(marker.ns, marker.id) for marker in gone} == {(marker.ns, marker.id) for marker in drawn}
    assert {marker.action for marker in gone} == {Marker.DELETE}


def test_who_is_only_predicted_is_faint():
    one = someone().smooth
    unseen = replace(one, scores=np.zeros(18))
    camera, header = Camera.from_field_of_view(640, 480), Header()
    alphas = [MarkerBoard().draw([person], header, camera).markers[0].color.a for person in (one, unseen)]
    assert alphas[0] == 1 and 0 < alphas[1] < 0.5
