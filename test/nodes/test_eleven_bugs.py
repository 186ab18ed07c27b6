"""Eleven bugs of other ROS packages for people, each as a test: what they do wrong must be right here."""
from __future__ import annotations

from dataclasses import replace

import numpy as np
from builtin_interfaces.msg import Time
from conftest import wait_until
from hri_msgs.msg import IdsList
from nodes.pose_rig import RELIABLE
from nodes.space_rig import OPTICAL, START_S, errors_m, positions, scene
from rclpy.serialization import serialize_message
from visualization_msgs.msg import Marker

from pose_ros.bridge.convert import persons_from_msg
from pose_ros.bridge.transforms import listen
from pose_ros.errors import TransformError
from pose_ros.skeletons import OPENPOSE18
from pose_ros.types import Person

STEP_S = 0.05


def shown(space, made, number: int, stamp_s: float):
    space.send_depth(made.depth, stamp_s)
    return space.show(number, stamp_s)


def test_1_yolo_ros_keypoints_of_low_confidence_stay_in_their_place_and_shift_nobody(space):
    first, second = scene(people=2).persons
    unsure = np.where(np.arange(18) % 2, 0.9, 0.01)
    first = replace(first, scores=unsure * first.found)
    nobody = replace(first, keypoints=np.full((18, 2), np.nan), scores=np.zeros(18))
    space.begin([[first, nobody, second]], depth_topics=[])
    found = persons_from_msg(space.show(0, START_S))
    scores = [one.scores for one in found]
    assert all(len(one.keypoints) == 18 for one in found)
    for wanted in (first, second):
        assert any(np.allclose(wanted.scores, score) for score in scores)
        assert any(np.allclose(wanted.keypoints, one.keypoints, equal_nan=True) for one in found)


def test_2_yolo_ros_zero_depth_is_no_point_at_the_camera_and_no_limb_lies_on_the_background(space):
    made = scene()
    space.begin([made.persons])
    space.send_calibration()
    space.send_depth(np.zeros_like(made.depth), START_S)
    assert not space.show(0, START_S).persons[0].has_3d
    for number in range(1, 4):
        msg = shown(space, made, 0, START_S + 1 + number * STEP_S)
    depths = positions(msg)[:, 2]
    known = np.isfinite(depths)
    assert known.sum() >= 8 and (depths[known] > 1.0).all()
    assert (np.abs(depths[known] - made.wall_m) > np.abs(depths[known] - made.points[0][known, 2])).all()


def test_3_yolo_ros_points_in_another_frame_say_so_and_a_person_without_points_stays(space):
    made = scene()
    hidden = replace(made.persons[0], keypoints=made.persons[0].keypoints * 0.2 + [20, 250])
    space.begin([[made.persons[0], hidden]], target_frame='base')
    space.send_calibration()
    move = np.eye(4)
    move[0, 3] = 10.0
    space.send_tf('base', OPTICAL, move, START_S, static=True)
    blind = replace(made, depth=np.where(np.arange(640) < 250, 0, made.depth).astype(np.float32))
    msg = shown(space, blind, 0, START_S)
    assert msg.header.frame_id == 'base' and len(msg.persons) == 2
    assert np.nanmedian(positions(msg)[:, 0]) > 8 and [one.has_3d for one in msg.persons] == [True, False]


def test_4_yolo_ros_depth_of_half_a_second_ago_is_not_used(space):
    made = scene()
    space.begin([made.persons])
    space.send_calibration()
    space.send_depth(made.depth, START_S)
    assert not space.show(0, START_S + 0.5).persons[0].has_3d


def test_5_yolo_ros_markers_have_legal_colours_keep_their_ids_and_are_deleted(space):
    people = scene(people=2).persons
    space.begin([people, people[::-1], []], depth_topics=[])
    markers = space.listen('markers')
    for number, answer in enumerate((0, 0, 0, 1)):
        space.show(answer, START_S + number * STEP_S)
    wait_until(lambda: len(markers) == 4)
    bones = [{marker.id: marker.points[0].x for marker in msg.markers if marker.ns.endswith('/bones')
              and marker.action == Marker.ADD} for msg in markers[2:4]]
    assert bones[0].keys() == bones[1].keys()
    assert all(abs(bones[0][key] - bones[1][key]) < 0.1 for key in bones[0]), 'the list was turned round, nobody moved'
    colours = [getattr(marker.color, part) for msg in markers for marker in msg.markers for part in 'rgba']
    assert 0 <= min(colours) and max(colours) <= 1
    space.show(2, START_S + 5.0)
    wait_until(lambda: len(markers) == 5)
    assert {marker.action for marker in markers[-1].markers} == {Marker.DELETE}


