"""Targets: exactly placed, mirrored with their picture, and silent where nothing is known."""
import numpy as np
import pytest

from pose_ros.skeletons import OPENPOSE18
from pose_ros.training.augment import Labelled, mirror
from pose_ros.training.targets import NEAR, SMALLEST_PX, UNKNOWN, UNSURE, draw_targets

NECK, NOSE = OPENPOSE18.index('neck'), OPENPOSE18.index('nose')
NECK_TO_NOSE = OPENPOSE18.limbs.index(('neck', 'nose'))


def standing(scale: float = 1.0, offset: tuple[float, float] = (0, 0)) -> np.ndarray:
    """(1, 18, 3): all keypoints of one person, visible, within 100 x 140 px."""
    random = np.random.default_rng(5)
    points = random.uniform((20, 20), (120, 160), (18, 2)) * scale + offset
    return np.concatenate([points, np.full((18, 1), 2)], 1, dtype=np.float32)[None]


def centroid(heatmap: np.ndarray) -> np.ndarray:
    """Of a bell [px], from the map's cells: cell i is centred on pixel (i + 0.5) * 8 - 0.5."""
    y, x = np.mgrid[:heatmap.shape[0], :heatmap.shape[1]]
    return np.array([((v + .5) * 8 - .5) @ heatmap.ravel() / heatmap.sum() for v in (x.ravel(), y.ravel())])


@pytest.mark.parametrize('place', [(63.5, 79.5), (61.2, 84.9), (70.0, 70.0)])
def test_a_bell_is_centred_on_its_keypoint(place):
    person = np.zeros((1, 18, 3), np.float32)
    person[0, [NOSE, NECK]] = (*place, 2), (60, 120, 2)
    nose = draw_targets(person, 128, 192).maps[NOSE]
    np.testing.assert_allclose(centroid(nose), place, atol=.05)


def test_a_paf_points_along_its_limb_and_only_there():
    person = np.zeros((1, 18, 3), np.float32)
    person[0, NECK], person[0, NOSE] = (60, 100, 2), (60, 40, 2)
    pafs = draw_targets(person, 128, 128).maps[19:].reshape(19, 2, 16, 16)
    covered = np.abs(pafs[NECK_TO_NOSE]).sum(0) > 0
    np.testing.assert_allclose(pafs[NECK_TO_NOSE][:, covered], [[0] * covered.sum(), [-1] * covered.sum()], atol=1e-6)
    rows, columns = np.nonzero(covered)
    assert rows.min() in (4, 5) and rows.max() in (12, 13) and set(columns) <= {6, 7, 8}
    assert not np.delete(pafs, NECK_TO_NOSE, 0).any()


def test_background_is_what_no_keypoint_claims():
    maps = draw_targets(standing(), 160, 192).maps
    np.testing.assert_allclose(maps[18], 1 - maps[:18].max(0))


def test_mirrored_people_have_mirrored_targets():
    sample = Labelled(np.zeros((192, 160, 3), np.uint8), standing())
    plain = draw_targets(sample.persons, 160, 192).maps
    mirrored = draw_targets(mirror(sample).persons, 160, 192).maps[..., ::-1]
    np.testing.assert_allclose(mirrored[:18], plain[:18][OPENPOSE18.mirror], atol=1e-5)
    pafs, turned = (m[19:].reshape(19, 2, *m.shape[1:]) for m in (plain, mirrored))
    np.testing.assert_allclose(turned * np.array([-1, 1])[:, None, None], pafs[OPENPOSE18.limb_mirror], atol=1e-4)


def test_two_people_do_not_add_up():
    maps = draw_targets(np.concatenate([standing(), standing()]), 160, 192).maps
    np.testing.assert_allclose(maps, draw_targets(standing(), 160, 192).maps, atol=1e-6)


def test_nothing_is_learnt_from_people_too_small_or_hidden():
    small = standing(scale=SMALLEST_PX / 160)
    hidden = standing()
    hidden[..., 2] = 1
    for person in (small, hidden):
        targets = draw_targets(person, 192, 192)
        assert not targets.maps[:18].any() and not targets.maps[19:].any()
        x, y = person[0, :, :2].mean(0) // 8
        assert not targets.weights[:, int(y), int(x)].any() and targets.weights[:, -1, -1].all()


def test_nothing_is_learnt_about_an_unsure_keypoint_where_it_may_be():
    person = standing()
    person[0, NOSE, 2] = UNSURE
    targets, x, y = draw_targets(person, 160, 192), *(person[0, NOSE, :2] // 8).astype(int)
    assert not targets.maps[NOSE].any() and targets.weights[NOSE, y, x] == 0 and targets.weights[NOSE, -1, -1] == 1
    assert targets.weights[NECK, y, x] == 1


def test_nothing_is_learnt_about_an_unknown_keypoint_near_its_person():
    person = standing(scale=.4)
    person[0, NOSE] = 0, 0, UNKNOWN
    weights = draw_targets(person, 320, 320).weights
    left, top = person[0, 1:, :2].min(0) - NEAR * 56
    assert weights[NOSE, 4, 4] == 0 and weights[NOSE, -1, -1] == 1 and weights[NECK].all()
    assert weights[19 + 2 * NECK_TO_NOSE, 4, 4] == 0 and left < 36 and top < 36


def test_ignored_cells_weigh_nothing():
    ignored = np.zeros((24, 20), bool)
    ignored[3, 5] = True
    weights = draw_targets(standing(), 160, 192, ignored).weights
    assert not weights[:, 3, 5].any()
