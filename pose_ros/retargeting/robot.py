"""A robot: its kinematics from a URDF, mounted and reduced to the joints that are commanded, and their limits."""
from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pinocchio as pin

from pose_ros.errors import RobotError
from pose_ros.retargeting.config import RobotConfig
from pose_ros.retargeting.config_file import DESCRIPTION, find_robot_config
from pose_ros.retargeting.description import Description
from pose_ros.retargeting.limits import JointLimits, resting_within


@dataclass(frozen=True, eq=False)
class Robot:
    """What retargeting knows of a robot.

    Attributes:
        config: its file.
        root: name of the link that everything hangs on.
        urdf: its text.
        model: pinocchio model with n joints of one degree of freedom each, in the base frame.
        joints: n names, in the order of every joint array (pinocchio's, not the file's).
        limits: of these joints, velocity_scale and stop_within applied.
        home: (n,) the preferred pose [rad].
        posture_cost: (n,) cost of leaving it.
    """

    config: RobotConfig
    root: str
    urdf: str
    model: pin.Model
    joints: tuple[str, ...]
    limits: JointLimits
    home: np.ndarray
    posture_cost: np.ndarray

    def link_positions(self, position: np.ndarray, links: Sequence[str] | None = None) -> np.ndarray:
        """(L, 3) where links are in the base frame [m].

        Args:
            position: (n,) [rad].
            links: names; None = all that move.
        """
        data = self.model.createData()
        pin.framesForwardKinematics(self.model, data, position)
        if links is None:
            return np.array([place.translation for place in data.oMi.tolist()[1:]])
        return np.array([data.oMf[self.model.getFrameId(link)].translation for link in links]).reshape(-1, 3)

    def link_places(self, position: np.ndarray) -> dict[str, np.ndarray]:
        """Pose (4, 4) of every link in the base frame, by name.

        Args:
            position: (n,) [rad].
        """
        data = self.model.createData()
        pin.framesForwardKinematics(self.model, data, position)
        return {frame.name: place.homogeneous for frame, place in zip(self.model.frames, data.oMf)}

    def joint_chain(self, position: np.ndarray) -> np.ndarray:
        """(n, 2, 3) from the joint before (or the root) to every joint, in the base frame [m].

        Args:
            position: (n,) [rad].
        """
        places = np.concatenate([self.mount[None, :3, 3], self.link_positions(position)])
        return np.stack([places[list(self.model.parents)[1:]], places[1:]], 1)

    @property
    def mount(self) -> np.ndarray:
        """(4, 4) from the robot's root link to the base frame."""
        return np.asarray(_mount(self.config).homogeneous)


def load_robot(config: RobotConfig | str | Path, urdf: str = '') -> Robot:
    """A robot from its file.

    Args:
        config: a robot file, the name of a robot of the package ('arm7'), or a file that was read before.
        urdf: text of the URDF; empty = read the file that the config names.

    Raises:
        RobotError: names the file and the line that does not fit the URDF, or the joint that lacks a limit.
    """
    if not isinstance(config, RobotConfig):
        config = find_robot_config(config)
    text = urdf or own_urdf(config)
    description = Description(text)
    _check_names(config, description)
    model = _reduced(config, description, _commanded(config, description))
    joints = tuple(model.names[1:])
    limits = _limits(config, description, joints)
    model.lowerPositionLimit, model.upperPositionLimit = limits.lower, limits.upper
    home = np.array([config.posture.get(name, min(max(0.0, low), high))
                     for name, low, high in zip(joints, limits.lower, limits.upper)])
    _check_home(config, joints, home, limits)
    default = config.posture_weight['default']
    cost = np.array([config.posture_weight.get(name, default) for name in joints])
    robot = Robot(config, description.root, text, model, joints, limits, home, cost)
    _check_directions(robot)
    return robot


def _check_directions(robot: Robot) -> None:
    for bone in robot.config.bones:
        start, end = robot.link_positions(robot.home, bone.links)
        if np.allclose(start, end, atol=1e-3):
            raise RobotError(f'{bone.where}: links {" and ".join(bone.links)} begin at the same place, which gives no '
                             'direction; choose the next link')


def own_urdf(config: RobotConfig) -> str:
    """The text of the URDF that a robot file names.

    Raises:
        RobotError: it cannot be read, or has to come from elsewhere.
    """
    if config.urdf == DESCRIPTION:
        raise RobotError(f'{config.name}: its URDF comes from {DESCRIPTION}, which has not come; name a file, or start '
                         'robot_state_publisher')
    return read_urdf(config.folder / config.urdf)


