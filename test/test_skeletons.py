import numpy as np
import pytest

from pose_ros.errors import SkeletonError
from pose_ros.skeletons import COCO17, OPENPOSE18, SKELETONS

every_skeleton = pytest.mark.parametrize('skeleton', SKELETONS.values(), ids=list(SKELETONS))


@every_skeleton
def test_mirrored_twice_is_the_same(skeleton):
    everything = np.arange(len(skeleton))
    np.testing.assert_array_equal(skeleton.mirror[skeleton.mirror], everything)


@every_skeleton
def test_the_mirror_exchanges_left_and_right_only(skeleton):
    for k, name in enumerate(skeleton.keypoints):
        mirrored = skeleton.keypoints[skeleton.mirror[k]]
        assert mirrored.split('_')[-1] == name.split('_')[-1]
        assert (mirrored == name) == ('_' not in name)


def test_limbs_are_mirrored_with_their_ends():
    limb_mirror = OPENPOSE18.limb_mirror
    np.testing.assert_array_equal(OPENPOSE18.mirror[OPENPOSE18.limb_indices], OPENPOSE18.limb_indices[limb_mirror])
    np.testing.assert_array_equal(limb_mirror[limb_mirror], np.arange(len(OPENPOSE18.limbs)))


@every_skeleton
def test_limbs_join_keypoints_once_and_are_drawn_unless_redundant(skeleton):
    assert len({frozenset(limb) for limb in skeleton.limbs}) == len(skeleton.limbs)
    assert {name for limb in skeleton.limbs for name in limb} == set(skeleton.keypoints)
    drawn = {(skeleton.keypoints[a], skeleton.keypoints[b]) for a, b in skeleton.edges}
    assert drawn == set(skeleton.limbs) - set(skeleton.redundant)


@every_skeleton
def test_names_and_numbers_are_the_same_thing(skeleton):
    assert [skeleton.index(name) for name in skeleton.keypoints] == list(range(len(skeleton)))
    assert SKELETONS[skeleton.name] is skeleton
    with pytest.raises(SkeletonError, match="no keypoint 'tail'.*it has nose"):
        skeleton.index('tail')


@every_skeleton
def test_mirror_pairs_have_the_same_oks_constant(skeleton):
    np.testing.assert_array_equal(skeleton.sigmas, skeleton.sigmas[skeleton.mirror])
    assert (skeleton.sigmas > 0).all()


def test_the_limbs_of_openpose_without_the_redundant_ones_are_a_tree_away_from_the_neck():
    ends = [b for a, b in OPENPOSE18.edges]
    assert sorted(ends) == [k for k in range(18) if k != OPENPOSE18.index('neck')]
    reached = {OPENPOSE18.index('neck')}
    for a, b in OPENPOSE18.edges:
        assert a in reached
        reached.add(b)


def test_openposes_order_is_the_one_of_its_networks():
    """COCO-18 of OpenPose as COCO-17 indices, from its documentation; the neck has none."""
    expected = [0, -1, 6, 8, 10, 5, 7, 9, 12, 14, 16, 11, 13, 15, 2, 1, 4, 3]
    np.testing.assert_array_equal(OPENPOSE18.indices_in(COCO17), expected)


def test_cocos_sigmas_are_pycocotools():
    from pycocotools.cocoeval import Params
    np.testing.assert_allclose(COCO17.sigmas, Params('keypoints').kpt_oks_sigmas)


def test_indices_there_and_back():
    there = COCO17.indices_in(OPENPOSE18)
    np.testing.assert_array_equal(OPENPOSE18.indices_in(COCO17)[there], np.arange(17))
