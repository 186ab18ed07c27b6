"""A URDF as text: what pinocchio would not say (missing limits, mimic joints), and what it must not need (meshes)."""
from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from dataclasses import dataclass

from pose_ros.errors import RobotError

MOVING = ('revolute', 'prismatic', 'continuous')


@dataclass(frozen=True)
class JointDescription:
    """One joint that moves, as the URDF has it; limits that are absent are None.

    Attributes:
        name, kind: 'revolute', 'prismatic' or 'continuous'.
        lower, upper, velocity: [rad], [rad/s].
        mimics: the joint that it follows, or ''.
    """

    name: str
    kind: str
    lower: float | None
    upper: float | None
    velocity: float | None
    mimics: str


def _limit(joint: ElementTree.Element, name: str) -> float | None:
    limit = joint.find('limit')
    text = None if limit is None else limit.get(name)
    return None if text is None else float(text)


def _described(joint: ElementTree.Element) -> JointDescription:
    mimic = joint.find('mimic')
    name, kind = joint.get('name', ''), joint.get('type', '')
    try:
        lower, upper, velocity = (_limit(joint, key) for key in ('lower', 'upper', 'velocity'))
    except ValueError as error:
        raise RobotError(f'joint {name}: a limit is no number ({error})') from error
    return JointDescription(name, kind, lower, upper, velocity or None,
                            '' if mimic is None else mimic.get('joint', ''))


class Description:
    """A URDF.

    Args:
        urdf: its text.

    Attributes:
        joints: those that move, by name.
        links: names.
        root: the link that is no joint's child.

    Raises:
        RobotError: no URDF, a kind of joint that cannot be commanded (floating, planar), or no tree of links.
    """

    def __init__(self, urdf: str) -> None:
        try:
            self._root = ElementTree.fromstring(urdf)
        except ElementTree.ParseError as error:
            raise RobotError(f'the robot description is no XML: {error}') from error
        if self._root.tag != 'robot':
            raise RobotError(f'the robot description must begin with <robot>, got <{self._root.tag}>')
        elements = [joint for joint in self._root.iter('joint') if joint.get('type') is not None]
        for joint in elements:
            if joint.get('type') not in (*MOVING, 'fixed'):
                raise RobotError(f'joint {joint.get("name")} is {joint.get("type")}; '
                                 f'allowed: {", ".join(MOVING)}, fixed')
        self.joints = {j.get('name', ''): _described(j) for j in elements if j.get('type') in MOVING}
        self.links = tuple(link.get('name', '') for link in self._root.findall('link'))
        if not self.links:
            hint = ': it is xacro; make a URDF of it first: xacro robot.xacro > robot.urdf' if 'xacro' in urdf else ''
            raise RobotError(f'the robot description has no links{hint}')
        self.root = _tree_root(elements, self.links)

    def bounded(self, positions: Mapping[str, tuple[float, ...]]) -> str:
        """The URDF without meshes, every moving joint with some limits, continuous joints turned into revolute ones.

        What is filled in here is for joints that are locked; the others are refused before they move.

        Args:
            positions: limits by joint [rad].
        """
        root = ElementTree.fromstring(ElementTree.tostring(self._root))
        for link in root.findall('link'):
            for element in [e for e in link if e.tag in ('visual', 'collision')]:
                link.remove(element)
        for joint in root.iter('joint'):
            if joint.get('type') in MOVING:
                _bound(joint, positions.get(joint.get('name', ''), (-3.14, 3.14)))
        return ElementTree.tostring(root, encoding='unicode')


def _tree_root(joints: list[ElementTree.Element], links: tuple[str, ...]) -> str:
    """The link that is no joint's child."""
    parents: dict[str, str] = {}
    for joint in joints:
        name = joint.get('name', '')
        _, child = (_joined(joint, end, links) for end in ('parent', 'child'))
        if child in parents:
            raise RobotError(f'link {child} is the child of two joints: {parents[child]} and {name}')
        parents[child] = name
    roots = [link for link in links if link not in parents]
    if len(roots) != 1:
        raise RobotError(f'a robot description must have one root link, got {", ".join(roots) or "none"}')
    return roots[0]


def _joined(joint: ElementTree.Element, end: str, links: tuple[str, ...]) -> str:
    element = joint.find(end)
    link = '' if element is None else element.get('link', '')
    if link not in links:
        raise RobotError(f'joint {joint.get("name")}: no link {link!r} for its {end}; there are {", ".join(links)}')
    return link


def _bound(joint: ElementTree.Element, position: tuple[float, ...]) -> None:
    limit = joint.find('limit')
    if limit is None:
        limit = ElementTree.SubElement(joint, 'limit')
    given = {} if joint.get('type') == 'continuous' else dict(limit.attrib)
    limit.attrib.update({'lower': str(position[0]), 'upper': str(position[1]), 'velocity': '1', 'effort': '0', **given})
    if joint.get('type') == 'continuous':
        joint.set('type', 'revolute')