def read_urdf(path: str | Path) -> str:
    """The text of a URDF file.

    Raises:
        RobotError: it cannot be read.
    """
    try:
        return Path(path).expanduser().read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise RobotError(f'cannot read URDF {path}: {error}') from error


def _check_names(config: RobotConfig, description: Description) -> None:
    links = [(link, bone.where) for bone in config.bones for link in bone.links]
    links += [(wrist.link, wrist.where) for wrist in config.wrists]
    links += [(capsule.link, capsule.where) for capsule in config.capsules]
    links += [(link, config.lines[link]) for pair in config.ignored for link in pair]
    for link, where in links:
        if link not in description.links:
            raise RobotError(f'{where}: no link {link!r} in the URDF; it has {", ".join(description.links)}')
    named = {*config.joints, *config.positions, *config.velocities, *config.accelerations, *config.posture,
             *config.posture_weight} - {'default'}
    for joint in sorted(named - set(description.joints)):
        raise RobotError(f'{config.lines[joint]}: no moving joint {joint!r} in the URDF; '
                         f'it has {", ".join(description.joints)}')


def _commanded(config: RobotConfig, description: Description) -> tuple[str, ...]:
    for name in config.joints:
        leader = description.joints[name].mimics
        if leader:
            raise RobotError(f'{config.lines[name]}: joint {name} mimics {leader} and cannot be commanded')
    wanted = config.joints or tuple(name for name, joint in description.joints.items() if not joint.mimics)
    if not wanted:
        raise RobotError(f'{config.name}: the URDF has no joint that moves')
    return wanted


def _limits(config: RobotConfig, description: Description, joints: tuple[str, ...]) -> JointLimits:
    rows = [_joint_limits(config, description, name) for name in joints]
    lower, upper, velocity, acceleration = np.array(rows).T
    limits = JointLimits(lower, upper, velocity * config.velocity_scale, acceleration)
    return resting_within(limits, config.stop_within)


def _joint_limits(config: RobotConfig, description: Description, name: str) -> tuple[float, float, float, float]:
    joint = description.joints[name]
    lower, upper = config.positions.get(name, (joint.lower, joint.upper))
    if joint.kind == 'continuous' and name not in config.positions:
        raise RobotError(f'{config.name}: joint {name} is continuous; give limits: position: {{{name}: [low, high]}}')
    if lower is None or upper is None or not (lower < upper):
        got = 'none' if lower is None or upper is None else f'{lower:g} .. {upper:g}, the upper is not above the lower'
        raise RobotError(f'{config.lines.get(name, config.name)}: joint {name} has no position limits (got {got}); '
                         f'give limits: position: {{{name}: [low, high]}}')
    velocity = config.velocities.get(name, joint.velocity or math.nan)
    acceleration = config.accelerations.get(name, config.accelerations.get('default', math.nan))
    for kind, value in (('velocity', velocity), ('acceleration', acceleration)):
        if not value > 0:
            raise RobotError(f'{config.name}: joint {name} has no {kind} limit; give limits: {kind}: {{{name}: ...}}')
    return lower, upper, velocity, acceleration


def _reduced(config: RobotConfig, description: Description, joints: tuple[str, ...]) -> pin.Model:
    try:
        full = pin.buildModelFromXML(description.bounded(config.positions))
    except (ValueError, RuntimeError) as error:
        raise RobotError(f'{config.name}: pinocchio cannot read the URDF (it says why above): {error}') from error
    locked = [full.getJointId(name) for name in full.names[1:] if name not in joints]
    model = pin.buildReducedModel(full, locked, pin.neutral(full))
    mount = _mount(config)
    for index in range(1, model.njoints):
        if model.parents[index] == 0:
            model.jointPlacements[index] = mount * model.jointPlacements[index]
    for frame in model.frames:
        if frame.parentJoint == 0:
            frame.placement = mount * frame.placement
    return model


def _mount(config: RobotConfig) -> pin.SE3:
    return pin.SE3(pin.rpy.rpyToMatrix(np.array(config.mount_rpy)), np.array(config.mount_xyz))


def _check_home(config: RobotConfig, joints: tuple[str, ...], home: np.ndarray, limits: JointLimits) -> None:
    for name, value, low, high in zip(joints, home, limits.lower, limits.upper):
        if not low <= value <= high:
            raise RobotError(f'{config.lines[name]}: posture {name} = {value:g} is outside its limits '
                             f'{low:g} .. {high:g}')
