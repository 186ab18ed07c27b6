"""Captions: the most urgent first, nothing unknown."""
from pose_ros.activity.activity import UNKNOWN, Activity, Kind
from pose_ros.activity.caption import caption


def test_the_most_urgent_comes_first_whatever_the_order():
    told = [Activity(Kind.POSTURE, 'walking', 0.9, 0.0), Activity(Kind.GAIT, 'gait', 0.9, 0.0, 5, {'speed_mps': 1.234}),
            Activity(Kind.EXERCISE, 'biceps_curl', 0.9, 0.0, 3, {}, 'slower'), Activity(Kind.FALL, 'fallen', 0.9, 0.0)]
    words = 'fallen\nbiceps curl 3 (slower)\nwalking 1.2 m/s'
    assert caption(told) == caption(told[::-1]) == words


def test_nothing_is_said_of_what_is_unknown_or_has_not_succeeded_yet():
    assert caption([Activity(Kind.POSTURE, UNKNOWN, 0.0, 0.0), Activity(Kind.EXERCISE, 'squat', 0.9, 0.0, 0)]) == ''
    assert caption([]) == ''
