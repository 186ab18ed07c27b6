"""Tracked, lifted, smoothed, predicted: one object per camera, against scenes with ground truth and bad input."""
from dataclasses import replace

import numpy as np
import pytest

from pose_ros.camera import Camera
from pose_ros.errors import CameraError, SkeletonError, StampError
from pose_ros.lifting.depth_image import DepthImage
from pose_ros.skeletons import COCO17, OPENPOSE18
from pose_ros.space.depth_frame import DepthFrame
from pose_ros.space.people import People, PeopleSettings
from pose_ros.space.space_settings import SpaceSettings
from pose_ros.synthetic.depth_scenes import CAMERA, depth_scene, flesh, render
from pose_ros.transforms import inverse, matrix_of
from pose_ros.types import Points, PointSource, TrackState

HERE = np.eye(4)
SIZE = CAMERA.width, CAMERA.height
TO_ROOM = matrix_of((1.0, -2.0, 0.5), (0.5, -0.5, 0.5, -0.5))
TO_COLOUR = matrix_of((0.05, 0.0, 0.005), (0.0, 0.01, 0.0, 1.0))
DEPTH_CAMERA = Camera(320, 240, np.array([[270.0, 0, 161], [0, 271.0, 118], [0, 0, 1]]),
                      np.array([0.05, -0.02, 0.001, 0.0, 0.0]))


@pytest.fixture(scope='module')
def scene():
    return depth_scene(np.random.default_rng(3), noise_m=0.005)


@pytest.fixture
def depth(scene):
    return DepthFrame(DepthImage(scene.depth))


def follow(people, scene, stamps, **options):
    """The first person after each stamp."""
    return [people.update(scene.persons, stamp, CAMERA, image_size=SIZE, **options)[0] for stamp in stamps]


def errors(followed, scene, transform=HERE):
    truth = scene.points[0] @ transform[:3, :3].T + transform[:3, 3]
    points = followed.smooth.points
    good = points.known & scene.visible[0]
    return np.linalg.norm(points.positions - truth, axis=1)[good]


def same_keypoints(followed, scene):
    return np.array_equal(followed.smooth.found, scene.persons[0].found)


STAMPS = np.arange(10) / 30


def test_a_person_becomes_tracked_lifted_and_smooth(scene, depth):
    seen = follow(People(OPENPOSE18), scene, STAMPS, depth=depth)
    assert [one.state for one in seen[:2]] == [TrackState.NEW] * 2 and seen[0].raw.points.known.any()
    last = seen[-1]
    assert last.state is TrackState.TRACKED and last.smooth.track_id == last.raw.track_id == 0 and last.frames == 10
    np.testing.assert_array_equal(last.raw.keypoints, scene.persons[0].keypoints)
    assert np.median(errors(last, scene)) < 0.025 and len(errors(last, scene)) >= 14
    hips = last.smooth.points.positions[[OPENPOSE18.index('left_hip'), OPENPOSE18.index('right_hip')]]
    np.testing.assert_allclose(last.root.position, hips.mean(axis=0))
    np.testing.assert_allclose(last.root.velocity, 0, atol=0.05)
    assert np.linalg.norm(last.root.orientation) == pytest.approx(1) and last.limb_orientations.shape == (0, 4)


def test_everything_is_in_the_target_frame(scene, depth):
    optical, room = (follow(People(OPENPOSE18), scene, STAMPS, depth=depth, transform_camera_to_target=transform)[-1]
                     for transform in (None, TO_ROOM))
    np.testing.assert_allclose(room.smooth.points.positions @ TO_ROOM[:3, :3] - TO_ROOM[:3, 3] @ TO_ROOM[:3, :3],
                               optical.smooth.points.positions, atol=1e-9)
    assert np.median(errors(room, scene, TO_ROOM)) < 0.025


def test_depth_of_another_camera_gives_the_same_points(scene):
    back = inverse(TO_COLOUR)
    points = scene.points[0] @ back[:3, :3].T + back[:3, 3]
    image = DepthImage(render(DEPTH_CAMERA, flesh(points), 9.0))
    people = People(OPENPOSE18)
    last = follow(people, scene, STAMPS, depth=DepthFrame(image, DEPTH_CAMERA, TO_COLOUR))[-1]
    assert people.trouble is None
    assert np.median(errors(last, scene)) < 0.03 and len(errors(last, scene)) >= 12


@pytest.mark.parametrize('bad', [
    DepthFrame(DepthImage(np.ones((240, 320), np.float32))),
    DepthFrame(DepthImage(np.ones((480, 640), np.float32)), DEPTH_CAMERA, np.eye(4)),
    DepthFrame(DepthImage(np.ones((240, 320), np.float32)), DEPTH_CAMERA, 2 * np.eye(4))])
def test_depth_that_does_not_fit_is_told_and_the_image_goes_on(scene, depth, bad):
    people = People(OPENPOSE18)
    followed = follow(people, scene, STAMPS, depth=bad)[-1]
    assert isinstance(people.trouble, CameraError) and 'allowed' in str(people.trouble)
    assert followed.state is TrackState.TRACKED and same_keypoints(followed, scene) and followed.smooth.points is None
    assert follow(people, scene, [0.5], depth=depth)[0].raw.points.known.any() and people.trouble is None


