import numpy as np
import pytest

from pose_ros.benchmarks.motions import ARMS, add_noise, move
from pose_ros.retargeting.jump_guard import JumpGuard

TORSO = [ARMS.index(name) for name in ('left_shoulder', 'right_shoulder', 'left_hip', 'right_hip')]
MOTION = add_noise(move(200))


def jumps(points, stamps=MOTION.stamps):
    guard = JumpGuard(TORSO)
    return [guard.jump(frame, stamp) for frame, stamp in zip(points, stamps)]


def test_who_gestures_or_walks_does_not_jump():
    walking = MOTION.points + 2.0 * MOTION.stamps[:, None, None] * [1.0, 0, 0]
    assert not any(jumps(MOTION.points)) and not any(jumps(walking))


@pytest.mark.parametrize('gap', [1, 5])
def test_another_person_at_another_place_is_a_jump_once(gap):
    points = MOTION.points.copy()
    points[100:] += [0.4 + 0.1 * gap, 0, 0.3]
    points[100 - gap + 1:100] = np.nan
    found = jumps(points)
    assert found[100] > 0.4 and np.count_nonzero(found) == 1


def test_one_wrong_point_is_no_jump_and_unseen_ones_are_not_either():
    points = MOTION.points.copy()
    points[100, TORSO[0]] += 2.0
    points[120:130, TORSO[:2]] = np.nan
    assert not any(jumps(points))


def test_after_forgetting_anybody_may_come():
    guard = JumpGuard(TORSO)
    guard.jump(MOTION.points[0], 0.0)
    guard.forget()
    assert guard.jump(MOTION.points[0] + 5.0, 0.1) == 0


def test_without_a_torso_nothing_is_watched():
    guard = JumpGuard([])
    assert guard.jump(MOTION.points[0], 0.0) == guard.jump(MOTION.points[0] + 5.0, 0.1) == 0
