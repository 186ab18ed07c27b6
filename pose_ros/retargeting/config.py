"""The one YAML file of a robot: which bones move which links, posture, limits, mount and collision capsules."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pose_ros.errors import RobotError
from pose_ros.yaml_entry import Entry, read_yaml

ANYWHERE = (0.0, 0.0, 0.0)
# Says that the URDF comes from the topic of this name.
DESCRIPTION = 'robot_description'


@dataclass(frozen=True)
class Bone:
    """The direction between two human keypoints drives the direction between two robot links.

    Attributes:
        keypoints: names of its start and its end.
        links: robot links whose origins lie at the start and the end.
        weight: cost of a wrong direction, unitless.
        optional: True if the arm may move without it (a hand that the skeleton has no keypoint for).
        where: 'file:line', for messages.
    """

    keypoints: tuple[str, ...]
    links: tuple[str, ...]
    weight: float
    optional: bool
    where: str


@dataclass(frozen=True)
class Capsule:
    """A collision body: all points nearer than `radius` [m] to the segment start-end [m] in the link's frame."""

    link: str
    start: tuple[float, ...]
    end: tuple[float, ...]
    radius: float
    where: str


@dataclass(frozen=True)
class RobotConfig:
    """A robot file, read but not yet compared with a URDF.

    Attributes:
        text: of the file.
        folder: of the file; relative URDF paths start there.
        urdf: a URDF file, or 'robot_description' where the URDF comes from elsewhere.
        controller: name of the JointTrajectoryController.
        joints: which joints are commanded, in order; empty means all that move.
        mount_xyz, mount_rpy: the robot's root in the base frame (x forward, y left, z up) [m], [rad].
        torso: keypoints left shoulder, right shoulder, left hip, right hip whose frame is laid onto the base frame;
            empty means that the points already have the base frame's axes.
        mirror: True if the robot moves like the person's mirror image.
        positions, velocities, accelerations: limits by joint that replace or complete the URDF's [rad], [rad/s],
            [rad/s^2]; accelerations['default'] is for all joints without their own.
        velocity_scale: fraction of the velocity limits that is used.
        posture: the pose the robot prefers, by joint [rad]; 0 or the middle of the range where not named.
        posture_weight: cost of leaving it, by joint; 'default' for the others.
        min_distance: smallest distance between two capsules [m].
        ignored: pairs of links that may touch.
        lines: 'file:line' of everything that names a joint or a link.
    """

    name: str
    text: str
    folder: Path
    urdf: str
    controller: str
    joints: tuple[str, ...]
    mount_xyz: tuple[float, ...]
    mount_rpy: tuple[float, ...]
    torso: tuple[str, ...]
    mirror: bool
    positions: Mapping[str, tuple[float, ...]]
    velocities: Mapping[str, float]
    accelerations: Mapping[str, float]
    velocity_scale: float
    posture: Mapping[str, float]
    posture_weight: Mapping[str, float]
    bones: tuple[Bone, ...]
    capsules: tuple[Capsule, ...]
    min_distance: float
    ignored: tuple[tuple[str, ...], ...]
    lines: Mapping[str, str] = field(repr=False)


def _children(entry: Entry | None, *allowed: str) -> dict[str, Entry]:
    return entry.fields(*allowed) if entry else {}


def _numbers(entry: Entry | None, low: float = -1e9) -> dict[str, float]:
    return {name: value.number(low) for name, value in _children(entry).items()}


def _bone(entry: Entry) -> Bone:
    parts = entry.fields('bone', 'links', 'weight', 'optional')
    if 'bone' not in parts or 'links' not in parts:
        entry.fail('a task needs bone: [keypoint, keypoint] and links: [link, link]')
    weight = parts['weight'].number(1e-3, 1e3) if 'weight' in parts else 1.0
    optional = parts['optional'].flag() if 'optional' in parts else False
    return Bone(parts['bone'].texts(2), parts['links'].texts(2), weight, optional, entry.where)


def _capsule(entry: Entry) -> Capsule:
    parts = entry.fields('link', 'from', 'to', 'radius')
    if 'link' not in parts or 'radius' not in parts:
        entry.fail('a capsule needs link and radius (and from, to)')
    start = parts['from'].numbers(3) if 'from' in parts else ANYWHERE
    end = parts['to'].numbers(3) if 'to' in parts else start
    return Capsule(parts['link'].text(), start, end, parts['radius'].number(1e-4, 10), entry.where)


