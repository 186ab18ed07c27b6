from dataclasses import replace

import numpy as np
import pytest

from pose_ros.errors import RobotError
from pose_ros.retargeting.collision import CollisionChecker


def segments_apart(a, b, samples=60):
    """Distance of two segments (2, 3) by brute force."""
    t = np.linspace(0, 1, samples)[:, None]
    first, second = ((1 - t) * s[0] + t * s[1] for s in (a, b))
    return np.linalg.norm(first[:, None] - second[None], axis=2).min()


def brute_clearance(robot, position):
    """The same by sampling, with pairs that are adjacent in the chain or ignored left out."""
    import pinocchio as pin
    model, data = robot.model, robot.model.createData()
    pin.framesForwardKinematics(model, data, position)
    frames = [model.frames[model.getFrameId(c.link)].parentJoint for c in robot.config.capsules]
    ends = [np.array([data.oMf[model.getFrameId(c.link)].act(np.array(p)) for p in (c.start, c.end)])
            for c in robot.config.capsules]
    ignored = {frozenset(pair) for pair in robot.config.ignored}
    apart = [segments_apart(ends[i], ends[j]) - a.radius - b.radius
             for j, b in enumerate(robot.config.capsules) for i, a in enumerate(robot.config.capsules[:j])
             if frames[i] != frames[j] and model.parents[frames[i]] != frames[j]
             and model.parents[frames[j]] != frames[i] and frozenset((a.link, b.link)) not in ignored]
    return min(apart) - robot.config.min_distance


def poses(robot, count, seed=0):
    return np.random.default_rng(seed).uniform(robot.limits.lower, robot.limits.upper, (count, len(robot.joints)))


def test_clearance_is_that_of_sampled_capsules(robot):
    checker = CollisionChecker(robot)
    for pose in poses(robot, 20):
        expected = brute_clearance(robot, pose)
        if expected > 0:
            assert checker.clearance(pose) == pytest.approx(expected, abs=2e-3)
        else:
            assert checker.clearance(pose) < 1e-3


def test_a_path_is_free_if_every_pose_is(robot):
    """The shortcut over poses that cannot have come near must not change the answer."""
    checker, answers = CollisionChecker(robot), []
    for goal in poses(robot, 120):
        path = robot.home + np.linspace(0, 1, 20)[:, None] * (goal - robot.home)
        answers.append(all(checker.clearance(pose) > 0 for pose in path))
        assert checker.is_free(path) == answers[-1]
    assert any(answers) and not all(answers)


def test_deflected_steps_do_not_bring_near_capsules_nearer(robot):
    checker, random = CollisionChecker(robot), np.random.default_rng(2)
    near = [pose for pose in poses(robot, 400) if 0 < checker.clearance(pose) < 0.03][:10]
    for pose in near:
        steps = checker.deflect(pose, random.normal(0, 1e-3, (4, len(pose))))
        for step in steps:
            assert checker.clearance(pose + step) > 0.3 * checker.clearance(pose)


def test_steps_far_from_everything_are_not_changed(robot):
    far = replace(robot, config=replace(robot.config, capsules=robot.config.capsules[:1]))
    steps = np.random.default_rng(3).normal(size=(2, len(robot.joints)))
    checker = CollisionChecker(far)
    np.testing.assert_array_equal(checker.deflect(robot.home, steps), steps)
    assert checker.clearance(robot.home) == np.inf


def test_a_preferred_pose_that_touches_is_refused(robot):
    thick = tuple(replace(capsule, radius=0.4) for capsule in robot.config.capsules)
    with pytest.raises(RobotError, match='in the preferred pose .* too near; change posture, capsules'):
        CollisionChecker(replace(robot, config=replace(robot.config, capsules=thick)))
