"""REP-155: bodies with a region and a skeleton in 0..1, and frames; matched by name."""
from __future__ import annotations

import sys
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from bridge.followed_people import someone
from conftest import wait_until
from hri_msgs.msg import IdsList, NormalizedRegionOfInterest2D, Skeleton2D
from std_msgs.msg import Header
from tf2_msgs.msg import TFMessage

from pose_ros.bridge.rep155 import Humans
from pose_ros.bridge.transform_msgs import matrix_from_msg
from pose_ros.errors import TransformError

SIZE = (640, 480)
IMAGE, BASE = Header(frame_id='optical'), Header(frame_id='base')


@pytest.fixture
def graph_of_humans(graph):
    """The publisher, and everything heard."""
    humans = Humans(graph.node('pose_node'))
    probe, heard = graph.node('probe'), {}

    def listen(kind: type, topic: str) -> list:
        heard[topic] = []
        probe.create_subscription(kind, topic, heard[topic].append, 10)
        wait_until(lambda: probe.count_publishers(topic) and humans._node.count_subscribers(topic), what=topic)
        return heard[topic]

    yield SimpleNamespace(humans=humans, listen=listen, probe=probe)
    humans.close()


def test_who_is_there_and_where(graph_of_humans):
    made, humans = graph_of_humans, graph_of_humans.humans
    assert not humans.wanted
    tracked = made.listen(IdsList, '/humans/bodies/tracked')
    wait_until(lambda: humans.wanted)
    one = someone(track_id=3)
    humans.publish([one, someone(track_id=-1)], IMAGE, SIZE, BASE)
    wait_until(lambda: tracked and list(tracked[-1].ids) == ['p3'])
    regions = made.listen(NormalizedRegionOfInterest2D, '/humans/bodies/p3/roi')
    skeletons = made.listen(Skeleton2D, '/humans/bodies/p3/skeleton2d')
    humans.publish([one], IMAGE, SIZE, BASE)
    wait_until(lambda: regions and skeletons)
    region, box = regions[0], one.smooth.bbox / [*SIZE, *SIZE]
    np.testing.assert_allclose([region.xmin, region.ymin, region.xmax, region.ymax],
                               [*box[:2], *(box[:2] + box[2:])], atol=1e-5)
    person = one.smooth
    for name in ('left_eye', 'right_eye', 'nose', 'left_ankle', 'neck'):
        found = skeletons[0].skeleton[getattr(Skeleton2D, name.upper())]
        np.testing.assert_allclose([found.x, found.y], person.keypoints[person.skeleton.index(name)] / SIZE, atol=1e-5)
        assert found.c == pytest.approx(0.8)


def test_bodies_are_frames_where_their_place_and_orientation_are_known(graph_of_humans):
    frames = graph_of_humans.listen(TFMessage, '/tf')
    lost = someone(track_id=4)
    lost = replace(lost, root=replace(lost.root, orientation=np.full(4, np.nan)))
    graph_of_humans.humans.publish([someone(track_id=3, place=1.5), lost], IMAGE, SIZE, BASE)
    wait_until(lambda: frames)
    frame, = frames[0].transforms
    assert (frame.header.frame_id, frame.child_frame_id) == ('base', 'body_p3')
    np.testing.assert_allclose(matrix_from_msg(frame.transform)[:3, 3], [1.5, 0, 3])


def test_cameras_do_not_take_each_others_bodies_away(graph_of_humans):
    tracked = graph_of_humans.listen(IdsList, '/humans/bodies/tracked')
    humans = graph_of_humans.humans
    humans.publish([someone(track_id=3)], IMAGE, SIZE, BASE, 'c0p')
    humans.publish([someone(track_id=3)], IMAGE, SIZE, BASE, 'c1p')
    humans.publish([], IMAGE, SIZE, BASE, 'c0p')
    wait_until(lambda: len(tracked) == 3)
    assert [list(msg.ids) for msg in tracked] == [['c0p3'], ['c0p3', 'c1p3'], ['c1p3']]


def test_what_is_outside_the_image_or_missing_has_no_confidence(graph_of_humans):
    person = someone().smooth
    keypoints = person.keypoints.copy()
    keypoints[0], keypoints[1] = [-5, 10], np.nan
    one = replace(someone(), smooth=replace(person, keypoints=keypoints))
    skeleton = graph_of_humans.humans._skeleton(one.smooth, IMAGE, SIZE).skeleton
    for point in (skeleton[Skeleton2D.NOSE], skeleton[Skeleton2D.NECK]):
        assert (point.x, point.y, point.c) == (0, 0, 0)


def test_without_the_messages_the_error_says_what_to_do(graph, monkeypatch):
    monkeypatch.setitem(sys.modules, 'hri_msgs.msg', None)
    with pytest.raises(TransformError, match='hri_msgs.*make setup'):
        Humans(graph.node('pose_node'))
