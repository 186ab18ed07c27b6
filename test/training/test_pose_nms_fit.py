import numpy as np

from pose_ros.grouping.settings import PoseNmsSettings
from pose_ros.skeletons import COCO17, OPENPOSE18
from pose_ros.training.annotations import LabelledImage, LabelledPerson
from pose_ros.training.pose_nms_fit import fit_pose_nms, suppress
from pose_ros.types import Person


def crowd(seed, people=3, copies=3):
    """Labels of one image, and several poses of everybody in it."""
    random = np.random.default_rng(seed)
    poses = random.random((people, 18, 2)) * (60, 160) + np.arange(people)[:, None, None] * (90, 0) + 10
    order = COCO17.indices_in(OPENPOSE18)
    labels = tuple(LabelledPerson(pose[order], np.array([*pose.min(0), *np.ptp(pose, axis=0)]), 9600.0, False)
                   for pose in poses)
    found = [Person(OPENPOSE18, pose + random.normal(0, 2, (18, 2)), np.full(18, .8), random.uniform(.5, .9))
             for pose in poses for _ in range(copies)]
    return LabelledImage('x.png', 320, 240, labels), found


def test_bad_parameters_become_good_ones():
    images = [crowd(seed) for seed in range(4)]
    labels, found = zip(*images)
    start = PoseNmsSettings(nms_threshold=4.0, nms_weight=1.0)
    fitted, reached = fit_pose_nms(labels, found, start)
    assert [len(suppress(persons, start)) for persons in found] == [9] * 4
    assert [len(suppress(persons, fitted)) for persons in found] == [3] * 4 and reached > .9


def test_good_parameters_stay():
    images = [crowd(seed) for seed in range(2)]
    labels, found = zip(*images)
    fitted, _ = fit_pose_nms(labels, found, PoseNmsSettings(), rounds=1)
    assert [len(suppress(persons, fitted)) for persons in found] == [3] * 2


def test_nobody_stays_nobody():
    assert suppress([], PoseNmsSettings()) == []
