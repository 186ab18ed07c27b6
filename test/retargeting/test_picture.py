import numpy as np

from pose_ros.retargeting.bone_view import view_bones
from pose_ros.retargeting.check import reach, usual_reach
from pose_ros.retargeting.check_picture import draw_reach
from pose_ros.retargeting.picture import BACKGROUND, EDGE, ROBOT, Scene, View
from pose_ros.retargeting.poses import usual_poses


def test_a_view_shows_all_points_and_nearer_ones_are_nearer():
    points = np.random.default_rng(0).normal(size=(50, 3))
    view = View.around(points, (320, 200))
    found = view.project(points)
    assert (found[:, :2] > 0).all() and (found[:, :2] < [320, 200]).all()
    level = np.cos(view.pitch)
    toward = np.array([np.cos(view.yaw) * level, np.sin(view.yaw) * level, np.sin(view.pitch)])
    assert (np.argsort(found[:, 2]) == np.argsort(points @ toward)).all()


def test_up_is_up_and_left_of_the_robot_is_right_of_who_looks_at_it():
    view = View((200, 200), np.zeros(3), 50.0, yaw=0.0, pitch=0.0)
    np.testing.assert_allclose(view.project(np.array([[0.0, 1.0, 1.0]])), [[150, 50, 0]])


def test_what_is_near_hides_what_is_far():
    for first, second in ((1.0, -1.0), (-1.0, 1.0)):
        scene = Scene(View((50, 50), np.zeros(3), 10.0, yaw=0.0, pitch=0.0))
        for x in (first, second):
            scene.stroke(np.array([x, -1, 0]), np.array([x, 1, 0]), 0.3, (255, 0, 0) if x > 0 else (0, 255, 0))
        assert scene.draw()[25, 25].tolist() == [255, 0, 0]


def test_unknown_points_are_left_out():
    scene = Scene(View((20, 20), np.zeros(3), 10.0))
    scene.stroke(np.zeros(3), np.full(3, np.nan), 0.3, EDGE)
    assert (scene.draw() == BACKGROUND).all()


def test_a_robot_is_drawn_in_its_colour(robot):
    scene = Scene(View.around(robot.joint_chain(robot.home).reshape(-1, 3), (200, 200)))
    scene.robot(robot, robot.home)
    assert (scene.draw('caption') == ROBOT).all(2).mean() > 0.02


def test_a_person_who_is_matched_hangs_on_the_bones(robot):
    found = reach(robot, usual_poses(robot.config)[:1])
    view = view_bones(robot, found.positions[0], usual_poses(robot.config)[0])
    assert view.angles_deg.max() <= found.errors_deg[0] + 1e-6
    np.testing.assert_allclose(np.linalg.norm(view.wanted - view.starts, axis=1),
                               np.linalg.norm(view.ends - view.starts, axis=1))
    unknown = view_bones(robot, robot.home, None)
    assert np.isnan(unknown.wanted).all() and not unknown.angles_deg.any()


def test_the_picture_of_a_check_has_a_cell_per_pose():
    from pose_ros.retargeting.robot import load_robot
    robot = load_robot('arm7')
    assert draw_reach(robot, usual_reach(robot)).shape == (1500, 1440, 3)
