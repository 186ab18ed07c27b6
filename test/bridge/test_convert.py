"""People to messages and back, through the bytes that travel; names decide, not numbers."""
from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from bridge.followed_people import someone
from builtin_interfaces.msg import Time
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from rclpy.serialization import deserialize_message, serialize_message
from std_msgs.msg import Header

from pose_ros.bridge.convert import persons_from_msg, persons_to_msg, skeleton_from_msg
from pose_ros.errors import SkeletonError
from pose_ros.msg import Keypoint, PersonPoseArray
from pose_ros.skeletons import COCO17, OPENPOSE18, SKELETONS
from pose_ros.space.followed import Root
from pose_ros.types import Person, Points, PointSource, TrackState

HEADER = Header(stamp=Time(sec=3, nanosec=4), frame_id='camera_optical_frame')


def person_of(skeleton, seed: int = 0, missing: int = 3, points: bool = False, track_id: int = -1) -> Person:
    rng = np.random.default_rng(seed)
    keypoints, scores = rng.uniform(0, 640, (len(skeleton), 2)), rng.uniform(0, 1, len(skeleton))
    gone = rng.permutation(len(skeleton))[:missing]
    keypoints[gone], scores[gone] = np.nan, 0
    return Person(skeleton, keypoints, scores, float(np.float32(0.7)), track_id,
                  points_of(rng, gone, keypoints) if points else None)


def points_of(rng, gone, keypoints) -> Points:
    positions, factors = rng.normal(size=(len(keypoints), 3)), rng.normal(size=(len(keypoints), 3, 3))
    covariances = (factors @ factors.transpose(0, 2, 1)).astype(np.float32)
    sources = np.full(len(keypoints), PointSource.SENSOR)
    positions[gone], covariances[gone], sources[gone] = np.nan, np.nan, PointSource.NONE
    return Points(positions, covariances, sources)


def to_msg(persons, skeleton=OPENPOSE18) -> PersonPoseArray:
    return persons_to_msg(persons, header=HEADER, camera_name='/front/image_raw', image_size=(640, 480),
                          skeleton=skeleton, model='openpose@0123456789ab', processing_ms=12.5, dropped_frames=3)


def sent(msg: PersonPoseArray) -> PersonPoseArray:
    """The message as a subscriber gets it: through CDR."""
    return deserialize_message(serialize_message(msg), PersonPoseArray)


def assert_same(person: Person, other: Person) -> None:
    assert (person.skeleton, person.score, person.track_id) == (other.skeleton, other.score, other.track_id)
    np.testing.assert_array_equal(person.keypoints, other.keypoints)
    np.testing.assert_array_equal(person.scores, other.scores)
    assert (person.points is None) == (other.points is None)
    if person.points and other.points:
        for name in ('positions', 'covariances', 'sources'):
            np.testing.assert_array_equal(getattr(person.points, name), getattr(other.points, name))


@pytest.mark.parametrize('skeleton', SKELETONS.values(), ids=SKELETONS)
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_there_and_back(skeleton, data):
    count = len(skeleton)
    numbers = st.floats(width=32, allow_infinity=False)
    made = [Person(skeleton, data.draw(hnp.arrays(np.float32, (count, 2), elements=numbers)),
                   data.draw(hnp.arrays(np.float32, count, elements=st.floats(0, 1, width=32))),
                   data.draw(st.floats(0, 1, width=32)), data.draw(st.integers(-1, 2 ** 31 - 1)))
            for _ in range(data.draw(st.integers(0, 3)))]
    back = persons_from_msg(sent(to_msg(made, skeleton)))
    assert len(back) == len(made)
    for person, other in zip(made, back):
        assert_same(person, other)


@pytest.mark.parametrize('skeleton', SKELETONS.values(), ids=SKELETONS)
def test_points_there_and_back(skeleton):
    person = person_of(skeleton, points=True, track_id=5)
    msg = sent(to_msg([person], skeleton))
    assert msg.persons[0].has_3d
    assert_same(person, persons_from_msg(msg)[0])


def test_the_message_describes_itself():
    msg = sent(to_msg([]))
    assert msg.header == HEADER and msg.source_frame == 'camera_optical_frame' and msg.camera == '/front/image_raw'
    assert (msg.image_width, msg.image_height, msg.skeleton_format) == (640, 480, 'openpose18')
    assert tuple(msg.keypoint_names) == OPENPOSE18.keypoints
    edges = np.reshape(msg.skeleton_edges, (-1, 2))
    drawn = {(OPENPOSE18.keypoints[a], OPENPOSE18.keypoints[b]) for a, b in edges}
    assert drawn == set(OPENPOSE18.limbs) - set(OPENPOSE18.redundant)
    assert (msg.model, msg.processing_ms, msg.dropped_frames) == ('openpose@0123456789ab', 12.5, 3)


def test_missing_keypoints_stay_as_nan_and_nothing_unknown_is_zero():
    person = sent(to_msg([person_of(OPENPOSE18, missing=4)])).persons[0]
    assert len(person.keypoints) == len(OPENPOSE18)
    assert sum(np.isnan([keypoint.x, keypoint.y]).all() for keypoint in person.keypoints) == 4
    assert all(keypoint.score == 0 for keypoint in person.keypoints if np.isnan(keypoint.x))
    for vector in [person.root.pose.position, person.velocity, *(keypoint.position for keypoint in person.keypoints)]:
        assert np.isnan([vector.x, vector.y, vector.z]).all()
    assert all(np.isnan(matter.covariance[0]) for matter in (person.root, *person.keypoints))
    assert not person.has_3d and not person.root_orientation_valid
    assert {keypoint.depth_source for keypoint in person.keypoints} == {Keypoint.NONE}
    assert {keypoint.visibility for keypoint in person.keypoints} == {Keypoint.UNKNOWN}


