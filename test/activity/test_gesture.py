"""Gestures shown three times are found again, in other people's performances too; what was not shown is not found."""
import numpy as np
import pytest

from pose_ros.activity.body import body_of, upright_from_optical
from pose_ros.activity.gesture import Gesture, GestureRecognizer
from pose_ros.activity.gesture_file import read_gesture, read_gestures, write_gesture
from pose_ros.activity.lesson import Lesson
from pose_ros.activity.limb_motion import GestureSettings, LimbMotion, limb_directions
from pose_ros.activity.movement import Movement, MovementSettings
from pose_ros.activity.steady import Steady
from pose_ros.benchmarks.performers import Pose, perform
from pose_ros.benchmarks.repertoire import STAND, everyday, hold
from pose_ros.errors import RuleError

UPRIGHT = upright_from_optical()
# What users might show: circles of an arm, a bow with open arms, drinking, crossing the arms.
SHOWN = {
    'circle': [Pose(ahead=(5, 60)), Pose(ahead=(5, 150)), Pose(ahead=(5, 100), aside=(8, 60)), Pose(ahead=(5, 20))],
    'open': [Pose(ahead=(60, 60), elbows=(60, 60)), Pose(aside=(80, 80))],
    'drink': [Pose(ahead=(5, 45), elbows=(10, 125)), Pose(ahead=(5, 60), elbows=(10, 130))],
    'cross': [Pose(ahead=(70, 70), elbows=(90, 90), aside=(-20, -20))],
}


def show(name, seed):
    """Rests, performs a gesture a little differently each time, and rests."""
    random = np.random.default_rng(seed)
    pace = random.uniform(0.75, 1.3)
    times = 1.0 + np.cumsum([0.0, *random.uniform(0.45, 0.6, len(SHOWN[name]) + 1) * pace])
    poses = [STAND, *(_varied(pose, random) for pose in SHOWN[name]), STAND]
    frames = [(0.0, STAND), *zip(times.tolist(), poses), (times[-1] + 1.2, STAND)]
    return perform(frames).turned(random.uniform(0, 360)), seed


def _varied(pose, random):
    fields = ('ahead', 'aside', 'elbows')
    return Pose(**{name: tuple(np.array(getattr(pose, name)) + random.normal(0, 5, 2)) for name in fields})


def bodies(performance, seed, start_s=0.0, noise_m=0.01):
    steady = Steady(MovementSettings())
    for stamp_s, person in zip(performance.stamps.tolist(), performance.persons(noise_m=noise_m, seed=seed)):
        yield steady.update(body_of(person, start_s + stamp_s, UPRIGHT))


def learn(name, seeds=(0, 1, 2)):
    lesson, start_s = Lesson(name), 0.0
    for seed in seeds:
        performance, _ = show(name, seed)
        for body in bodies(performance, seed, start_s):
            lesson.watch(body)
        start_s = body.stamp_s + 1 / 30
    return lesson


def told(gestures, performance, seed):
    recognizer, movement, found = GestureRecognizer(gestures), Movement(), set()
    for body in bodies(performance, seed):
        movement.update(body)
        found |= {one.label for one in recognizer.update(body, movement)}
    return found


@pytest.fixture(scope='module')
def gestures():
    return [learn(name).learned() for name in SHOWN]


@pytest.mark.parametrize('name', SHOWN)
def test_every_showing_is_one_example(name):
    assert learn(name).examples == 3


def test_a_gesture_shown_three_times_is_found_again(gestures):
    results = [told(gestures, *show(name, seed)) == {name} for name in SHOWN for seed in range(100, 106)]
    assert np.mean(results) >= 0.95


@pytest.mark.parametrize('seed', range(2))
def test_what_was_not_shown_is_not_told(gestures, seed):
    assert told(gestures, everyday(60.0, seed), seed) == set()


def test_resting_is_nothing(gestures):
    assert told(gestures, hold(STAND, 10.0), 0) == set()


def test_a_gesture_that_nobody_showed_twice_is_no_gesture():
    with pytest.raises(RuleError, match='1 examples; allowed: 2 or more'):
        learn('open', seeds=(0,)).learned()


def test_the_distance_is_symmetric_and_zero_only_for_itself(gestures):
    first, second, third = gestures[0].examples
    assert first.distance(first) == 0
    assert first.distance(second) == pytest.approx(second.distance(first))
    assert 0 < first.distance(second) < first.distance(gestures[1].examples[0])
    slower = LimbMotion(0, 2, np.repeat(first.limbs, 2, axis=0))
    assert first.distance(slower) == pytest.approx(0)


def test_limbs_do_not_depend_on_place_heading_or_size():
    body, turned = (next(bodies(hold(STAND, 0.1).turned(deg), 0, noise_m=0)) for deg in (0, 130))
    moved = type(body)(0.0, 1.3 * body.points + 5, 1.0)
    np.testing.assert_allclose(limb_directions(moved), limb_directions(body), atol=1e-9)
    np.testing.assert_allclose(limb_directions(turned), limb_directions(body), atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(limb_directions(body), axis=1), 1)


def test_a_file_gives_the_gesture_back(gestures, tmp_path):
    for gesture in gestures:
        write_gesture(gesture, tmp_path)
    back = read_gestures(tmp_path)
    assert [one.name for one in back] == sorted(SHOWN)
    for one in back:
        before = next(gesture for gesture in gestures if gesture.name == one.name)
        assert one.spread == pytest.approx(before.spread, abs=1e-3)


@pytest.mark.parametrize(('content', 'words'), [
    ('{', 'no recorded gesture'), ('{"examples": []}', 'no recorded gesture'),
    ('{"limbs": [], "examples": []}', 'limbs'),
    ('{"limbs": [], "examples": [{"begun_s": 0, "ended_s": 1, "directions": [[1]]}]}', r'needs \(N, 8, 3\)'),
])
def test_a_damaged_file_is_refused(content, words, tmp_path):
    (tmp_path / 'one.json').write_text(content)
    with pytest.raises(RuleError, match=words):
        read_gesture(tmp_path / 'one.json')


def test_a_folder_that_is_none_and_a_name_that_is_a_path_are_refused(tmp_path):
    with pytest.raises(RuleError, match='no folder of gestures'):
        read_gestures(tmp_path / 'none')
    with pytest.raises(RuleError, match='letters, digits and _'):
        write_gesture(Gesture('../up', learn('open').learned().examples), tmp_path)


def test_an_arm_that_is_hidden_ends_the_motion():
    settings = GestureSettings()
    assert Lesson('x', settings).examples == 0
    performance, seed = show('open', 5)
    performance.points[40:50, 6] = np.nan
    lesson = Lesson('open', settings)
    for body in bodies(performance, seed):
        lesson.watch(body)
    assert lesson.examples <= 1
