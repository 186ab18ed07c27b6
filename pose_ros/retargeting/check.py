"""Does a robot file fit its robot, and how much of what a person does can the robot do?"""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pose_ros.retargeting.bones import BoneDirections
from pose_ros.retargeting.collision import CollisionChecker
from pose_ros.retargeting.robot import Robot
from pose_ros.retargeting.shadow_ik import ShadowIK, ShadowSettings

# Bones, times their weight, that are nearer than this to the person's count as matched [deg].
MATCHED_DEG = 12.0
# From a new pose the shadow may search so long.
FRAMES = 40


@dataclass(frozen=True, eq=False)
class Reach:
    """How well a robot matches P poses of a person.

    Attributes:
        angles: (P, B) left between robot bones and human bones [deg].
        matched: (P,) bool, all bones are matched.
        free: (P,) bool, the pose that matches best keeps its capsules apart.
    """

    angles: np.ndarray
    matched: np.ndarray
    free: np.ndarray

    @property
    def fraction(self) -> float:
        """Part of the poses, 0..1, that are matched and free."""
        return float((self.matched & self.free).mean())


def reach(robot: Robot, directions: np.ndarray) -> Reach:
    """Tries every pose from the preferred one.

    Args:
        robot: the robot.
        directions: (P, B, 3) unit vectors of the person's bones in the base frame; NaN = unknown.
    """
    settings = ShadowSettings(calm=0.01, stuck_deg=MATCHED_DEG)
    shadow, checker = ShadowIK(robot, robot.home, settings), CollisionChecker(robot)
    weights = np.array([bone.weight for bone in robot.config.bones])
    angles, free = [], []
    for pose in directions:
        known = np.isfinite(pose).all(1).astype(float)
        bones = BoneDirections(pose, np.zeros_like(pose), known, True)
        shadow.reset(robot.home)
        solutions = [shadow.solve(bones, 0.0) for _ in range(FRAMES)]
        best = min(solutions, key=lambda solution: float((solution.angles * weights).max(initial=0.0)))
        angles.append(np.degrees(best.angles))
        free.append(checker.clearance(best.position) > 0)
    return Reach(np.array(angles), (np.array(angles) * weights <= MATCHED_DEG).all(1), np.array(free))


def report(robot: Robot) -> str:
    """Joints with their limits and bones with their links, for a person to read."""
    limits = robot.limits
    joints = [f'  {name:28} {low:8.3f} .. {high:7.3f} rad {speed:7.3f} rad/s {acceleration:7.2f} rad/s^2'
              for name, low, high, speed, acceleration in zip(robot.joints, limits.lower, limits.upper, limits.velocity,
                                                              limits.acceleration)]
    bones = [f'  {" -> ".join(bone.keypoints):36} {" -> ".join(bone.links):40} weight {bone.weight:g}'
             + (' (optional)' if bone.optional else '') for bone in robot.config.bones]
    head = f'{robot.config.name}: {len(robot.joints)} joints, velocity scale {robot.config.velocity_scale:g}'
    return '\n'.join([head, *joints, 'bones', *bones, f'{len(robot.config.capsules)} capsules'])