@pytest.mark.parametrize('missing', [{'depth': None}, {'camera': None}])
def test_without_depth_or_calibration_points_are_predicted_then_unknown(scene, depth, missing):
    people = People(OPENPOSE18)
    follow(people, scene, STAMPS, depth=depth)
    options = {'depth': depth, 'camera': CAMERA, **missing}
    soon, late = (people.update(scene.persons, 0.3 + ahead, image_size=SIZE, **options)[0] for ahead in (0.1, 0.7))
    known = soon.smooth.points.known
    assert known.any() and (soon.smooth.points.sources[known] == PointSource.PREDICTED).all()
    assert soon.raw.points is None and same_keypoints(soon, scene) and same_keypoints(late, scene)
    assert not late.smooth.points.known.any() and np.isnan(late.root.position).all()


def test_nobody_found_vanishes(scene):
    doubtful = replace(scene.persons[0], score=0.01)
    followed = People(OPENPOSE18).update([doubtful], 0.0)
    assert [one.state for one in followed] == [TrackState.NEW] and followed[0].raw.track_id == -1
    np.testing.assert_array_equal(followed[0].smooth.keypoints, doubtful.keypoints)


def test_the_unseen_are_predicted_marked_and_dropped(scene, depth):
    people = People(OPENPOSE18)
    follow(people, scene, STAMPS, depth=depth)
    (soon,) = people.update([], 0.5, CAMERA, depth=depth)
    assert soon.state is TrackState.PREDICTED and soon.predicted.all() and soon.smooth.track_id == 0
    assert (soon.smooth.scores == 0).all() and soon.raw.points is None and soon.frames == 10
    assert people.update([], 2.0, CAMERA, depth=depth) == []


def test_a_late_frame_is_the_newest_and_an_early_one_begins_again(scene, depth):
    people = People(OPENPOSE18)
    follow(people, scene, STAMPS, depth=depth)
    late = follow(people, scene, [STAMPS[-1] - 0.03], depth=depth)[0]
    assert late.state is TrackState.TRACKED and people.restarts == 0
    again = follow(people, scene, [-5.0], depth=depth)[0]
    assert again.state is TrackState.NEW and people.restarts == 1
    assert follow(people, scene, STAMPS - 4.9, depth=depth)[-1].smooth.track_id == 1


def test_people_are_predicted_to_the_moment_of_publishing(scene):
    people = People(OPENPOSE18)
    for frame in range(30):
        moved = [replace(scene.persons[0], keypoints=scene.persons[0].keypoints + [4.0 * frame, 0])]
        followed, = people.update(moved, frame / 30, publish_s=frame / 30 + 0.1)
    ahead = np.nanmedian(followed.smooth.keypoints - followed.raw.keypoints, axis=0)
    assert 6 < ahead[0] < 14 and abs(ahead[1]) < 1 and people.predicted_s == pytest.approx(0.1)
    people.update(moved, 1.0)
    assert people.predicted_s == 0


def test_lifting_can_be_off_or_done_without_depth(scene, depth):
    class Flat:
        def lift(self, persons, camera, stamp_s):
            known = np.ones((18, 3)), np.tile(np.eye(3), (18, 1, 1)), np.full(18, PointSource.LIFTED)
            return [replace(one, points=Points(*known)) for one in persons]
    off, flat = (follow(People(OPENPOSE18, PeopleSettings(space=SpaceSettings(lift=lift)), Flat()), scene, STAMPS,
                        depth=depth)[-1] for lift in ('off', 'monocular'))
    assert off.smooth.points is None and (flat.smooth.points.sources == PointSource.LIFTED).all()


def test_limb_orientations_come_when_asked_for(scene, depth):
    people = People(OPENPOSE18, PeopleSettings(space=SpaceSettings(limb_orientations=True)))
    last = follow(people, scene, STAMPS, depth=depth)[-1]
    assert last.limb_orientations.shape == (len(OPENPOSE18.edges), 4)
    assert np.isfinite(last.limb_orientations).all(axis=1).sum() >= 10


def test_what_is_no_time_or_no_such_skeleton_is_refused_and_the_next_frame_served(scene, depth):
    people = People(OPENPOSE18)
    follow(people, scene, STAMPS, depth=depth)
    with pytest.raises(StampError, match='finite'):
        people.update(scene.persons, np.nan)
    with pytest.raises(SkeletonError, match='openpose18'):
        people.update([scene.persons[0].as_skeleton(COCO17)], 0.5)
    assert follow(people, scene, [0.6], depth=depth)[0].state is TrackState.TRACKED


def test_after_a_reset_identities_are_new(scene, depth):
    people = People(OPENPOSE18)
    follow(people, scene, STAMPS, depth=depth)
    people.reset()
    assert follow(people, scene, STAMPS, depth=depth)[-1].smooth.track_id == 1
