import hashlib
from dataclasses import replace

import numpy as np
import pytest
from demonstrations_made import BEGIN, make_demonstration

from pose_ros.demonstrations.demonstration import JointSamples
from pose_ros.errors import DatasetError


def test_arrays_cannot_be_changed():
    made = make_demonstration()
    for array in (made.persons.points, made.commands.positions, made.measured.stamps):
        with pytest.raises(ValueError, match='read-only'):
            array[0] = 0


def test_positions_between_samples_lie_between():
    samples = JointSamples(np.array([1.0, 2.0, 4.0]), np.array([[0.0], [1.0], [3.0]]), np.zeros((3, 1)))
    np.testing.assert_allclose(samples.at(np.array([0.0, 1.5, 3.0, 9.0])), [[0], [0.5], [2], [3]])


def test_a_part_holds_what_lies_in_it():
    persons = make_demonstration().persons
    part = persons.between(BEGIN + 1, BEGIN + 2)
    assert len(part.stamps) == 31 and part.points.shape[0] == part.scores.shape[0] == part.track_ids.shape[0] == 31


def test_digests_are_of_the_texts():
    about = make_demonstration().about
    assert about.digests['config'] == hashlib.sha256(about.config.encode()).hexdigest()
    assert replace(about, urdf='').digests['urdf'] == ''


def test_another_robot_is_refused():
    made = make_demonstration()
    made.require_joints(['shoulder', 'elbow'])
    with pytest.raises(DatasetError, match='of toy .*, the robot has elbow, shoulder; transfer it first'):
        made.require_joints(['elbow', 'shoulder'])
