"""Laws of the whole grouping, on synthetic scenes whose people are known."""
import numpy as np
import pytest

from pose_ros.benchmarks.scenes import STRIDE, make_scene, score
from pose_ros.errors import EstimatorError
from pose_ros.grouping import PafSettings, group, group_maps
from pose_ros.grouping.candidates import find_candidates
from pose_ros.grouping.peaks import find_peaks
from pose_ros.skeletons import OPENPOSE18

SETTINGS = PafSettings()
COUNT = len(OPENPOSE18)


def grouped(scene, settings=SETTINGS):
    return group_maps(scene.heatmaps, scene.pafs, OPENPOSE18, settings, STRIDE)


def table(persons):
    """(N, 18, 3) in an order that depends on the people only."""
    rows = [np.column_stack([person.keypoints, person.scores]) for person in persons]
    return np.array(sorted(rows, key=lambda row: tuple(np.nan_to_num(row[:, :2], nan=-1).round(1).ravel())))


def drawn(people, height=46, width=82, limbs=OPENPOSE18.limbs, sigma=7.0):
    """Maps of given people (N, 18, 2) px; only the named limbs have a field."""
    y, x = (np.mgrid[:height, :width] + 0.5) * STRIDE - 0.5
    heatmaps, pafs = np.zeros((COUNT, height, width), np.float32), np.zeros((38, height, width), np.float32)
    for person in people:
        for k in np.flatnonzero(np.isfinite(person).all(axis=1)):
            blob = 0.9 * np.exp(-((x - person[k, 0]) ** 2 + (y - person[k, 1]) ** 2) / (2 * sigma ** 2))
            heatmaps[k] = np.maximum(heatmaps[k], blob)
        for limb, (a, b) in enumerate(OPENPOSE18.limb_indices):
            way = person[b] - person[a]
            length = np.hypot(*way)
            if OPENPOSE18.limbs[limb] not in limbs or not length > 0:
                continue
            way = way / length
            along = (x - person[a, 0]) * way[0] + (y - person[a, 1]) * way[1]
            beside = np.abs((x - person[a, 0]) * way[1] - (y - person[a, 1]) * way[0])
            near = (along > -4) & (along < length + 4) & (beside <= 8)
            pafs[2 * limb:2 * limb + 2, near] = 0.9 * way[:, None]
    return heatmaps, pafs


def upright(x, top, size):
    """(18, 2) one person of height `size` px."""
    place = {'nose': (0, .085), 'neck': (0, .19)}
    for side, sign in (('right', -1), ('left', 1)):
        place |= {f'{side}_{name}': (sign * dx, dy) for name, dx, dy in (
            ('eye', .03, .063), ('ear', .06, .08), ('shoulder', .115, .2), ('elbow', .16, .36), ('wrist', .2, .5),
            ('hip', .07, .52), ('knee', .09, .74), ('ankle', .1, .95))}
    return np.array([place[name] for name in OPENPOSE18.keypoints]) * size + (x, top)


@pytest.mark.parametrize('people, found', [(1, 3), (5, 15), (20, 60), (50, 147)])
def test_finds_the_people_of_the_scenes_and_nobody_else(people, found):
    scores = [score(scene, grouped(scene)) for scene in (make_scene(people, 46, 82, seed) for seed in range(3))]
    assert sum(one.found for one in scores) >= found
    assert sum(one.wrong for one in scores) == 0
    assert sum(one.false for one in scores) <= 1
    assert np.mean([one.error_px for one in scores]) < 0.18


@pytest.mark.parametrize('seed', range(3, 9))
def test_finds_the_people_of_scenes_nobody_looked_at(seed):
    scene = make_scene(20, 46, 82, seed)
    result = score(scene, grouped(scene))
    assert result.found >= 19
    assert result.wrong <= 1


