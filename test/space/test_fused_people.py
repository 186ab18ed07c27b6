"""People of several cameras in one frame: the truth comes back, identities last, one camera alone gives nobody."""
import numpy as np
import pytest

from pose_ros.camera import Camera
from pose_ros.errors import StampError
from pose_ros.lifting.triangulation import View
from pose_ros.skeletons import OPENPOSE18
from pose_ros.space.fused_people import FusedPeople
from pose_ros.space.people import People
from pose_ros.synthetic.stick_people import STEP_M, placed, walking
from pose_ros.types import Person, PointSource, TrackState

CAMERA = Camera(1280, 720, np.array([[700.0, 0, 639.5], [0, 700.0, 359.5], [0, 0, 1]]))
RNG = np.random.default_rng(0)


def view_at(angle):
    """A camera 5 m from the middle of the room, 2 m high, that looks at it."""
    place = np.array([5 * np.cos(angle), 5 * np.sin(angle), 2.0])
    ahead = np.array([0, 0, 1.0]) - place
    ahead /= np.linalg.norm(ahead)
    right = np.cross(ahead, [0, 0, 1.0]) / np.linalg.norm(np.cross(ahead, [0, 0, 1.0]))
    transform = np.eye(4)
    transform[:3] = np.column_stack([right, np.cross(ahead, right), ahead, place])
    return View(CAMERA, transform)


VIEWS = {f'camera{i}': view_at(angle) for i, angle in enumerate(np.deg2rad([0, 80, 170]))}


def room(stamp_s):
    """(2, 18, 3): one walks along x, one along y, and they pass each other 0.8 m apart."""
    def walker(start, velocity, heading):
        phase = 2 * np.pi * np.linalg.norm(velocity) * stamp_s / STEP_M
        return placed(walking(1.7, phase), np.add(start, np.multiply(velocity, stamp_s)), heading)
    return np.array([walker((-1.0, 0.4), (1.0, 0.0), 0.0), walker((0.0, -1.2), (0.0, 0.8), np.pi / 2)])


class Rig:
    """Three cameras, each with people of its own, and whom they see together."""

    def __init__(self):
        self.fused = FusedPeople(OPENPOSE18)
        self.people = {name: People(OPENPOSE18) for name in VIEWS}

    def look(self, stamp_s, cameras=tuple(VIEWS), who=(0, 1), publish_s=None):
        seen = {}
        for name in VIEWS:
            back = np.linalg.inv(VIEWS[name].transform_camera_to_world)
            persons = [Person(OPENPOSE18, CAMERA.project(points @ back[:3, :3].T + back[:3, 3])
                              + RNG.normal(0, 1.5, (18, 2)), np.ones(18), 1.0)
                       for points in room(stamp_s)[list(who)]] if name in cameras else []
            shuffled = [persons[i] for i in RNG.permutation(len(persons))]
            seen[name] = VIEWS[name], self.people[name].update(shuffled, stamp_s)
        return self.fused.update(seen, stamp_s, publish_s)


def nearest(followed, stamp_s):
    """Who of the room someone is, and how far off their points are."""
    apart = [np.nanmedian(np.linalg.norm(followed.smooth.points.positions - one, axis=1)) for one in room(stamp_s)]
    return int(np.argmin(apart)), min(apart)


def test_people_have_points_and_lasting_identities_though_one_camera_fails_now_and_then():
    rig, names, apart = Rig(), {}, []
    for frame in range(60):
        stamp = frame / 30
        cameras = [name for name in VIEWS if name != f'camera{frame // 5 % 3}']
        followed = rig.look(stamp, cameras)
        assert len(followed) == 2 and all(one.state is TrackState.TRACKED for one in followed)
        for one in followed:
            who, error = nearest(one, stamp)
            names.setdefault(who, set()).add(one.smooth.track_id)
            apart.append(error)
    assert {len(ids) for ids in names.values()} == {1} and names[0] != names[1]
    assert np.median(apart) < 0.02
    assert (one.raw.points.sources == PointSource.TRIANGULATED).all() and not one.raw.found.any()
    assert np.linalg.norm(one.root.velocity) == pytest.approx([1.0, 0.8][who], abs=0.15)


def test_one_camera_alone_sees_nobody_in_space():
    assert Rig().look(0.0, ['camera0']) == []


def test_who_is_hidden_is_predicted_and_comes_back_as_the_same():
    rig = Rig()
    for frame in range(30):
        before = rig.look(frame / 30)
    gone = rig.look(1.2, cameras=())
    assert [one.state for one in gone] == [TrackState.PREDICTED] * 2
    assert all(nearest(one, 1.2)[1] < 0.15 and not one.raw.points.known.any() for one in gone)
    assert rig.look(1.9, cameras=()) == []
    back = [rig.look(2.0 + frame / 30) for frame in range(8)][-1]
    assert {nearest(one, 2.2)[0]: one.smooth.track_id for one in back} == {
        nearest(one, 29 / 30)[0]: one.smooth.track_id for one in before}


def test_two_cameras_that_swap_identities_do_not_swap_people():
    rig = Rig()
    for frame in range(20):
        before = rig.look(frame / 30)
    rig.people = {name: People(OPENPOSE18) for name in VIEWS}
    after = [rig.look((20 + frame) / 30) for frame in range(10)][-1]
    assert {nearest(one, 29 / 30)[0]: one.smooth.track_id for one in after} == {
        nearest(one, 19 / 30)[0]: one.smooth.track_id for one in before}


def test_time_that_goes_back_begins_again_and_no_time_is_refused():
    rig = Rig()
    rig.look(5.0)
    rig.people = {name: People(OPENPOSE18) for name in VIEWS}
    assert {one.smooth.track_id for one in rig.look(0.0)} == {2, 3}
    with pytest.raises(StampError):
        rig.fused.update({}, np.nan)
    assert len(rig.look(0.1)) == 2


def test_nobody_and_no_cameras_are_fine():
    fused = FusedPeople(OPENPOSE18)
    assert fused.update({}, 0.0) == [] and fused.update({name: (view, []) for name, view in VIEWS.items()}, 0.1) == []


def test_the_scores_say_which_points_are_known():
    one = Rig().look(0.0)[0]
    np.testing.assert_array_equal(one.raw.scores > 0, one.raw.points.known)


def test_people_are_predicted_to_when_they_are_published():
    """Torsos of two who walk at about 1 m/s, seen 0.1 s late."""
    torso = [OPENPOSE18.index(name) for name in ('neck', 'left_hip', 'right_hip')]
    misses = {}
    for ahead_s in (0.0, 0.1):
        rig = Rig()
        for stamp_s in np.arange(0, 1.5, 1 / 15):
            followed = rig.look(stamp_s, publish_s=stamp_s + ahead_s)
        assert rig.fused.predicted_s == pytest.approx(ahead_s)
        roots = np.array([one.smooth.points.positions[torso].mean(axis=0) for one in followed])
        later = room(stamp_s + 0.1)[:, torso].mean(axis=1)
        misses[ahead_s] = np.linalg.norm(roots[:, None] - later, axis=2).min(axis=1).max()
    assert misses[0.1] < 0.04 < misses[0.0]
