"""Lifting against synthetic RGB-D scenes with ground truth, and against everything a depth camera may do wrong."""
from dataclasses import replace

import numpy as np
import pytest

from pose_ros.camera import Camera
from pose_ros.errors import CameraError, SkeletonError, StampError
from pose_ros.lifting.depth_image import DepthImage
from pose_ros.lifting.lifter import Lifter
from pose_ros.lifting.lifting_settings import LiftingSettings
from pose_ros.skeletons import COCO17, OPENPOSE18, SKELETONS
from pose_ros.synthetic.depth_scenes import CAMERA, depth_scene, flesh, render
from pose_ros.types import PointSource

NOISES = {'5 mm': (0.005, 0.0), '1 %': (0.002, 0.01), '3 %': (0.0, 0.03)}
SCENES = 8


def lifted(scene, skeleton=OPENPOSE18, **settings):
    persons = [person.as_skeleton(skeleton) for person in scene.persons]
    return Lifter(skeleton, LiftingSettings(**settings)).lift(persons, DepthImage(scene.depth), CAMERA, 0.0)


@pytest.fixture(scope='module')
def scene():
    return depth_scene(np.random.default_rng(3), noise_m=0.005)


@pytest.mark.parametrize('noise', NOISES)
def test_points_meet_the_bars_and_none_lies_on_the_wall(noise):
    errors, found, visible = [], 0, 0
    for seed in range(SCENES):
        scene = depth_scene(np.random.default_rng(seed), *NOISES[noise])
        points = lifted(scene)[0].points
        good = points.known & scene.visible[0]
        errors += np.linalg.norm(points.positions - scene.points[0], axis=1)[good].tolist()
        found, visible = found + good.sum(), visible + scene.visible[0].sum()
        assert (points.positions[points.known, 2] < scene.wall_m - 0.1).all()
    assert np.median(errors) <= 0.025
    assert np.percentile(errors, 95) <= 0.080
    assert found / visible > 0.95


def test_covariances_say_how_far_off_points_are():
    squares = []
    for seed in range(SCENES):
        scene = depth_scene(np.random.default_rng(seed), noise_fraction=0.01)
        points = lifted(scene)[0].points
        good = points.known & scene.visible[0]
        errors = (points.positions - scene.points[0])[good]
        squares += np.einsum('ni,nij,nj->n', errors, np.linalg.inv(points.covariances[good]), errors).tolist()
    # The median of chi squared with three degrees of freedom is 2.4.
    assert 1.2 < np.median(squares) < 4.8


def test_millimetres_in_integers_and_metres_in_floats_are_the_same(scene):
    millimetres = DepthImage(np.nan_to_num(scene.depth * 1000).round().astype(np.uint16), '16UC1')
    one, two = (Lifter(OPENPOSE18).lift(scene.persons, depth, CAMERA, 0.0)[0].points.positions
                for depth in (DepthImage(scene.depth, '32FC1'), millimetres))
    np.testing.assert_allclose(one, two, atol=2e-3)


@pytest.mark.parametrize('nothing', [0.0, np.nan, np.inf, -np.inf, -1.0, 0.1, 50.0])
def test_no_depth_is_no_point(scene, nothing):
    person, = Lifter(OPENPOSE18).lift(scene.persons, DepthImage(np.full_like(scene.depth, nothing)), CAMERA, 0.0)
    assert not person.points.known.any() and np.isnan(person.points.covariances).all()
    assert (person.points.sources == PointSource.NONE).all()


@pytest.mark.parametrize('nothing', [0.0, np.nan, np.inf, 50.0])
def test_a_keypoint_in_a_hole_stays_near_its_place_or_unknown(scene, nothing):
    for index in np.nonzero(scene.visible[0])[0]:
        depth = scene.depth.copy()
        x, y = scene.persons[0].keypoints[index].astype(int)
        depth[max(y - 8, 0):y + 9, max(x - 8, 0):x + 9] = nothing
        points = Lifter(OPENPOSE18).lift(scene.persons, DepthImage(depth), CAMERA, 0.0)[0].points
        error = np.linalg.norm(points.positions[index] - scene.points[0, index])
        assert np.isnan(error) or error < 0.12


def test_a_keypoint_beside_the_arm_is_not_put_on_the_wall(scene):
    """Azure and OpenPose wrappers draw such arms on the background: one pixel decides there."""
    person = scene.persons[0]
    for name in ('left_wrist', 'right_wrist', 'left_elbow', 'right_elbow'):
        index = OPENPOSE18.index(name)
        for shift in ((8, 0), (-8, 0), (0, 8), (0, -8)):
            keypoints = person.keypoints.copy()
            keypoints[index] += shift
            points = lifted(replace(scene, persons=[replace(person, keypoints=keypoints)]))[0].points
            assert not points.positions[index, 2] > scene.points[0, index, 2] + 0.15


def test_missing_keypoints_stay_missing(scene):
    keypoints = scene.persons[0].keypoints.copy()
    keypoints[::2] = np.nan
    points = lifted(replace(scene, persons=[replace(scene.persons[0], keypoints=keypoints)]))[0].points
    assert not points.known[::2].any() and points.known[1::2].sum() >= 7
    assert (points.sources[points.known] == PointSource.SENSOR).all()


