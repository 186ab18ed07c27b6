"""Who the robot of the demo follows, and what its pictures show."""
from types import SimpleNamespace

import numpy as np

from pose_ros.demo.joint_plot import LIMIT, plot_joints
from pose_ros.demo.robot import RobotShow, stillest
from pose_ros.nodes.robot_watch import RobotRun
from pose_ros.retargeting.robot import load_robot
from pose_ros.skeletons import COCO17
from pose_ros.types import Person, Points, PointSource

COUNT = len(COCO17)


def person(track_id, place):
    points = Points(np.zeros((COUNT, 3)) + place, np.full((COUNT, 3, 3), np.nan), np.full(COUNT, PointSource.SENSOR))
    return Person(COCO17, np.zeros((COUNT, 2)), np.ones(COUNT), 0.9, track_id, points)


def seen(*tracks, messages=5):
    """One message per step; each track is (track_id, start, speed)."""
    return [(0.1 * step, [person(track_id, np.array(start) + step * np.array(speed))
                          for track_id, start, speed in tracks]) for step in range(messages)]


def test_who_stands_is_followed_not_who_walks():
    walker, waiter = (1, [0.0, 0, 3], [0.1, 0, 0]), (2, [1.0, 0, 3], [0.001, 0, 0])
    assert stillest(seen(walker, waiter)) == 2
    assert stillest(seen(walker)) == 1


def test_who_is_unknown_or_was_not_seen_long_enough_is_not_followed():
    assert stillest([]) == stillest(seen((1, [0.0, 0, 3], [0, 0, 0]), messages=4)) == -1
    assert stillest(seen((-1, [0.0, 0, 3], [0, 0, 0]))) == stillest(seen((1, [np.nan] * 3, [0, 0, 0]))) == -1


def test_the_caption_is_the_newest_status():
    def status(second, state, reason=''):
        stamp = SimpleNamespace(sec=second, nanosec=0)
        return SimpleNamespace(header=SimpleNamespace(stamp=stamp), state=state, reason=reason, track_id=4)

    show = RobotShow([], None, [status(1, 0, 'not enabled'), status(3, 2)])
    assert [show.caption(now) for now in (0.5, 2.0, 5.0)] == ['', 'disabled: not enabled', 'following person 4']


def test_joints_are_plotted_between_their_limits():
    robot = load_robot('arm7')
    times = np.linspace(0, 1, 50)
    positions = np.tile(robot.home, (50, 1))
    plot = plot_joints(robot, RobotRun(robot.joints, times, positions, np.zeros_like(positions)))
    assert plot.shape == (600, 960, 3)
    blue = plot[..., 2].astype(int) - plot[..., 0] > 80
    assert blue.any() and (plot == LIMIT).all(2).sum() > 7 * 2 * 400
