"""Checks of what moves robots: the extra `robot`, and the robots of the package."""
from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from pose_ros.doctor.check import Check

# Names on the package index, and the modules in them.
PARTS = {'pin': 'pinocchio', 'pin-pink': 'pink', 'daqp': 'daqp', 'coal': 'coal'}
_INSTALL = 'for retarget_node: pip install "pose_ros[robot]"'


def check_robots() -> Check:
    """pinocchio, pink, daqp and coal, which only robots need, and that a robot of the package loads with them."""
    missing = [name for name, module in PARTS.items() if find_spec(module) is None]
    if missing:
        return Check('robots', 'warn', f'not installed: {", ".join(missing)}; all but robots works', _INSTALL)
    from pose_ros.retargeting.robot import load_robot

    robot = load_robot('arm7')
    return Check('robots', 'ok', f'{", ".join(map(_named, PARTS))}; {robot.config.name} has {len(robot.joints)} joints')


def _named(name: str) -> str:
    try:
        return f'{name} {version(name)}'
    except PackageNotFoundError:  # ROS brings its own pinocchio, not from pip
        return f'{name} (not from pip)'
