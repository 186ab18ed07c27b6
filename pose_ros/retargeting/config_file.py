"""Reading the YAML file of a robot; what is in it is checked here, whether it fits the URDF in `robot`."""
from __future__ import annotations

import math
from pathlib import Path

from pose_ros.errors import RobotError
from pose_ros.files import shipped_config
from pose_ros.retargeting.config import Bone, Capsule, RobotConfig, Wrist, Zone
from pose_ros.yaml_entry import Entry, read_yaml

ANYWHERE = (0.0, 0.0, 0.0)
# Says that the URDF comes from the topic of this name.
DESCRIPTION = 'robot_description'


def _children(entry: Entry | None, *allowed: str) -> dict[str, Entry]:
    return entry.fields(*allowed) if entry else {}


def _numbers(entry: Entry | None, low: float = -math.inf) -> dict[str, float]:
    return {name: value.number(low) for name, value in _children(entry).items()}


def _task(entry: Entry) -> Bone | Wrist:
    parts = entry.fields('bone', 'links', 'weight', 'optional', 'keypoint', 'link', 'scale')
    if parts.keys() & {'keypoint', 'link', 'scale'}:
        return _wrist(entry)
    if 'bone' not in parts or 'links' not in parts:
        entry.fail('a task needs bone: [keypoint, keypoint] and links: [link, link], or keypoint and link')
    weight = parts['weight'].number(1e-3, 1e3) if 'weight' in parts else 1.0
    optional = parts['optional'].flag() if 'optional' in parts else False
    for name in ('bone', 'links'):
        if len(set(parts[name].texts(2))) == 1:
            parts[name].fail(f'{name} must be two different names: a direction leads from one to the other')
    return Bone(parts['bone'].texts(2), parts['links'].texts(2), weight, optional, entry.where)


def _wrist(entry: Entry) -> Wrist:
    parts = entry.fields('keypoint', 'link', 'scale', 'weight')
    if 'keypoint' not in parts or 'link' not in parts:
        entry.fail('a task needs keypoint and link (and scale, weight), or bone and links')
    scale = parts['scale'].number(0.01, 10) if 'scale' in parts else 1.0
    weight = parts['weight'].number(1e-3, 1e3) if 'weight' in parts else 2.0
    return Wrist(parts['keypoint'].text(), parts['link'].text(), scale, weight, entry.where)


def _zone(entry: Entry) -> Zone:
    parts = entry.fields('name', 'box', 'plane', 'xyz', 'rpy')
    if len(parts.keys() & {'box', 'plane'}) != 1:
        entry.fail('a zone needs box: [x, y, z] lengths, or plane: [x, y, z] normal to the free side')
    shape = parts['box' if 'box' in parts else 'plane']
    if 'box' in parts and min(shape.numbers(3)) <= 0 or not any(shape.numbers(3)):
        shape.fail('the lengths of a box must be above 0, and a normal longer than 0')
    return Zone(parts['name'].text() if 'name' in parts else 'zone', shape.numbers(3) if 'box' in parts else (),
                shape.numbers(3) if 'plane' in parts else (), parts['xyz'].numbers(3) if 'xyz' in parts else ANYWHERE,
                parts['rpy'].numbers(3) if 'rpy' in parts else ANYWHERE, entry.where)


def _capsule(entry: Entry) -> Capsule:
    parts = entry.fields('link', 'from', 'to', 'radius')
    if 'link' not in parts or 'radius' not in parts:
        entry.fail('a capsule needs link and radius (and from, to)')
    start = parts['from'].numbers(3) if 'from' in parts else ANYWHERE
    end = parts['to'].numbers(3) if 'to' in parts else start
    return Capsule(parts['link'].text(), start, end, parts['radius'].number(1e-4, 10), entry.where)


def _angle(entry: Entry | None) -> float:
    return math.radians(entry.number(0.1, 360)) if entry else math.inf


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
    limits = _children(parts.get('limits'), 'position', 'velocity', 'acceleration', 'velocity_scale',
                       'stop_within_deg')
    human = _children(parts.get('human'), 'torso', 'mirror')
    posture = _children(parts.get('posture'), 'q', 'weight')
    collision = _children(parts.get('collision'), 'capsules', 'min_distance', 'ignore', 'keep_out')
    tasks = [_task(entry) for entry in parts['tasks'].items()]
    if not tasks:
        parts['tasks'].fail('tasks must have at least one bone or keypoint')
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
        stop_within=_angle(limits.get('stop_within_deg')),
        posture=_numbers(posture.get('q')),
        posture_weight={'default': 1e-3, **_numbers(posture.get('weight'), 1e-6)},
        bones=tuple(task for task in tasks if isinstance(task, Bone)),
        wrists=tuple(task for task in tasks if isinstance(task, Wrist)),
        capsules=tuple(_capsule(entry) for entry in collision['capsules'].items()) if 'capsules' in collision else (),
        min_distance=collision['min_distance'].number(0, 1) if 'min_distance' in collision else 0.02,
        ignored=tuple(entry.texts(2) for entry in collision['ignore'].items()) if 'ignore' in collision else (),
        zones=tuple(_zone(entry) for entry in collision['keep_out'].items()) if 'keep_out' in collision else (),
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
    try:
        return shipped_config('robots')
    except FileNotFoundError as error:
        raise RobotError(str(error)) from error


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
