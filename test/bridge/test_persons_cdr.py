"""People written straight into bytes: a subscriber gets exactly what message objects would have told it."""
from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from bridge.followed_people import someone
from builtin_interfaces.msg import Time
from hypothesis import given, settings
from hypothesis import strategies as st
from rclpy.serialization import deserialize_message, serialize_message
from std_msgs.msg import Header

from pose_ros.bridge.convert import persons_to_msg
from pose_ros.bridge.persons_cdr import persons_to_cdr
from pose_ros.msg import PersonPoseArray
from pose_ros.skeletons import COCO17, OPENPOSE18
from pose_ros.space.followed import Followed
from pose_ros.types import Points, TrackState


def nobody(camera: str = '/image', skeleton=OPENPOSE18, **people) -> PersonPoseArray:
    header = Header(stamp=Time(sec=3, nanosec=4), frame_id='camera_optical_frame')
    return persons_to_msg(**{'persons': [], **people}, header=header, camera_name=camera, image_size=(640, 480),
                          skeleton=skeleton, model='openpose@0123456789ab', processing_ms=12.5, dropped_frames=3)


def assert_same(followed: list[Followed], camera: str = '/image', skeleton=OPENPOSE18) -> None:
    persons = [one.smooth for one in followed]
    said = nobody(camera, skeleton, persons=persons, followed=followed)
    written = persons_to_cdr(nobody(camera, skeleton), persons, followed)
    # What lies between the numbers to align them is anything, so both are read and written once more.
    assert read_again(written) == read_again(serialize_message(said))
    assert len(written) == len(serialize_message(said))


def read_again(data: bytes) -> str:
    return str(deserialize_message(data, PersonPoseArray))


def without(one: Followed, points: Points | None, keypoints: int) -> Followed:
    """The same with other points and without the first keypoints."""
    places, scores = one.smooth.keypoints.copy(), one.smooth.scores.copy()
    places[:keypoints], scores[:keypoints] = np.nan, 0
    return replace(one, smooth=replace(one.smooth, keypoints=places, scores=scores, points=points))


@pytest.mark.parametrize('camera', ['/image', '/image_', '/image__', '/image___', '/front/image_raw'])
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_says_what_messages_say(camera, data):
    count = data.draw(st.integers(0, 5))
    limbs = data.draw(st.sampled_from([0, len(OPENPOSE18.edges)]))
    followed = []
    for seed in range(count):
        one = someone(data.draw(st.integers(-1, 2 ** 31 - 1)), seed, data.draw(st.sampled_from(TrackState)))
        one = replace(one, limb_orientations=one.limb_orientations[:limbs])
        points = data.draw(st.sampled_from([one.smooth.points, Points.unknown(18), None]))
        followed.append(without(one, points, data.draw(st.sampled_from([0, 5, 18]))))
    assert_same(followed, camera)


def test_roots_that_are_half_known():
    one = someone()
    unturned = replace(one, root=replace(one.root, orientation=np.full(4, np.nan)))
    unplaced = replace(one, root=replace(one.root, covariance=np.full((3, 3), np.nan), velocity=np.full(3, np.nan)))
    assert_same([unturned, unplaced, one])


def test_another_skeleton():
    one = someone()
    person = one.smooth.as_skeleton(COCO17)
    assert_same([replace(one, smooth=person, limb_orientations=np.empty((0, 4)))] * 2, skeleton=COCO17)
