import json
from importlib.resources import files

import numpy as np
import pytest

from pose_ros.skeletons import OPENPOSE18
from pose_ros.training.plausibility import CROWD, cleaned, is_plausible
from pose_ros.training.targets import UNKNOWN


def person(x=100.0, y=20.0, height=300.0):
    """(18, 3) somebody who stands upright."""
    place = {'nose': (0, .08), 'neck': (0, .2)}
    for side, sign in (('left', 1), ('right', -1)):
        place |= {f'{side}_{name}': (sign * dx, dy) for name, dx, dy in (
            ('eye', .02, .06), ('ear', .04, .07), ('shoulder', .11, .2), ('elbow', .13, .37), ('wrist', .14, .52),
            ('hip', .06, .5), ('knee', .06, .73), ('ankle', .06, .96))}
    points = np.array([place[name] for name in OPENPOSE18.keypoints]) * height + (x, y)
    return np.column_stack([points, np.full(18, 2)])


def moved(name, dx, dy):
    one = person()
    one[OPENPOSE18.index(name), :2] += dx, dy
    return one


def test_upright_foreshortened_and_half_seen_people_are_plausible():
    flat = person()
    flat[:, 1] = 20 + .6 * flat[:, 1]
    half = person()
    legs = [i for i, name in enumerate(OPENPOSE18.keypoints) if name.endswith(('knee', 'ankle'))]
    half[legs] = 0, 0, UNKNOWN
    assert all(is_plausible(one) for one in (person(), flat, half, moved('left_wrist', 0, -40)))


@pytest.mark.parametrize(('name', 'dx', 'dy'), [
    ('left_wrist', 250, 0), ('right_ankle', 0, 300), ('left_elbow', 200, 0)])
def test_an_arm_or_leg_of_somebody_else_is_not(name, dx, dy):
    assert not is_plausible(moved(name, dx, dy))


def test_size_and_place_do_not_matter():
    for scale in (.2, 1, 5):
        for one in (person(), moved('left_wrist', 250, 0)):
            other = one * (scale, scale, 1) + (30, -9, 0)
            assert is_plausible(one) == is_plausible(other)


def test_who_is_thrown_out_is_ignored_and_the_others_stay():
    entry = {'persons': [person().tolist(), moved('left_wrist', 250, 0).tolist()], 'ignored': [[1, 2, 3, 4]]}
    got = cleaned(entry)
    assert got['persons'] == entry['persons'][:1] and got['ignored'][0] == [1, 2, 3, 4]
    left, top, right, bottom = got['ignored'][1]
    points = moved('left_wrist', 250, 0)[:, :2]
    assert (points > (left, top)).all() and (points < (right, bottom)).all()
    assert cleaned(got) == got


def test_a_tangle_is_ignored_in_a_crowd_only():
    pair = [person().tolist(), person(110).tolist()]
    apart = [person(x).tolist() for x in range(500, 500 + 400 * CROWD, 400)]
    assert len(cleaned({'persons': pair, 'ignored': []})['persons']) == 2
    assert cleaned({'persons': pair + apart, 'ignored': []})['persons'] == apart


def test_the_limbs_that_are_compared_are_those_of_both_sides():
    from pose_ros.training.plausibility import _LIMBS
    assert len(_LIMBS) == 13


def test_most_shipped_labels_are_plausible():
    entries = json.loads((files('pose_ros.training') / 'photo_labels.json').read_text())
    plausible = [is_plausible(np.array(one, float)) for entry in entries.values() for one in entry['persons']]
    assert np.mean(plausible) > 0.9