@pytest.mark.parametrize('x, y', [(320.0, 60.0), (320.37, 60.81), (123.4, 71.9)])
def test_positions_are_exact_to_a_tenth_of_a_pixel(x, y):
    truth = upright(x, y, 240)
    person, = group_maps(*drawn([truth]), OPENPOSE18, SETTINGS, STRIDE)
    np.testing.assert_allclose(person.keypoints, truth, atol=0.1)


@pytest.mark.parametrize('people', [1, 5, 20])
def test_mirrored_maps_give_mirrored_people(people):
    scene = make_scene(people, 46, 82, 0)
    heatmaps = scene.heatmaps[OPENPOSE18.mirror][..., ::-1].copy()
    fields = scene.pafs.reshape(-1, 2, 46, 82)[OPENPOSE18.limb_mirror][..., ::-1] * np.array([-1, 1])[:, None, None]
    mirrored = group_maps(heatmaps, fields.reshape(38, 46, 82).astype(np.float32), OPENPOSE18, SETTINGS, STRIDE)
    back = [person.moved((-1, 1), (82 * STRIDE - 1, 0)) for person in mirrored]
    unmirrored = [np.column_stack([one.keypoints, one.scores])[OPENPOSE18.mirror] for one in back]
    expected = [np.column_stack([one.keypoints, one.scores]) for one in grouped(scene)]
    assert len(unmirrored) == len(expected)
    for one in expected:
        assert any(np.allclose(one, other, atol=0.01, equal_nan=True) for other in unmirrored)


@pytest.mark.parametrize('seed', range(4))
def test_the_order_of_peaks_and_pairs_does_not_matter(seed):
    rng = np.random.default_rng(seed)
    scene = make_scene(20, 46, 82, 0)
    peaks = find_peaks(scene.heatmaps[:COUNT], SETTINGS.peak_threshold, SETTINGS.max_peaks)
    candidates = find_candidates(peaks, scene.pafs, OPENPOSE18.limb_indices, SETTINGS)
    shuffled = candidates.take(rng.permutation(len(candidates.score)))
    one, other = (group(peaks, some, OPENPOSE18, SETTINGS, STRIDE) for some in (candidates, shuffled))
    np.testing.assert_array_equal(table(one), table(other))


@pytest.mark.parametrize('seed', range(4))
def test_the_order_in_which_people_are_drawn_does_not_matter(seed):
    people = np.stack([upright(80 + 90 * i, 30 + 10 * i, 200 + 15 * i) for i in range(6)])
    one = group_maps(*drawn(people), OPENPOSE18, SETTINGS, STRIDE)
    shuffled = people[np.random.default_rng(seed).permutation(len(people))]
    other = group_maps(*drawn(shuffled), OPENPOSE18, SETTINGS, STRIDE)
    assert len(one) == len(people)
    np.testing.assert_allclose(table(one), table(other), atol=1e-4)


@pytest.mark.parametrize('hidden', ['neck', 'neck nose', 'neck left_ear left_eye', 'neck right_knee', 'nose',
                                    'left_eye right_eye', 'neck right_ear right_eye left_hip'])
def test_one_person_stays_one_person_without(hidden):
    people = np.stack([upright(160, 40, 280), upright(420, 60, 260)])
    people[0, [OPENPOSE18.index(name) for name in hidden.split()]] = np.nan
    persons = group_maps(*drawn(people), OPENPOSE18, SETTINGS, STRIDE)
    assert len(persons) == 2
    best = min(persons, key=lambda person: np.nanmean(person.keypoints[:, 0]))
    missing = ~np.isfinite(people[0]).all(axis=1)
    loose = {'right_knee': ['right_hip', 'right_ankle'], 'left_hip': ['left_knee', 'left_ankle']}
    for name in (name for one in hidden.split() for name in loose.get(one, [])):
        missing[OPENPOSE18.index(name)] = True
    np.testing.assert_array_equal(best.found[~missing], True)


