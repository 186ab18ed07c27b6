"""People in space and time on a real graph: metres by depth, frames by tf, identities, raw and smooth."""
from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from conftest import wait_until
from nodes.space_rig import OPTICAL, START_S, by_number, errors_m, header, positions, scene
from scipy.spatial.transform import Rotation
from sensor_msgs.msg import CameraInfo
from visualization_msgs.msg import Marker

from pose_ros.bridge.cameras import camera_to_msg
from pose_ros.bridge.convert import persons_from_msg
from pose_ros.camera import Camera
from pose_ros.msg import Keypoint, PersonPose
from pose_ros.skeletons import OPENPOSE18
from pose_ros.synthetic.depth_scenes import CAMERA
from pose_ros.synthetic.stick_people import looking_along_x, placed, transformed, walking
from pose_ros.transforms import inverse, matrix_of
from pose_ros.types import Person, PointSource

STEP_S = 0.05
MEDIAN_M = 0.04


def play(space, made, count: int = 3, depth: bool = True, start_s: float = START_S):
    """The same scene in so many images; the last message."""
    for number in range(count):
        stamp_s = start_s + number * STEP_S
        if depth:
            space.send_depth(made.depth, stamp_s)
        msg = space.show(0, stamp_s)
    return msg


@pytest.mark.parametrize('encoding', ['16UC1', '32FC1'])
def test_people_have_metres_in_the_optical_frame(space, encoding):
    made = scene()
    values = made.depth if encoding == '32FC1' else np.round(made.depth * 1000).astype(np.uint16)
    space.begin([made.persons])
    space.send_calibration()
    msg = play(space, replace(made, depth=values))
    assert (msg.header.frame_id, msg.source_frame) == (OPTICAL, OPTICAL)
    assert msg.persons[0].has_3d and np.median(errors_m(msg, made.points[0])) < MEDIAN_M
    keypoint = msg.persons[0].keypoints[1]
    assert keypoint.depth_source == Keypoint.SENSOR and 0 < keypoint.covariance[0] < 0.1
    wait_until(lambda: space.in_space()[2].get('in_metres') == '1')
    assert space.in_space()[0] == 0


def test_depth_of_another_camera_is_registered(space):
    """A depth camera 5 cm beside, turned a little, with another focal length and size."""
    made = scene(people=1)
    transform = matrix_of([0.05, 0.0, 0.0], Rotation.from_euler('y', 1, degrees=True).as_quat())
    depth_camera = Camera(640, 480, np.array([[480.0, 0, 322], [0, 480.0, 238], [0, 0, 1]]))
    space.begin([made.persons])
    space.send_calibration()
    space.send_calibration(depth_camera, '/depth/camera_info')
    space.send_tf(OPTICAL, 'depth_optical_frame', transform, START_S, static=True)
    seen = render_from(depth_camera, made, inverse(transform))
    for number in range(3):
        space.send_depth(seen, START_S + number * STEP_S, 'depth_optical_frame')
        msg = space.show(0, START_S + number * STEP_S)
    assert np.median(errors_m(msg, made.points[0])) < 1.5 * MEDIAN_M


def render_from(camera: Camera, made, transform: np.ndarray) -> np.ndarray:
    """The depth of a scene as another camera sees it."""
    from pose_ros.synthetic.depth_scenes import flesh, render
    from pose_ros.synthetic.stick_people import transformed
    moved = [transformed(transform, points) for points in made.points]
    return render(camera, [capsule for one in moved for capsule in flesh(one)], made.wall_m)


def test_a_target_frame_is_taken_at_the_stamp_of_the_image(space):
    """The camera moves; only the transform between two stamps is right."""
    made = scene()
    space.begin([made.persons], target_frame='base')
    space.send_calibration()
    turn = Rotation.from_euler('zx', [-90, -90], degrees=True).as_quat()
    for stamp_s, height in ((START_S - 1, 0.0), (START_S + 1, 2.0)):
        space.send_tf('base', OPTICAL, matrix_of([0, 0, height], turn), stamp_s)
    space.send_depth(made.depth, START_S)
    msg = space.show(0, START_S)
    truth = matrix_of([0, 0, 1.0], turn)
    expected = made.points[0] @ truth[:3, :3].T + truth[:3, 3]
    assert (msg.header.frame_id, msg.source_frame) == ('base', OPTICAL)
    assert np.median(errors_m(msg, expected)) < MEDIAN_M
    np.testing.assert_allclose(msg.persons[0].root.pose.position.z, np.nanmean(positions(msg)[[8, 11], 2]), atol=1e-6)