def test_the_box_is_that_of_the_person():
    person = person_of(OPENPOSE18)
    np.testing.assert_array_equal(sent(to_msg([person])).persons[0].bbox, person.bbox)
    assert np.isnan(sent(to_msg([person_of(OPENPOSE18, missing=18)])).persons[0].bbox).all()


@pytest.mark.parametrize(('missing', 'known'), [(0, True), (18, False)])
def test_the_root_is_between_the_hips(missing, known):
    person = person_of(OPENPOSE18, points=True, missing=missing)
    msg = to_msg([person]).persons[0]
    hips = person.points.positions[[OPENPOSE18.index('left_hip'), OPENPOSE18.index('right_hip')]]
    root = msg.root.pose.position
    np.testing.assert_allclose([root.x, root.y, root.z], hips.mean(axis=0))
    assert msg.has_3d == known == bool(np.isfinite(root.x))


def test_people_of_another_skeleton_are_mapped_by_name():
    person = person_of(COCO17, points=True)
    back = persons_from_msg(sent(to_msg([person])))[0]
    assert_same(person.as_skeleton(OPENPOSE18), back)
    assert not back.found[OPENPOSE18.index('neck')]


@given(order=st.permutations(range(18)), points=st.booleans())
@settings(max_examples=20, deadline=None)
def test_the_order_in_the_message_does_not_matter(order, points):
    person = person_of(OPENPOSE18, points=points)
    msg = to_msg([person])
    msg.keypoint_names = [msg.keypoint_names[place] for place in order]
    msg.persons[0].keypoints = [msg.persons[0].keypoints[place] for place in order]
    assert_same(person, persons_from_msg(msg)[0])


def changed(**fields) -> PersonPoseArray:
    msg = to_msg([person_of(OPENPOSE18)])
    for name, value in fields.items():
        setattr(msg, name, value)
    return msg


NAMES = list(OPENPOSE18.keypoints)


@pytest.mark.parametrize(('msg', 'words'), [
    (changed(skeleton_format='body25'), ["'body25'", 'openpose18', 'coco17']),
    (changed(skeleton_format='coco17'), ['coco17', 'left_hip', 'neck']),
    (changed(keypoint_names=NAMES[:-1] + ['tail']), ['openpose18', 'left_ear', 'tail']),
    (changed(keypoint_names=NAMES[:-1] + ['nose']), ['openpose18']),
    (changed(keypoint_names=NAMES[:-1]), ['openpose18']),
    (changed(keypoint_names=[]), ['openpose18'])])
def test_names_that_do_not_fit(msg, words):
    for read in (skeleton_from_msg, persons_from_msg):
        with pytest.raises(SkeletonError) as error:
            read(msg)
        assert [word for word in words if word not in str(error.value)] == []


@pytest.mark.parametrize('count', [0, 17, 19])
def test_a_person_with_another_number_of_keypoints(count):
    msg = to_msg([person_of(OPENPOSE18)])
    msg.persons[0].keypoints = [Keypoint() for _ in range(count)]
    with pytest.raises(SkeletonError, match=f'18 keypoints, got {count}'):
        persons_from_msg(msg)


def test_a_tracked_person_says_so():
    persons = [person_of(OPENPOSE18, track_id=7), replace(person_of(OPENPOSE18), track_id=-1)]
    first, second = to_msg(persons).persons
    assert (first.track_id, first.track_state) == (7, first.TRACKED)
    assert (second.track_id, second.track_state) == (-1, second.NEW)


def test_what_is_known_over_time_goes_into_the_message():
    followed = [someone(track_id=3), someone(track_id=-1, state=TrackState.NEW), someone(5, state=TrackState.PREDICTED)]
    msg = persons_to_msg([one.smooth for one in followed], header=Header(frame_id='base'), camera_name='front',
                         image_size=(640, 480), skeleton=OPENPOSE18, model='m', processing_ms=1.0, dropped_frames=0,
                         source_frame='optical', predicted_s=0.125, followed=followed)
    msg = deserialize_message(serialize_message(msg), PersonPoseArray)
    assert (msg.header.frame_id, msg.source_frame, msg.predicted_s) == ('base', 'optical', 0.125)
    for one, person in zip(followed, msg.persons):
        assert (person.track_id, person.track_state, person.track_age) == (one.smooth.track_id, one.state, 7)
        assert (person.velocity.x, person.root_orientation_valid) == (1.0, True)
        np.testing.assert_allclose(person.root.covariance.reshape(6, 6)[:3, :3], one.root.covariance)
        turns = [(turn.x, turn.y, turn.z, turn.w) for turn in person.limb_orientations]
        np.testing.assert_allclose(turns, one.limb_orientations)


def test_without_points_there_is_no_root():
    one = someone()
    unknown = Root(np.full(3, np.nan), np.full((3, 3), np.nan), np.full(3, np.nan), np.full(4, np.nan))
    flat = replace(one, smooth=replace(one.smooth, points=None), root=unknown, limb_orientations=np.zeros((0, 4)))
    msg = persons_to_msg([flat.smooth], header=Header(), camera_name='front', image_size=(640, 480),
                         skeleton=OPENPOSE18, model='m', processing_ms=1.0, dropped_frames=0, followed=[flat])
    person, = msg.persons
    assert not person.has_3d and not person.root_orientation_valid and not person.limb_orientations
    assert np.isnan([person.root.pose.position.x, person.root.covariance[0], person.velocity.x]).all()