def test_legs_do_not_join_a_stranger_far_away():
    people = np.stack([upright(80, 40, 280), upright(560, 40, 280)])
    people[0, OPENPOSE18.index('neck')] = people[1, OPENPOSE18.index('neck')] = np.nan
    legs = [OPENPOSE18.index(f'{side}_{part}') for side in ('left', 'right') for part in ('hip', 'knee', 'ankle')]
    people[0, legs] = np.nan
    arms = [k for k in range(COUNT) if k not in legs]
    people[1, arms] = np.nan
    for person in group_maps(*drawn(people), OPENPOSE18, PafSettings(min_keypoints=2), STRIDE):
        assert np.ptp(person.keypoints[person.found, 0]) < 200


def test_a_tiny_face_is_one_person():
    truth = upright(320, 100, 60)
    person, = group_maps(*drawn([truth]), OPENPOSE18, SETTINGS, STRIDE)
    assert person.found.all()


def test_scores_are_confidences():
    for person in grouped(make_scene(20, 46, 82, 0)):
        assert 0 <= person.score <= 1
        assert ((person.scores > 0) == person.found).all()
        assert (person.scores <= 1).all()


def test_the_best_come_first_and_half_a_person_scores_less():
    people = np.stack([upright(160, 40, 280), upright(420, 60, 260)])
    people[0, 8:14] = np.nan
    persons = group_maps(*drawn(people), OPENPOSE18, SETTINGS, STRIDE)
    assert [int(person.found.sum()) for person in persons] == [18, 12]
    assert persons[0].score > persons[1].score


@pytest.mark.parametrize('fewest', [4, 11, 18])
def test_smaller_groups_are_dropped(fewest):
    persons = grouped(make_scene(20, 46, 82, 0), PafSettings(min_keypoints=fewest))
    assert persons
    assert min(person.found.sum() for person in persons) >= fewest


@pytest.mark.parametrize('bad', [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize('which', [0, 1])
def test_maps_that_are_not_finite_are_an_error(bad, which):
    scene = make_scene(1, 46, 82, 0)
    maps = [scene.heatmaps.copy(), scene.pafs.copy()]
    maps[which][3, 4, 5] = bad
    with pytest.raises(EstimatorError, match='finite'):
        group_maps(*maps, OPENPOSE18, SETTINGS, STRIDE)


@pytest.mark.parametrize('heatmaps, pafs', [((17, 8, 8), (38, 8, 8)), ((19, 8, 8), (36, 8, 8)),
                                            ((19, 8, 8), (38, 8, 9)), ((8, 8), (38, 8, 8))])
def test_maps_of_the_wrong_shape_are_an_error(heatmaps, pafs):
    with pytest.raises(EstimatorError, match='do not fit openpose18'):
        group_maps(np.zeros(heatmaps, np.float32), np.zeros(pafs, np.float32), OPENPOSE18, SETTINGS, STRIDE)


def test_a_hundred_people_are_served():
    """Two scenes of 50 side by side."""
    scenes = [make_scene(50, 92, 164, seed) for seed in (0, 1)]
    heatmaps, pafs = (np.concatenate(maps, axis=2) for maps in zip(*((one.heatmaps, one.pafs) for one in scenes)))
    assert 95 <= len(group_maps(heatmaps, pafs, OPENPOSE18, SETTINGS, STRIDE)) <= 105


def test_one_keypoint_is_no_person():
    heatmaps, pafs = np.zeros((18, 12, 12), np.float32), np.zeros((38, 12, 12), np.float32)
    heatmaps[3, 5, 5] = 1
    assert group_maps(heatmaps, pafs, OPENPOSE18, SETTINGS, STRIDE) == []


def test_empty_maps_have_nobody_and_noise_does_not_hang():
    assert group_maps(np.zeros((18, 8, 8), np.float32), np.zeros((38, 8, 8), np.float32), OPENPOSE18, SETTINGS, 8) == []
    rng = np.random.default_rng(0)
    noise = rng.random((18, 46, 82), np.float32), rng.normal(0, 1, (38, 46, 82)).astype(np.float32)
    for person in group_maps(*noise, OPENPOSE18, SETTINGS, STRIDE):
        assert 0 <= person.score <= 1
