import numpy as np
import pytest

from pose_ros.errors import RobotError
from pose_ros.retargeting.joint_states import JointStates
from pose_ros.retargeting.people import People, distance_between, seen_points
from pose_ros.skeletons import COCO17
from pose_ros.types import Person, Points, PointSource

COUNT, HERE = len(COCO17), np.eye(4)


def person(place, track_id=1, source=PointSource.SENSOR, known=True):
    points = Points(np.zeros((COUNT, 3)) + place, np.full((COUNT, 3, 3), np.nan), np.full(COUNT, source))
    return Person(COCO17, np.zeros((COUNT, 2)), np.ones(COUNT), 0.9, track_id, points if known else None)


class Watch:
    def __init__(self, watch=True):
        self.now = 0.0
        self.people = People(lambda: self.now, 0.5, watch)

    def see(self, *persons, transform=HERE):
        self.people.see(persons, transform, np.zeros((1, 3)))
        return self.people


def test_points_that_nobody_saw_are_not_there():
    for source in (PointSource.NONE, PointSource.PREDICTED):
        assert np.isnan(seen_points(person([1, 2, 3], source=source), np.eye(4))).all()
    assert np.isnan(seen_points(person([1, 2, 3], known=False), np.eye(4))).all()


def test_points_are_moved_by_the_transform():
    transform = np.array([[0.0, -1, 0, 5], [1, 0, 0, 6], [0, 0, 1, 7], [0, 0, 0, 1]])
    np.testing.assert_allclose(seen_points(person([1, 2, 3]), transform)[0], [3, 7, 10])


def test_the_distance_is_that_of_the_nearest_pair():
    points, places = np.array([[0.0, 0, 3], [np.nan] * 3, [0, 4, 0]]), np.array([[0.0, 0, 0], [0, 3.5, 0]])
    assert distance_between(points, places) == 0.5
    assert np.isnan(distance_between(points * np.nan, places))


def test_the_nearest_person_counts_and_what_is_unknown_is_unknown():
    watch = Watch()
    assert np.isnan(watch.people.nearest_m)
    assert watch.see().nearest_m == np.inf
    assert watch.see(person([3, 0, 0]), person([0, 2, 0], 2)).nearest_m == 2
    assert np.isnan(watch.see(person([3, 0, 0]), person([0, 2, 0], known=False)).nearest_m)
    assert np.isnan(watch.see(person([3, 0, 0]), transform=None).nearest_m)
    watch.see(person([3, 0, 0]))
    watch.now += 0.6
    assert np.isnan(watch.people.nearest_m)
    assert Watch(watch=False).people.nearest_m == np.inf


def test_the_nearest_is_chosen_unless_somebody_was_selected():
    watch = Watch()
    watch.see(person([3, 0, 0], 1), person([0, 2, 0], 2), person([0, 1, 0], -1))
    assert watch.people.chosen() == 2
    assert watch.people.select(1) == 'person 1' and watch.people.chosen() == 1
    assert watch.people.select(-1) == 'the nearest person' and watch.people.chosen() == 2


def test_who_is_not_there_cannot_be_chosen():
    watch = Watch()
    watch.see(person([3, 0, 0], 1))
    with pytest.raises(RobotError, match='track_id 5.*seen: 1'):
        watch.people.select(5)
    watch.people.select(1)
    watch.now += 1
    with pytest.raises(RobotError, match='track_id 1.*seen: nobody'):
        watch.people.chosen()
    with pytest.raises(RobotError, match='points in metres'):
        Watch().see(person([1, 0, 0], known=False)).chosen()


def test_joint_states_are_taken_by_name_and_only_whole():
    states = JointStates(['a', 'b'])
    assert not states.known
    assert states.take(['x', 'b', 'a'], [9.0, 2.0, 1.0], [0.0, 0.2, 0.1])
    assert states.positions.tolist() == [1, 2] and states.velocities.tolist() == [0.1, 0.2] and states.known
    for names, positions in ((['a'], [5.0]), (['a', 'b'], [5.0]), (['a', 'b'], [5.0, np.nan]), ([], [])):
        assert not states.take(names, positions, [])
    assert states.positions.tolist() == [1, 2]
    assert states.take(['a', 'b'], [3.0, 4.0], []) and np.isnan(states.velocities).all()
