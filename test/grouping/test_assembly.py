import numpy as np
import pytest

from pose_ros.grouping.assembly import assemble, owners
from pose_ros.grouping.candidates import Candidates
from pose_ros.grouping.peaks import Peaks
from pose_ros.skeletons import OPENPOSE18


def peaks_of(*names, x=0.0):
    """One peak per name, far apart unless a position is given as (name, x, y)."""
    places = [(name, x + 100.0 * i, 0.0) if isinstance(name, str) else name for i, name in enumerate(names)]
    places.sort(key=lambda place: OPENPOSE18.index(place[0]))
    keypoint = np.array([OPENPOSE18.index(name) for name, _, _ in places])
    return Peaks(keypoint, np.array([place[1:] for place in places], np.float32).T, np.ones(len(places), np.float32))


def connect(peaks, *limbs):
    """Connections between the only peaks of these names, with falling scores."""
    names = [OPENPOSE18.keypoints[k] for k in peaks.keypoint]
    limb, first, second = np.array([(OPENPOSE18.limbs.index(limb), *map(names.index, limb)) for limb in limbs]).T
    return Candidates(limb, first, second, np.linspace(0.9, 0.5, len(limbs), dtype=np.float32))


def groups(peaks, *limbs):
    rows = assemble(peaks, connect(peaks, *limbs), OPENPOSE18)
    return {frozenset(OPENPOSE18.keypoints[k] for k in np.flatnonzero(row >= 0)) for row in rows}


def test_chains_follow_the_tree():
    peaks = peaks_of('neck', 'right_hip', 'right_knee', 'right_ankle', 'left_knee', 'left_ankle', 'nose')
    assert groups(peaks, ('right_knee', 'right_ankle'), ('neck', 'right_hip'), ('right_hip', 'right_knee'),
                  ('left_knee', 'left_ankle')) == {frozenset({'neck', 'right_hip', 'right_knee', 'right_ankle'}),
                                                   frozenset({'left_knee', 'left_ankle'})}


def test_a_redundant_limb_joins_head_and_arm():
    peaks = peaks_of('right_shoulder', 'right_elbow', 'right_eye', 'right_ear')
    limbs = ('right_shoulder', 'right_elbow'), ('right_eye', 'right_ear'), ('right_shoulder', 'right_ear')
    assert groups(peaks, *limbs) == {frozenset({'right_shoulder', 'right_elbow', 'right_eye', 'right_ear'})}
    assert len(groups(peaks, *limbs[:2])) == 2


def test_a_redundant_limb_does_not_join_two_people():
    head = peaks_of(('neck', 0, 0), ('nose', 0, -5), ('right_eye', -1, -6), ('right_ear', -2, -6),
                    ('right_shoulder', 50, 0))
    other_neck = Peaks(np.insert(head.keypoint, 2, 1), np.insert(head.position, 2, [52, 0], axis=1), np.ones(6))
    names = [OPENPOSE18.keypoints[k] for k in other_neck.keypoint]
    assert names == ['nose', 'neck', 'neck', 'right_shoulder', 'right_eye', 'right_ear']
    limbs = [(12, 1, 0), (13, 0, 4), (14, 4, 5), (0, 2, 3), (17, 3, 5)]
    connections = Candidates(*np.array(limbs).T, np.ones(5, np.float32))
    assert sorted((row >= 0).sum() for row in assemble(other_neck, connections, OPENPOSE18)) == [2, 4]


@pytest.mark.parametrize('apart, joined', [(20, True), (39, True), (45, False)])
def test_legs_join_the_shoulder_within_two_limb_lengths(apart, joined):
    peaks = peaks_of(('left_shoulder', 0, 0), ('left_elbow', 0, 15), ('left_hip', 0, apart),
                     ('left_knee', 0, apart + 20))
    found = groups(peaks, ('left_shoulder', 'left_elbow'), ('left_hip', 'left_knee'))
    assert len(found) == (1 if joined else 2)


@pytest.mark.parametrize('seed', range(5))
def test_every_peak_is_used_at_most_once(seed):
    rng = np.random.default_rng(seed)
    keypoint = np.sort(rng.integers(0, 18, 80))
    peaks = Peaks(keypoint, rng.random((2, 80)).astype(np.float32) * 50, np.ones(80, np.float32))
    triples = []
    for limb, (a, b) in enumerate(OPENPOSE18.limb_indices):
        ends = [rng.permutation(np.flatnonzero(keypoint == k)) for k in (a, b)]
        triples += [(limb, i, j) for i, j in zip(*ends)]
    connections = Candidates(*np.array(triples).T, rng.random(len(triples)).astype(np.float32))
    rows = assemble(peaks, connections, OPENPOSE18)
    used = rows[rows >= 0]
    assert len(set(used)) == len(used)
    assert set(used) == set(connections.first) | set(connections.second)
    row, column = np.nonzero(rows >= 0)
    np.testing.assert_array_equal(keypoint[rows[row, column]], column)
    np.testing.assert_array_equal(owners(rows, 80)[rows[row, column]], row)


def test_nothing_makes_nobody():
    none = np.zeros(0, np.int64)
    nothing = Peaks(none, np.zeros((2, 0), np.float32), np.zeros(0, np.float32))
    assert assemble(nothing, Candidates(none, none, none, np.zeros(0)), OPENPOSE18).shape == (0, 18)
