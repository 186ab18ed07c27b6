"""`pose-ros replay`: what a robot would do to repeat a recording, its own or another robot's; nothing moves."""
from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich import print as show

from pose_ros.commands.segment import RECORDING
from pose_ros.errors import RobotError

if TYPE_CHECKING:
    from pose_ros.demonstrations.demonstration import About
    from pose_ros.retargeting.robot import Robot

LIBRARIES = ('pinocchio', 'pink', 'daqp', 'coal', 'movement_primitives', 'toppra')
ROBOT = typer.Option(help="Robot file, or name of a robot of the package; empty = the recording's own")
URDF = typer.Option(help="Its URDF, if the robot file does not name one; the recording's own is in the recording")


def require_libraries() -> None:
    """What moves robots and learns is optional.

    Raises:
        RobotError: names what is missing and how to get it.
    """
    missing = [name for name in LIBRARIES if find_spec(name) is None]
    if missing:
        raise RobotError(f"this needs {', '.join(missing)}: pip install 'pose_ros[robot,learning]'")


def robot_of(about: About, name: str, urdf: Path | None) -> Robot:
    """The robot that is named, or the recorded one; says if that has changed since.

    Raises:
        RobotError: its file or URDF does not fit.
        OSError: the URDF cannot be read.
    """
    from pose_ros.retargeting.robot import load_robot
    same = name in ('', about.robot)
    robot = load_robot(name or about.robot, urdf.read_text() if urdf else about.urdf if same else '')
    changed = about.changed(robot) if same else []
    if changed:
        show(f'[yellow]recorded with another {" and ".join(changed)} of {about.robot}[/]')
    return robot


def replay(recording: Annotated[Path, RECORDING], robot: Annotated[str, ROBOT] = '',
           urdf: Annotated[Path | None, URDF] = None,
           segment: Annotated[int, typer.Option(help='Number of the segment, -1 = all')] = -1,
           stretch: Annotated[float, typer.Option(help='Duration relative to the recording')] = 1.0,
           out: Annotated[Path | None, typer.Option(help='Recording to write for the other robot')] = None) -> None:
    """Check offline if a robot can repeat a recording; another robot follows the recorded person anew."""
    require_libraries()
    from pose_ros.bridge.demonstration_bag import read_demonstration, write_demonstration
    from pose_ros.demonstrations.replay import plan_replay
    from pose_ros.demonstrations.transfer import transferred
    demonstration = read_demonstration(recording, images=out is not None)
    performer = robot_of(demonstration.about, robot, urdf)
    if performer.config.name != demonstration.about.robot:
        demonstration = transferred(demonstration, performer)
    _, report = plan_replay(demonstration, performer, segment, stretch)
    show(f'{performer.config.name}: {report}')
    if out:
        write_demonstration(out, demonstration)
        show(f'  {out}')