def test_people_keep_their_identity_and_are_predicted_while_unseen(space):
    first = scene(people=2).persons
    space.begin([first, first[::-1], []], depth_topics=[])
    assert [one.track_state for one in space.show(0, START_S).persons] == [PersonPose.NEW] * 2
    msg = play(space, None, 4, depth=False, start_s=START_S + STEP_S)
    ids = {one.track_id: one.keypoints[1].x for one in msg.persons}
    assert len(ids) == 2 and min(ids) >= 0 and {one.track_state for one in msg.persons} == {PersonPose.TRACKED}
    swapped = space.show(1, START_S + 5 * STEP_S)
    for one in swapped.persons:
        assert ids[one.track_id] == pytest.approx(one.keypoints[1].x, abs=2) and one.track_age == 6
    gone = space.show(2, START_S + 6 * STEP_S)
    assert {one.track_state for one in gone.persons} == {PersonPose.PREDICTED}
    assert {one.track_id for one in gone.persons} == set(ids)
    assert all(keypoint.score == 0 for one in gone.persons for keypoint in one.keypoints)
    assert not space.show(2, START_S + 2.0).persons


def test_raw_and_smooth_people_are_both_published(space):
    rng = np.random.default_rng(0)
    still = scene().persons[0]
    noisy = [[replace(still, keypoints=still.keypoints + rng.normal(0, 3, still.keypoints.shape))] for _ in range(30)]
    persons = space.begin(noisy, depth_topics=[])
    raw = space.listen('persons_raw')
    for number in range(len(noisy)):
        space.show(number, START_S + number * STEP_S)
    wait_until(lambda: len(raw) == len(persons))
    truth = still.keypoints
    spread = {name: np.nanstd([persons_from_msg(msg)[0].keypoints - truth for msg in found[10:]])
              for name, found in (('raw', raw), ('smooth', persons))}
    assert spread['smooth'] < 0.7 * spread['raw']
    np.testing.assert_allclose(persons_from_msg(raw[5])[0].keypoints, noisy[5][0].keypoints, atol=1e-3)
    assert persons_from_msg(raw[-1])[0].track_id == persons_from_msg(persons[-1])[0].track_id >= 0


def test_people_are_predicted_to_the_moment_of_publishing(space):
    """Someone who moves 200 px/s is where he is now, not where he was."""
    still = scene().persons[0]
    walk = [[replace(still, keypoints=still.keypoints + [200 * STEP_S * number, 0])] for number in range(12)]
    space.begin(walk, depth_topics=[], predict=True, **{'filtering.max_ahead_s': 0.1})
    raw = space.listen('persons_raw')
    now_s = space.probe.get_clock().now().nanoseconds * 1e-9
    for number in range(len(walk)):
        msg = space.show(number, now_s - 0.9 + number * STEP_S)
    assert msg.predicted_s == pytest.approx(0.1)
    wait_until(lambda: raw and raw[-1].header.stamp == msg.header.stamp)
    ahead = persons_from_msg(msg)[0].keypoints - persons_from_msg(raw[-1])[0].keypoints
    assert raw[-1].predicted_s == 0 and np.nanmedian(ahead[:, 0]) == pytest.approx(20, abs=6)


def test_without_depth_people_are_lifted_by_what_is_known_of_bodies(space):
    body = transformed(looking_along_x(1.0), placed(walking(1.7, 1.0), np.array([3.5, 0.2]), 2.8))
    person = Person(OPENPOSE18, CAMERA.project(body), np.ones(18), 1.0)
    space.begin([[person]], depth_topics=[], **{'space.lift': 'monocular', 'lifting.body_height_m': 1.7})
    space.send_calibration()
    msg = play(space, None, 4, depth=False)
    assert {keypoint.depth_source for keypoint in msg.persons[0].keypoints} <= {Keypoint.LIFTED, Keypoint.NONE}
    assert np.median(errors_m(msg, body)) < 0.5 and len(errors_m(msg, body)) >= 12


def test_velocity_is_in_metres_per_second(space):
    made = scene()
    space.begin([made.persons])
    space.send_calibration()
    msg = play(space, made, 6)
    velocity = msg.persons[0].velocity
    assert np.linalg.norm([velocity.x, velocity.y, velocity.z]) < 0.15


def test_limbs_have_orientations_if_that_is_asked_for(space):
    made = scene()
    space.begin([made.persons], **{'space.limb_orientations': True})
    space.send_calibration()
    msg = play(space, made)
    person, edges = msg.persons[0], np.reshape(msg.skeleton_edges, (-1, 2))
    assert len(person.limb_orientations) == len(edges)
    points = positions(msg)
    turns = np.array([(turn.x, turn.y, turn.z, turn.w) for turn in person.limb_orientations])
    known = np.isfinite(turns).all(axis=1)
    along = points[edges[known, 1]] - points[edges[known, 0]]
    directions = Rotation.from_quat(turns[known]).apply([1, 0, 0])
    np.testing.assert_allclose(directions, along / np.linalg.norm(along, axis=1, keepdims=True), atol=1e-3)
    assert known.sum() >= 8


