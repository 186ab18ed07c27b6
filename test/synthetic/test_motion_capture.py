"""Motion capture on Anny's rig."""
from pathlib import Path

import numpy as np
import pytest

from pose_ros.errors import DatasetError
from pose_ros.synthetic.motion_capture import BONES, MotionCapture, anny_pose, mirrored, read_bvh
from pose_ros.synthetic.poses import ArmRest
from pose_ros.synthetic.rotations import X, Z, rotation

SHARED = Path(__file__).parents[2].parent / 'shared' / 'data' / 'motion'
ARMS = {side: ArmRest(np.array([sign * .2, 0, -.2]), np.array([sign * .15, -.02, -.2]))
        for side, sign in (('L', 1), ('R', -1))}
SMALL = """HIERARCHY
ROOT spine05
{
    OFFSET 0 0 0
    CHANNELS 6 Xposition Yposition Zposition Zrotation Yrotation Xrotation
    JOINT head
    {
        OFFSET 0 1 0
        CHANNELS 3 Zrotation Yrotation Xrotation
        End Site
        {
            OFFSET 0 1 0
        }
    }
    JOINT foot.L
    {
        OFFSET 1 0 0
        CHANNELS 3 Zrotation Yrotation Xrotation
        End Site
        {
            OFFSET 0 1 0
        }
    }
}
MOTION
Frames: 2
Frame Time: 0.01
0 0 0 0 0 0 0 0 0 0 0 0
1 2 3 90 0 0 10 0 30 0 0 0
"""


@pytest.fixture
def small(tmp_path):
    (tmp_path / 'small.bvh').write_text(SMALL)
    return tmp_path


def test_a_file_is_read_as_it_says(small):
    file = read_bvh(small / 'small.bvh')
    assert (file.joints, file.parents) == (('spine05', 'head', 'foot.L'), (-1, 0, 0))
    np.testing.assert_allclose(file.offsets, [[0, 0, 0], [0, 1, 0], [1, 0, 0]])
    np.testing.assert_allclose(file.rotations[1, 1], rotation(Z, 10) @ rotation(X, 30), atol=1e-9)
    np.testing.assert_allclose(file.positions(0), file.offsets)
    np.testing.assert_allclose(file.positions(1), [[0, 0, 0], [-1, 0, 0], [0, 1, 0]], atol=1e-9)


def test_annys_own_rig_is_taken_as_it_is(small):
    pose = anny_pose(read_bvh(small / 'small.bvh'), 1, ARMS)
    assert set(pose) == {'spine05', 'head', 'foot.L'} <= BONES
    np.testing.assert_allclose(pose['spine05'], rotation(Z, 90), atol=1e-9)


def test_mirroring_swaps_the_sides_and_twice_is_the_identity(small):
    pose = anny_pose(read_bvh(small / 'small.bvh'), 1, ARMS)
    assert set(mirrored(pose)) == {'spine05', 'head', 'foot.R'}
    np.testing.assert_allclose(mirrored(pose)['spine05'], rotation(Z, -90), atol=1e-9)
    for bone, turn in mirrored(mirrored(pose)).items():
        np.testing.assert_allclose(turn, pose[bone])


def test_samples_are_rotations_and_those_of_their_seed(small):
    capture = MotionCapture(small)
    first, again = (capture.sample(np.random.default_rng(4), ARMS) for _ in range(2))
    for bone, turn in first.items():
        np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-9)
        np.testing.assert_array_equal(turn, again[bone])


@pytest.mark.parametrize('content', ['', 'no motion at all', SMALL.replace('90 0 0 10', '90 zero')])
def test_what_is_no_motion_capture_is_named(tmp_path, content):
    (tmp_path / 'odd.bvh').write_text(content)
    with pytest.raises(DatasetError, match=r'odd\.bvh'):
        MotionCapture(tmp_path)


def test_an_empty_folder_is_named(tmp_path):
    with pytest.raises(DatasetError, match='no motion capture in'):
        MotionCapture(tmp_path)


@pytest.mark.skipif(not SHARED.is_dir(), reason='needs ../shared/data/motion')
def test_limbs_of_another_rig_point_where_they_pointed():
    """CMU's walker, limb by limb: rest direction turned by the pose = direction in the file, seen from the trunk."""
    path = next(SHARED.rglob('*131_01.bvh'))
    file = read_bvh(path)
    frame = len(file.rotations) // 2
    pose, places = anny_pose(file, frame, ARMS), file.positions(frame)
    to_trunk = rotation(X, 90) @ file.rotations[frame, 0].T
    for side, letter in (('Left', 'L'), ('Right', 'R')):
        upper = pose[f'upperarm01.{letter}']
        turns = {('Shoulder', 'Elbow'): upper @ ARMS[letter].upper,
                 ('Elbow', 'Wrist'): upper @ pose[f'lowerarm01.{letter}'] @ ARMS[letter].lower,
                 ('Hip', 'Knee'): pose[f'upperleg01.{letter}'] @ [0, 0, -1]}
        for (start, end), got in turns.items():
            there = places[file.joints.index(side + end)] - places[file.joints.index(side + start)]
            want = to_trunk @ there / np.linalg.norm(there)
            np.testing.assert_allclose(got / np.linalg.norm(got), want, atol=1e-6)