def test_6_yolo_ros_images_without_people_let_tracks_age(space):
    people = scene().persons
    space.begin([people, []], depth_topics=[])
    for number in range(4):
        before = space.show(0, START_S + number * STEP_S)
    for number in range(10):
        space.show(1, START_S + 1 + number)
    for number in range(4):
        after = space.show(0, START_S + 20 + number * STEP_S)
    assert after.persons[0].track_id > before.persons[0].track_id >= 0


def test_7_hri_fullbody_bodies_may_leave_together_and_no_process_is_started(space):
    people = scene(people=3).persons
    space.begin([people, []], depth_topics=[], humans=True)
    tracked: list[IdsList] = []
    space.probe.create_subscription(IdsList, '/humans/bodies/tracked', tracked.append, RELIABLE)
    wait_until(lambda: space.node.count_subscribers('/humans/bodies/tracked'))
    for number in range(4):
        space.show(0, START_S + number * STEP_S)
    wait_until(lambda: tracked and len(tracked[-1].ids) == 3)
    space.show(1, START_S + 10)
    wait_until(lambda: not tracked[-1].ids)
    bodies = [name for name, _ in space.node.get_publisher_names_and_types_by_node('pose_node', '/')
              if name.startswith('/humans/bodies/') and not name.endswith('tracked')]
    assert not bodies
    assert space.show(0, START_S + 10.1).persons


def test_8_ros2_trt_pose_keypoints_are_pixels_of_the_image_also_without_a_neck_and_logs_are_quiet(space):
    person = scene().persons[0]
    neckless = replace(person, keypoints=np.where(np.arange(18)[:, None] == 1, np.nan, person.keypoints))
    space.begin([[neckless]], depth_topics=[])
    for number in range(5):
        msg = space.show(0, START_S + number * STEP_S)
    found = persons_from_msg(msg)[0]
    np.testing.assert_allclose(found.keypoints[2:], neckless.keypoints[2:], atol=0.5)
    assert (msg.image_width, msg.image_height) == (640, 480) and np.isnan(found.keypoints[1]).all()
    assert len([log for log in space.logs if log.name == 'pose_node' and log.level >= 20]) <= 3


def test_9_ros_openpose_the_stamp_is_that_of_the_image_and_so_is_the_depth(space):
    """Of two depth images the newer one, without anybody, is not taken."""
    made = scene()
    space.begin([made.persons])
    space.send_calibration()
    for number in range(3):
        stamp_s = START_S + number
        space.send_depth(made.depth, stamp_s)
        space.send_depth(np.full_like(made.depth, made.wall_m), stamp_s + 0.033)
        msg = space.show(0, stamp_s)
        assert msg.header.stamp == Time(sec=round(stamp_s))
        assert np.median(errors_m(msg, made.points[0])) < 0.05


def test_10_azure_kinect_a_frame_that_never_comes_is_not_waited_for(graph):
    """With a sleep per joint this would take a thousand seconds per person."""
    transforms = listen(graph.node('listener'))
    for _ in range(18):
        try:
            transforms.lookup('map', OPTICAL, Time(sec=1), timeout_s=1000.0)
        except TransformError as error:
            assert not error.may_come


def test_11_zed_missing_is_not_zero_and_messages_carry_no_padding(space):
    person = scene().persons[0]
    missing = np.array([3, 4, 9])
    keypoints, scores = person.keypoints.copy(), person.scores.copy()
    keypoints[missing], scores[missing] = np.nan, 0
    space.begin([[Person(OPENPOSE18, keypoints, scores, 1.0)], []], depth_topics=[])
    full = space.show(0, START_S)
    for index in missing:
        assert np.isnan(full.persons[0].keypoints[index].x) and np.isnan(full.persons[0].keypoints[index].position.x)
    empty = space.show(1, START_S + 10)
    person_bytes = len(serialize_message(full)) - len(serialize_message(empty))
    assert not empty.persons and person_bytes < 18 * 80 + 700