def test_doubtful_keypoints_are_not_lifted(scene):
    scores = np.where(np.arange(18) < 9, 0.01, 0.9)
    points = lifted(replace(scene, persons=[replace(scene.persons[0], scores=scores)]))[0].points
    assert not points.known[:9].any() and points.known[9:].any()


def test_keypoints_outside_the_image_are_unknown(scene):
    keypoints = scene.persons[0].keypoints + [1000, 0]
    assert not lifted(replace(scene, persons=[replace(scene.persons[0], keypoints=keypoints)]))[0].points.known.any()


def test_people_do_not_disturb_each_other():
    scene = depth_scene(np.random.default_rng(5), noise_m=0.005, people=3)
    together = lifted(scene)
    for index, person in enumerate(together):
        alone = lifted(replace(scene, persons=[scene.persons[index]]))[0]
        np.testing.assert_allclose(person.points.positions, alone.points.positions)
        good = person.points.known & scene.visible[index]
        errors = np.linalg.norm(person.points.positions - scene.points[index], axis=1)[good]
        assert np.median(errors) < 0.03


@pytest.mark.parametrize('skeleton', SKELETONS.values(), ids=SKELETONS.keys())
def test_every_skeleton_can_be_lifted(scene, skeleton):
    points = lifted(scene, skeleton)[0].points
    source = skeleton.indices_in(OPENPOSE18)
    errors = np.linalg.norm(points.positions - scene.points[0][source], axis=1)[points.known & scene.visible[0][source]]
    assert len(errors) >= 14 and np.median(errors) < 0.03


def test_distortion_is_taken_out():
    camera = replace(CAMERA, distortion=np.array([-0.25, 0.08, 0.001, -0.001, 0.0]))
    scene = depth_scene(np.random.default_rng(1), noise_m=0.003, camera=camera)
    person, = Lifter(OPENPOSE18).lift(scene.persons, DepthImage(scene.depth), camera, 0.0)
    good = person.points.known & scene.visible[0]
    assert np.median(np.linalg.norm(person.points.positions - scene.points[0], axis=1)[good]) < 0.025


def test_limb_lengths_are_learned_within_two_seconds():
    rng = np.random.default_rng(11)
    truth = depth_scene(rng, noise_fraction=0.03)
    lifter, edges = Lifter(OPENPOSE18), OPENPOSE18.edges
    real = np.linalg.norm(truth.points[0][edges[:, 0]] - truth.points[0][edges[:, 1]], axis=1)
    errors = []
    for frame in range(20):
        noisy = truth.clean + rng.normal(0, 0.03, truth.clean.shape) * truth.clean
        person = replace(truth.persons[0], track_id=7)
        points = lifter.lift([person], DepthImage(noisy.astype(np.float32)), CAMERA, 0.1 * frame)[0].points
        lengths = np.linalg.norm(points.positions[edges[:, 0]] - points.positions[edges[:, 1]], axis=1)
        errors.append(np.nanmedian(np.abs(lengths - real)))
    assert np.mean(errors[-5:]) < 0.03


def test_a_bag_that_starts_again_forgets(scene):
    lifter = Lifter(OPENPOSE18)
    persons, depth = [replace(scene.persons[0], track_id=1)], DepthImage(scene.depth)
    stamps = (10.0, 10.1, 0.0, 0.1)
    first, second, again, more = (lifter.lift(persons, depth, CAMERA, stamp)[0].points.positions for stamp in stamps)
    np.testing.assert_array_equal(first, again)
    np.testing.assert_array_equal(second, more)
    assert np.nanmax(np.abs(second - first)) > 1e-6


def test_what_does_not_fit_is_refused(scene):
    lifter = Lifter(OPENPOSE18)
    with pytest.raises(CameraError, match='320x240.*640x480.*Register'):
        lifter.lift(scene.persons, DepthImage(scene.depth[::2, ::2].copy()), CAMERA, 0.0)
    with pytest.raises(SkeletonError, match='coco17.*openpose18'):
        lifter.lift([scene.persons[0].as_skeleton(COCO17)], DepthImage(scene.depth), CAMERA, 0.0)
    with pytest.raises(StampError, match='finite'):
        lifter.lift(scene.persons, DepthImage(scene.depth), CAMERA, np.nan)
    assert lifter.lift(scene.persons, DepthImage(scene.depth), CAMERA, 0.0)[0].points.known.any()
    assert lifter.lift([], DepthImage(scene.depth), CAMERA, 0.0) == []


def test_the_scene_itself_is_right():
    """A ray through a keypoint meets the flesh about one radius in front of it: here, at the middle of a forearm."""
    camera = Camera.from_field_of_view(200, 100, 60)
    start, end = np.array([-0.2, 0.0, 2.0]), np.array([0.2, 0.0, 2.0])
    depth = render(camera, [(start, end, 0.05)], 3.0)
    assert depth[50, 100] == pytest.approx(1.95, abs=1e-3)
    assert depth[5, 100] == 3.0 and len(flesh(depth_scene(np.random.default_rng(0)).points[0])) > 30
