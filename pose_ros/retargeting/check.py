"""Does a robot file fit its robot, and how much of what a person does can the robot do?"""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np

from pose_ros.errors import RobotError
from pose_ros.retargeting.bones import BoneDirections
from pose_ros.retargeting.collision import CollisionChecker
from pose_ros.retargeting.config import RobotConfig
from pose_ros.retargeting.description import Description
from pose_ros.retargeting.poses import usual_poses, usual_steps
from pose_ros.retargeting.robot import Robot
from pose_ros.retargeting.shadow_ik import ShadowIK, Solution
from pose_ros.retargeting.shadow_settings import ShadowSettings
from pose_ros.retargeting.wrists import WristTargets
from pose_ros.skeletons import SKELETONS

# Bones, times their weight, that are nearer than this to the person's count as matched [deg], links [m].
MATCHED_DEG, MATCHED_M = 12.0, 0.03
# From a new pose the shadow may search so long.
FRAMES = 40


@dataclass(frozen=True, eq=False)
class Reach:
    """How well a robot matches P poses of a person.

    Attributes:
        positions: (P, n) the poses that match best [rad].
        errors_deg: (P,) the worst bone, or link as seen from an arm's length [deg].
        matched: (P,) bool, all bones and links are matched.
        free: (P,) bool, capsules keep apart and out of the zones.
    """

    positions: np.ndarray
    errors_deg: np.ndarray
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
    return _reach(robot, [(_bones(pose), None) for pose in directions])


def usual_reach(robot: Robot) -> Reach:
    """Tries the usual poses of a person's arms, and steps of its wrists if the robot follows those."""
    bones = usual_poses(robot.config)
    if not robot.config.wrists:
        return reach(robot, bones)
    links = robot.link_positions(robot.home, [wrist.link for wrist in robot.config.wrists])
    steps = usual_steps(robot.config)
    trust = np.ones(len(links))
    nothing = _bones(np.full((len(robot.config.bones), 3), np.nan))
    return _reach(robot, [(nothing, WristTargets(links + step, np.zeros_like(step), trust)) for step in steps])


def check_reach(robot: Robot) -> Reach:
    """The usual reach of a robot that can be used at all.

    Raises:
        RobotError: no usual pose is in reach: mount, tasks or limits are wrong.
    """
    found = usual_reach(robot)
    if not found.fraction:
        raise RobotError(f'{robot.config.name}: none of {len(found.free)} usual poses of a person is in reach (best '
                         f'{found.errors_deg.min():.0f} deg off): look at mount, tasks and limits with '
                         '`pose-ros retarget --check`')
    return found


def _bones(pose: np.ndarray) -> BoneDirections:
    return BoneDirections(pose, np.zeros_like(pose), np.isfinite(pose).all(1).astype(float), True)


def _reach(robot: Robot, wanted: list[tuple[BoneDirections, WristTargets | None]]) -> Reach:
    settings = ShadowSettings(calm=0.01, stuck_deg=MATCHED_DEG)
    shadow, checker = ShadowIK(robot, robot.home, settings), CollisionChecker(robot)
    best = [_best(robot, shadow, *pose) for pose in wanted]
    free = [checker.clearance(solution.position) > 0 for solution in best]
    return Reach(np.array([solution.position for solution in best]),
                 np.array([solution.error_deg for solution in best]),
                 np.array([_misses(robot, solution) <= 1 for solution in best]), np.array(free))


def _best(robot: Robot, shadow: ShadowIK, bones: BoneDirections, wrists: WristTargets | None) -> Solution:
    shadow.reset(robot.home)
    return min((shadow.solve(bones, 0.0, wrists) for _ in range(FRAMES)), key=lambda found: _misses(robot, found))


def _misses(robot: Robot, solution: Solution) -> float:
    """The worst of bones and links, as a multiple of what still counts as matched."""
    weights = np.array([bone.weight for bone in robot.config.bones])
    bones = np.degrees(solution.angles * weights) / MATCHED_DEG
    return float(max(bones.max(initial=0.0), (solution.distances / MATCHED_M).max(initial=0.0)))


def missing_limits(config: RobotConfig, urdf: str) -> list[str]:
    """What has to be written into a robot file before the robot may move: one line per joint that lacks a limit.

    Raises:
        RobotError: the URDF cannot be read.
    """
    joints = Description(urdf).joints
    wanted = config.joints or tuple(name for name, joint in joints.items() if not joint.mimics)
    return [f'{name}: {", ".join(lacks)}' for name in wanted if name in joints
            and (lacks := list(_lacking(config, name, joints[name].lower is None or joints[name].kind == 'continuous',
                                        joints[name].velocity is None)))]


def _lacking(config: RobotConfig, name: str, no_position: bool, no_velocity: bool) -> Iterator[str]:
    if no_position and name not in config.positions:
        yield 'position'
    if no_velocity and name not in config.velocities:
        yield 'velocity'
    if not config.accelerations.keys() & {name, 'default'}:
        yield 'acceleration'


def unknown_keypoints(config: RobotConfig) -> list[str]:
    """Keypoints that the robot cannot do without and no skeleton of the package has: one line each."""
    known = sorted({keypoint for skeleton in SKELETONS.values() for keypoint in skeleton.keypoints})
    needed = [(keypoint, bone.where) for bone in config.bones if not bone.optional for keypoint in bone.keypoints]
    needed += [(wrist.keypoint, wrist.where) for wrist in config.wrists]
    needed += [(keypoint, config.name) for keypoint in config.torso]
    return [f'{where}: no skeleton of the package has a keypoint {keypoint!r}; the nearest are '
            f'{", ".join(get_close_matches(keypoint, known, cutoff=0.0))}'
            for keypoint, where in dict.fromkeys(needed) if keypoint not in known]


def report(robot: Robot) -> str:
    """Joints with their limits and bones with their links, for a person to read."""
    limits, config = robot.limits, robot.config
    joints = [f'  {name:28} {low:8.3f} .. {high:7.3f} rad {speed:7.3f} rad/s {acceleration:7.2f} rad/s^2'
              for name, low, high, speed, acceleration in zip(robot.joints, limits.lower, limits.upper, limits.velocity,
                                                              limits.acceleration)]
    bones = [f'  {" -> ".join(bone.keypoints):36} {" -> ".join(bone.links):40} weight {bone.weight:g}'
             + (' (optional)' if bone.optional else '') for bone in config.bones]
    wrists = [f'  {wrist.keypoint:36} {wrist.link:40} weight {wrist.weight:g}, scale {wrist.scale:g}'
              for wrist in config.wrists]
    head = f'{config.name}: {len(robot.joints)} joints, velocity scale {config.velocity_scale:g}'
    if np.isfinite(config.stop_within):
        head += f', at rest within {np.degrees(config.stop_within):g} deg'
    return '\n'.join([head, *joints, 'bones', *bones, *wrists,
                      f'{len(config.capsules)} capsules, {len(config.zones)} zones to keep out of'])
