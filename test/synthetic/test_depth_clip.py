"""The RGB-D clip that ships, and what depth cameras make of depth."""
import shutil

import numpy as np
import pytest

from pose_ros.errors import SourceError
from pose_ros.synthetic.depth_camera import measured
from pose_ros.synthetic.depth_clip import FILES, FOLDER, clip_camera, depth_clip


@pytest.fixture(scope='module')
def shots():
    return list(depth_clip(None))


def test_it_is_small_and_long_enough(shots):
    assert sum((FOLDER / name).stat().st_size for name in FILES) < 2_000_000
    assert len(shots) == 120 and shots[-1].stamp_s == pytest.approx(8, abs=0.1)
    assert all(shot.image.shape == (240, 320, 3) and shot.depth_mm.shape == (240, 320) for shot in shots)
    assert {one.track_id for shot in shots for one in shot.persons} == {0, 1, 2}


def test_points_are_where_keypoints_and_depth_say(shots):
    camera, behind = clip_camera(), []
    for shot in shots[::10]:
        for person in shot.persons:
            seen = person.scores > 0
            pixels = camera.project(person.points.positions[seen])
            np.testing.assert_allclose(pixels, person.keypoints[seen], atol=0.5)
            x, y = np.rint(pixels).astype(int).T
            behind += (person.points.positions[seen, 2] - shot.depth_mm[y, x] / 1000).tolist()
    # Joints lie in the flesh, between skin and back; some are seen through an arm in front of them.
    assert 0.01 < np.median(behind) < 0.1 and np.percentile(behind, 2) > -0.05


def test_two_people_pass_in_front_of_and_behind_the_third(shots):
    places = np.array([[one.points.positions[1] for one in shot.persons] for shot in shots])
    for walker in (0, 1):
        side = np.sign(places[:, walker, 0] - places[:, 2, 0])
        assert side[0] != side[-1]
    assert (places[:, 0, 2] < places[:, 2, 2]).all() and (places[:, 1, 2] > places[:, 2, 2]).all()


def test_noise_has_its_seed_and_holes_are_zero():
    one, same, other = (next(iter(depth_clip(seed))).depth_mm for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert (one != other).mean() > 0.5 and 0.05 < (one == 0).mean() < 0.3


def test_measured_depth_is_the_true_one_with_the_noise_asked_for():
    clean = np.full((100, 100), 2.0)
    rng = np.random.default_rng(0)
    assert np.std(measured(clean, rng, 0.003, 0.01, holes=False)) == pytest.approx(np.hypot(0.003, 0.02), rel=0.1)
    np.testing.assert_allclose(measured(clean, rng, holes=False), clean)
    assert np.array_equal(clean, np.full((100, 100), 2.0))


def test_a_missing_or_damaged_clip_is_told(tmp_path):
    with pytest.raises(SourceError, match='reinstall'):
        next(depth_clip(folder=tmp_path))
    shutil.copy(FOLDER / FILES.depth, tmp_path)
    with pytest.raises(SourceError, match='ends after 0'):
        next(depth_clip(folder=tmp_path))
    (tmp_path / FILES.depth).write_bytes(b'PK\x03\x04 nothing')
    with pytest.raises(SourceError, match='reinstall'):
        next(depth_clip(folder=tmp_path))
