from dataclasses import replace

import numpy as np
import pytest

from pose_ros.benchmarks.taught import seen, teach
from pose_ros.bridge.demonstration_bag import read_demonstration, write_demonstration
from pose_ros.demonstrations.demonstration import Sightings
from pose_ros.demonstrations.transfer import transferred
from pose_ros.errors import DatasetError
from pose_ros.retargeting.rehearsal import arms, bone_vectors, collisions, violations
from pose_ros.retargeting.robot import load_robot


def test_an_old_recording_teaches_another_robot(tmp_path, shown):
    write_demonstration(tmp_path / 'old', shown)
    other = load_robot('torso14')
    new = transferred(read_demonstration(tmp_path / 'old'), other)
    assert new.about.robot == 'torso14' and new.about.joints == other.joints and new.about.urdf == other.urdf
    np.testing.assert_array_equal(new.persons.points, shown.persons.points)
    period = np.diff(new.commands.stamps).mean()
    assert violations(other.limits, new.commands.positions, period) == (0, 0, 0)
    assert collisions(other, new.commands.positions[::10]) == 0


def test_the_other_robot_points_where_the_person_points(robot):
    motion, truth = teach(count=2, resting=60)
    new = transferred(seen(motion), robot)
    arm = arms(robot)[0]
    rest = int(np.searchsorted(new.commands.stamps, new.commands.stamps[0] + truth[0, 1] + 1.5))
    vectors = bone_vectors(robot, arm, new.commands.positions[rest:rest + 1])[0]
    directions = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    frame = int((truth[0, 1] + 1.5) * 30)
    wanted = [motion.directions(bone.keypoints)[frame] for bone in arm]
    assert np.degrees(np.arccos(np.clip((directions * wanted).sum(1), -1, 1))).max() < 12


def test_no_person_no_transfer(robot, shown):
    nobody = Sightings(np.empty(0), np.empty((0, 10, 3)), np.empty((0, 10)), np.empty(0, int))
    with pytest.raises(DatasetError, match='no person to follow'):
        transferred(replace(shown, persons=nobody), robot)