def test_markers_stand_where_people_are_with_their_ids(space):
    made = scene(people=2)
    space.begin([made.persons], marker_covariance=True)
    markers = space.listen('markers')
    space.send_calibration()
    msg = play(space, made, 5)
    wait_until(lambda: len(markers) == 5)
    bones = {marker.id: marker for marker in markers[-1].markers if marker.ns.endswith('/bones')}
    assert set(bones) == {one.track_id for one in msg.persons} and min(bones) >= 0
    for person in msg.persons:
        depths = [point.z for point in bones[person.track_id].points]
        assert np.median(depths) == pytest.approx(person.root.pose.position.z, abs=0.5)
    parts = {marker.ns.split('/')[-1] for marker in markers[-1].markers}
    assert {'trails', 'covariances', 'keypoints', 'labels'} <= parts
    assert all(marker.header.frame_id == OPTICAL for marker in markers[-1].markers)
    assert all(marker.action == Marker.ADD for marker in markers[-1].markers)


def test_time_may_go_on_after_it_went_back(space):
    made = scene()
    space.begin([made.persons])
    space.send_calibration()
    before = play(space, made, 4, start_s=START_S + 500)
    after = play(space, made, 4)
    assert before.persons[0].track_id >= 0 and after.persons[0].track_id > before.persons[0].track_id
    assert after.persons[0].track_age <= 4 and np.median(errors_m(after, made.points[0])) < MEDIAN_M
    wait_until(lambda: any(status.name.endswith('in space') and 'time went back' in status.message
                           for message in space.diagnostics for status in message.status))


def test_a_person_is_not_lost_between_detections_without_a_track(space):
    """Few keypoints begin no track, but what the network found is published."""
    keypoints = np.full((18, 2), np.nan)
    keypoints[:2] = [[300, 100], [310, 140]]
    weak = Person(scene().persons[0].skeleton, keypoints, np.isfinite(keypoints[:, 0]) * 0.3, 0.3)
    space.begin([[weak]], depth_topics=[])
    msg = play(space, None, 4, depth=False)
    assert [one.track_id for one in msg.persons] == [-1]
    assert PointSource.NONE == msg.persons[0].keypoints[0].depth_source




CORNERS = {'a': (0.0, -2.0, 35.0), 'b': (0.0, 0.0, 0.0), 'c': (0.0, 2.0, -35.0)}


def standing(x: float, y: float, turn_deg: float) -> np.ndarray:
    """T_map_camera of a camera 1.2 m above the floor, which looks along x, turned to its left."""
    return (matrix_of([x, y, 1.2], Rotation.from_euler('z', turn_deg, degrees=True).as_quat())
            @ inverse(looking_along_x(0.0)))


def test_people_of_several_cameras_are_fused_in_one_frame(space):
    people = [placed(walking(1.7, phase), np.array([4.0, side]), 2.5) for phase, side in ((0.0, -0.7), (2.0, 0.8))]
    frames = {name: standing(*corner) for name, corner in CORNERS.items()}
    pixels = [[CAMERA.project(transformed(inverse(frame), one)) for one in people] for frame in frames.values()]
    answers = [[Person(OPENPOSE18, keypoints, np.ones(18), 1.0) for keypoints in seen] for seen in pixels]
    space.start(by_number(answers), image_topics=[f'/{name}/image' for name in CORNERS], fuse=True, target_frame='map',
                reliability='reliable')
    fused = space.listen('persons_fused', 'persons', 'markers')
    for name, frame in frames.items():
        space.camera(f'/{name}/image')
        space.camera(f'/{name}/camera_info', CameraInfo).publish(camera_to_msg(CAMERA, header(START_S)))
        wait_until(lambda name=name: space.node._pipeline._inputs[f'/{name}/image'].info.camera)
        space.send_tf('map', f'{name}_optical', frame, START_S, static=True, camera=f'/{name}/image')
    for number in range(3):
        for answer, name in enumerate(CORNERS):
            space.show(answer, START_S + number * STEP_S, f'/{name}/image', f'{name}_optical')
    wait_until(lambda: len(fused) == 3)
    assert fused[-1].header == header(START_S + 2 * STEP_S, 'map') and len(fused[-1].persons) == 2
    for truth in people:
        assert min(np.median(errors_m(fused[-1], truth, index)) for index in (0, 1)) < 0.01
    sources = {keypoint.depth_source for one in fused[-1].persons for keypoint in one.keypoints}
    assert sources == {Keypoint.TRIANGULATED}
    assert {one.track_id for one in fused[-1].persons} == {one.track_id for one in fused[0].persons} == {0, 1}
    drawn = {marker.ns for msg in space.got['markers'] for marker in msg.markers if marker.header.frame_id == 'map'}
    assert {'fused/bones', 'fused/keypoints', 'fused/trails'} <= drawn
