from dataclasses import replace

import numpy as np
import pytest
from pink import Configuration

from pose_ros.benchmarks.motions import ARMS, move
from pose_ros.retargeting.bone_task import BoneTask
from pose_ros.retargeting.bones import BoneDirections, BoneReader
from pose_ros.retargeting.point_filter import PointEstimate
from pose_ros.retargeting.rehearsal import arms, bone_vectors, wrist_errors
from pose_ros.retargeting.shadow_ik import ShadowIK
from pose_ros.retargeting.shadow_settings import ShadowSettings

CALM = ShadowSettings(calm=0.01, iterations=30, tolerance=1e-7)


def bones_of(robot, points):
    return BoneReader(robot.config, ARMS).read(PointEstimate(points, 0 * points, np.zeros(len(points))))


def robot_bones(robot, position):
    """Directions that the robot's own bones have in a pose."""
    count = len(robot.config.bones)
    task = BoneTask(robot.model, robot.config.bones)  # its targets are zero, so that its error is the directions
    error = task.compute_error(Configuration(robot.model, robot.model.createData(), position))
    return BoneDirections(error.reshape(count, 3), np.zeros((count, 3)), np.ones(count), True)


def test_it_finds_the_pose_whose_bones_were_given(robot):
    random = np.random.default_rng(0)
    for _ in range(5):
        pose = robot.limits.clip(robot.home + random.normal(0, .2, len(robot.home)))
        solution = ShadowIK(robot, robot.home, CALM).solve(robot_bones(robot, pose), 0.03)
        assert solution.solved and np.degrees(solution.angles).max() < 1


def test_positions_stay_within_the_limits_for_any_directions(robot):
    random = np.random.default_rng(1)
    shadow, count = ShadowIK(robot, robot.home), len(robot.config.bones)
    for _ in range(100):
        directions = random.normal(size=(count, 3))
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
        solution = shadow.solve(BoneDirections(directions, 5 * directions, random.random(count), True), 0.03)
        np.testing.assert_array_equal(solution.position, robot.limits.clip(solution.position))
        assert (np.abs(solution.velocity) <= robot.limits.velocity).all()


def test_a_person_is_matched(robot):
    motion = move(200)
    shadow = ShadowIK(robot, robot.home, CALM)
    poses = np.array([shadow.solve(bones_of(robot, points), 1 / 30).position for points in motion.points])
    for arm in arms(robot):
        wanted = np.stack([motion.directions(bone.keypoints) for bone in arm], 1)
        errors = wrist_errors(bone_vectors(robot, arm, poses), wanted)
        assert np.percentile(errors[15:], 95) < 0.03


def test_bones_without_trust_move_nothing(robot):
    unknown = np.full((len(robot.config.bones), 3), np.nan)
    nothing = BoneDirections(unknown, unknown, np.zeros(len(unknown)), False)
    solution = ShadowIK(robot, robot.home).solve(nothing, 0.03)
    np.testing.assert_allclose(solution.position, robot.home, atol=1e-9)
    assert not solution.angles.any()


def test_the_velocity_is_that_of_the_solutions(robot):
    """Against finite differences of the poses that follow a steady motion."""
    motion, shadow = move(60, rate_hz=300.0), ShadowIK(robot, robot.home, CALM)
    velocities = np.gradient(motion.points, motion.stamps, axis=0)
    reader = BoneReader(robot.config, ARMS)
    solutions = [shadow.solve(reader.read(PointEstimate(p, v, np.zeros(len(p)))), 1 / 300)
                 for p, v in zip(motion.points, velocities)]
    positions = np.array([solution.position for solution in solutions])
    by_difference = np.gradient(positions, motion.stamps, axis=0)[30:-1]
    found = np.array([solution.velocity for solution in solutions])[30:-1]
    assert np.abs(found - by_difference).max() < 0.15


def test_it_leaves_a_bad_pose(robot):
    """Started far off, within a second it is as good as from home."""
    points = move(1).points[0]
    far = robot.limits.upper - 0.01
    shadow = ShadowIK(robot, far)
    worst = [np.degrees(shadow.solve(bones_of(robot, points), 1 / 30).angles[:2].max()) for _ in range(150)]
    assert worst[-1] < 12


@pytest.mark.parametrize('calm', [0.5, 2.0])
def test_more_calm_moves_less_on_noise(robot, calm):
    assert _restlessness(robot, calm) < _restlessness(robot, calm / 4)


def _restlessness(robot, calm):
    random, points = np.random.default_rng(3), move(1).points[0]
    shadow = ShadowIK(robot, robot.home, replace(ShadowSettings(), calm=calm))
    poses = [shadow.solve(bones_of(robot, points + random.normal(0, .01, points.shape)), 1 / 30).position
             for _ in range(40)]
    return np.abs(np.diff(poses[10:], axis=0)).mean()
