"""Triangulation and fusion: the truth comes back, wrong cameras are outvoted, people are told apart."""
import numpy as np
import pytest

from pose_ros.camera import Camera
from pose_ros.errors import CameraError
from pose_ros.lifting.fusion import fuse
from pose_ros.lifting.triangulation import TriangulationSettings, View, meet, triangulate
from pose_ros.skeletons import OPENPOSE18
from pose_ros.synthetic.stick_people import placed, reaching, walking
from pose_ros.types import Person, PointSource

CAMERA = Camera(1280, 720, np.array([[915.0, 0, 639.5], [0, 915.0, 359.5], [0, 0, 1]]),
                np.array([-0.1, 0.02, 0.0, 0.0, 0.0]))


def view_at(angle, far_m=3.5, height_m=1.6):
    """A camera on a circle around the origin, looking at 1 m above it."""
    place = np.array([far_m * np.cos(angle), far_m * np.sin(angle), height_m])
    ahead = np.array([0, 0, 1.0]) - place
    ahead /= np.linalg.norm(ahead)
    right = np.cross(ahead, [0, 0, 1.0])
    right /= np.linalg.norm(right)
    transform = np.eye(4)
    transform[:3] = np.column_stack([right, np.cross(ahead, right), ahead, place])
    return View(CAMERA, transform)


VIEWS = [view_at(angle) for angle in np.deg2rad([0, 75, 160])]


def seen(view, points, rng=None, noise_px=2.0):
    """(K, 2) px of world points in a view."""
    back = np.linalg.inv(view.transform_camera_to_world)
    pixels = view.camera.project(points @ back[:3, :3].T + back[:3, 3])
    return pixels if rng is None else pixels + rng.normal(0, noise_px, pixels.shape)


def people(rng, count):
    """World points of people spread over the room."""
    return [placed(reaching(rng.uniform(1.55, 1.9), rng), np.array([0.75 * np.cos(a), 0.75 * np.sin(a)]) * (count > 1),
                   rng.uniform(0, 6)) for a in 2 * np.pi * np.arange(count) / count]


def person(keypoints):
    return Person(OPENPOSE18, keypoints, np.isfinite(keypoints).all(axis=1), 1.0)


@pytest.mark.parametrize('count', [2, 3])
def test_without_noise_the_truth_comes_back(count):
    points = people(np.random.default_rng(0), 1)[0]
    got = triangulate(VIEWS[:count], np.array([seen(view, points) for view in VIEWS[:count]]), np.ones((count, 18)))
    np.testing.assert_allclose(got.positions, points, atol=1e-4)
    assert (got.sources == PointSource.TRIANGULATED).all()


def test_three_cameras_meet_the_bar_though_one_keypoint_in_ten_is_wrong():
    errors, squares = [], []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        points = people(rng, 1)[0]
        keypoints = np.array([seen(view, points, rng) for view in VIEWS])
        wrong = rng.random((3, 18)) < 0.1
        keypoints[wrong] += rng.choice([-80, 80], (wrong.sum(), 2))
        got = triangulate(VIEWS, keypoints, np.ones((3, 18)))
        usable = wrong.sum(axis=0) == 0
        misses = np.where(got.known[:, None], got.positions - points, np.nan)
        errors += np.linalg.norm(misses, axis=1)[got.known & (wrong.sum(axis=0) <= 1)].tolist()
        sure = usable & got.known
        squares += np.einsum('ni,nij,nj->n', misses[sure], np.linalg.inv(got.covariances[sure]), misses[sure]).tolist()
    assert np.median(errors) <= 0.010 and np.percentile(errors, 95) <= 0.03
    assert 1.5 < np.median(squares) < 3.6  # chi squared with three degrees of freedom: 2.4


def test_what_one_camera_sees_is_unknown():
    points = people(np.random.default_rng(0), 1)[0]
    keypoints = np.array([seen(view, points) for view in VIEWS])
    keypoints[1:, :6] = np.nan
    scores = np.ones((3, 18))
    scores[:2, 6:9] = 0
    got = triangulate(VIEWS, keypoints, scores)
    assert not got.known[:9].any() and got.known[9:].all() and np.isnan(got.covariances[:9]).all()


def test_cameras_that_disagree_give_no_point():
    points = people(np.random.default_rng(0), 1)[0]
    keypoints = np.array([seen(view, points) + 60 * index for index, view in enumerate(VIEWS[:2])])
    got = triangulate(VIEWS[:2], keypoints, np.ones((2, 18)))
    assert not got.known.any()


def test_cameras_side_by_side_give_no_point():
    points = people(np.random.default_rng(0), 1)[0]
    views = [view_at(0.0), view_at(0.01)]
    keypoints = np.array([seen(view, points) for view in views])
    assert not triangulate(views, keypoints, np.ones((2, 18))).known.any()
    assert triangulate(views, keypoints, np.ones((2, 18)), TriangulationSettings(min_angle_deg=0.1)).known.all()


def test_rays_meet_where_they_cross():
    origins, target = np.array([[0, 0, 0], [2.0, 0, 0]]), np.array([1.0, 1.0, 3.0])
    directions = (target - origins)[:, None] / np.linalg.norm(target - origins, axis=1)[:, None, None]
    np.testing.assert_allclose(meet(origins, directions, np.ones((2, 1)))[0][0], target)
    assert np.isnan(meet(origins, np.repeat(directions[:1], 2, 0), np.ones((2, 1)))[0]).all()


@pytest.mark.parametrize('count', [1, 3, 5])
def test_people_are_matched_across_cameras(count):
    for seed in range(4):
        rng = np.random.default_rng(seed)
        truth = people(rng, count)
        orders = [rng.permutation(count) for _ in VIEWS]
        persons = [[person(seen(view, truth[i], rng)) for i in order] for view, order in zip(VIEWS, orders)]
        fused = fuse(VIEWS, persons)
        assert len(fused) == count
        for one in fused:
            names = {int(orders[view][index]) for view, index in one.members}
            assert len(one.members) == 3 and len(names) == 1
            errors = np.linalg.norm(one.points.positions - truth[names.pop()], axis=1)[one.points.known]
            assert np.median(errors) < 0.012


def test_someone_seen_by_one_camera_has_no_points():
    rng = np.random.default_rng(1)
    both, alone = people(rng, 2)
    persons = [[person(seen(VIEWS[0], both, rng)), person(seen(VIEWS[0], alone, rng))],
               [person(seen(VIEWS[1], both, rng))], []]
    fused = fuse(VIEWS, persons)
    assert [sorted(one.members) for one in fused] == [[(0, 0), (1, 0)], [(0, 1)]]
    assert fused[0].points is not None and fused[1].points is None


def test_nobody_is_fine_and_a_view_too_few_is_not():
    assert fuse(VIEWS, [[], [], []]) == []
    with pytest.raises(CameraError, match='3 views and people of 2'):
        fuse(VIEWS, [[], []])
    with pytest.raises(CameraError, match='two or more'):
        triangulate(VIEWS[:1], np.zeros((1, 18, 2)), np.ones((1, 18)))
    with pytest.raises(CameraError, match='4x4'):
        View(CAMERA, np.full((4, 4), np.nan))


def test_a_walker_is_the_same_from_all_sides():
    rng = np.random.default_rng(0)
    for phase in np.linspace(0, 6, 5):
        points = placed(walking(1.7, phase), np.zeros(2), phase)
        fused = fuse(VIEWS, [[person(seen(view, points, rng))] for view in VIEWS])
        assert len(fused) == 1 and np.nanmedian(np.linalg.norm(fused[0].points.positions - points, axis=1)) < 0.012