def _lines(*entries: Entry | None) -> dict[str, str]:
    return {name: value.where for entry in entries for name, value in _children(entry).items()}


def read_robot_config(path: Path) -> RobotConfig:
    """Reads and checks one robot file.

    Raises:
        RobotError: names the file, the line, what was got and what is allowed.
    """
    top = read_yaml(path, RobotError)
    parts = top.fields('robot', 'limits', 'human', 'tasks', 'posture', 'collision')
    for needed in ('robot', 'tasks'):
        if needed not in parts:
            raise RobotError(f'{path.name}: no {needed!r} in it')
    robot = parts['robot'].fields('urdf', 'controller', 'joints', 'mount')
    mount = _children(robot.get('mount'), 'xyz', 'rpy')
    limits = _children(parts.get('limits'), 'position', 'velocity', 'acceleration', 'velocity_scale')
    human = _children(parts.get('human'), 'torso', 'mirror')
    posture = _children(parts.get('posture'), 'q', 'weight')
    collision = _children(parts.get('collision'), 'capsules', 'min_distance', 'ignore')
    bones = tuple(_bone(entry) for entry in parts['tasks'].items())
    if not bones:
        parts['tasks'].fail('tasks must have at least one bone')
    return RobotConfig(
        name=path.stem,
        text=path.read_text(),
        folder=path.parent,
        urdf=robot['urdf'].text() if 'urdf' in robot else DESCRIPTION,
        controller=robot['controller'].text() if 'controller' in robot else f'{path.stem}_controller',
        joints=tuple(entry.text() for entry in robot['joints'].items()) if 'joints' in robot else (),
        mount_xyz=mount['xyz'].numbers(3) if 'xyz' in mount else ANYWHERE,
        mount_rpy=mount['rpy'].numbers(3) if 'rpy' in mount else ANYWHERE,
        torso=human['torso'].texts(4) if 'torso' in human else (),
        mirror=human['mirror'].flag() if 'mirror' in human else False,
        positions={name: value.numbers(2) for name, value in _children(limits.get('position')).items()},
        velocities=_numbers(limits.get('velocity'), 1e-6),
        accelerations=_numbers(limits.get('acceleration'), 1e-6),
        velocity_scale=limits['velocity_scale'].number(0.01, 1) if 'velocity_scale' in limits else 0.3,
        posture=_numbers(posture.get('q')),
        posture_weight={'default': 1e-3, **_numbers(posture.get('weight'), 1e-6)},
        bones=bones,
        capsules=tuple(_capsule(entry) for entry in collision['capsules'].items()) if 'capsules' in collision else (),
        min_distance=collision['min_distance'].number(0, 1) if 'min_distance' in collision else 0.02,
        ignored=tuple(entry.texts(2) for entry in collision['ignore'].items()) if 'ignore' in collision else (),
        lines=_lines(limits.get('position'), limits.get('velocity'), limits.get('acceleration'), posture.get('q'),
                     posture.get('weight')) | _named_lines(robot.get('joints')) | _pair_lines(collision.get('ignore')))


def _named_lines(entry: Entry | None) -> dict[str, str]:
    return {item.text(): item.where for item in entry.items()} if entry else {}


def _pair_lines(entry: Entry | None) -> dict[str, str]:
    return {name: item.where for item in entry.items() for name in item.texts(2)} if entry else {}


def robots_folder() -> Path:
    """Where the package's own robots lie: config/robots of a checkout, share/pose_ros/config/robots when installed.

    Raises:
        RobotError: the package was installed without them.
    """
    for parent in Path(__file__).resolve().parents:
        for inside in ('config/robots', 'share/pose_ros/config/robots'):
            if (parent / inside).is_dir():
                return parent / inside
    raise RobotError('config/robots was not installed with pose_ros')


def find_robot_config(robot: str | Path) -> RobotConfig:
    """The file of a robot.

    Args:
        robot: a path, or the name of a robot of the package ('arm7').

    Raises:
        RobotError: there is none, or it is wrong.
    """
    path = Path(robot).expanduser()
    return read_robot_config(path if path.suffix else robots_folder() / f'{path}.yaml')


def needs_description(robot: str | Path) -> bool:
    """Whether the URDF of a robot has to come from elsewhere; False for a file that `read_robot_config` refuses."""
    try:
        return find_robot_config(robot).urdf == DESCRIPTION
    except RobotError:
        return False
