import numpy as np

from pose_ros.benchmarks.motions import move
from pose_ros.retargeting.check import reach, report

MOTION = move(300)


def directions(robot, frames):
    return np.stack([MOTION.directions(bone.keypoints)[frames] for bone in robot.config.bones], 1)


def test_most_of_what_a_person_does_is_in_reach(robot):
    found = reach(robot, directions(robot, slice(0, 300, 50)))
    assert found.positions.shape == (6, len(robot.joints)) and found.fraction >= 0.5


def test_what_no_joint_allows_is_out_of_reach(robot):
    """Upper arm and forearm folded onto each other."""
    folded = directions(robot, slice(0, 2))
    folded[:, 1::3] = -folded[:, ::3]
    assert reach(robot, folded).fraction == 0


def test_the_report_names_every_joint_and_bone(robot):
    text = report(robot)
    assert all(name in text for name in robot.joints)
    assert all(link in text for bone in robot.config.bones for link in bone.links)
