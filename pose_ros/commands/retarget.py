"""`pose-ros retarget`: is a robot file fit to be used?"""
from __future__ import annotations

from pathlib import Path
from typing import Annotated

import cv2
import typer
from rich.console import Console

from pose_ros.errors import RobotError


def retarget(check: Annotated[str, typer.Option(help='Robot file (YAML), or a robot of the package: arm7 ...')],
             urdf: Annotated[str, typer.Option(help='URDF file; default: the one the robot file names')] = '',
             picture: Annotated[Path, typer.Option(help='Where the picture goes')] = Path('out/retarget.png')) -> None:
    """Check a robot file: joints, limits found and missing, bones, and how much of what a person does is in reach.

    The picture shows usual poses of a person's arms (orange) and what the robot makes of each. Exit status 1 if nothing
    is in reach.
    """
    try:
        _check(check, urdf, picture, Console())
    except ImportError as error:
        raise RobotError(f'robots need the extra of that name ({error}): pip install "pose_ros[robot]"') from error


def _check(name: str, urdf: str, picture: Path, console: Console) -> None:
    from pose_ros.retargeting.check import missing_limits, report, unknown_keypoints, usual_reach
    from pose_ros.retargeting.check_picture import draw_reach
    from pose_ros.retargeting.config_file import find_robot_config
    from pose_ros.retargeting.robot import load_robot, own_urdf, read_urdf
    config = find_robot_config(name)
    text = read_urdf(urdf) if urdf else own_urdf(config)
    for line in missing_limits(config, text):
        console.print(f'no limit: {line}', style='red')
    for line in unknown_keypoints(config):
        console.print(line, style='yellow', highlight=False)
    robot = load_robot(config, text)
    console.print(report(robot), highlight=False)
    reach = usual_reach(robot)
    console.print(f'{reach.fraction:.0%} of {len(reach.free)} usual poses are in reach, '
                  f'{int((~reach.free).sum())} would collide')
    picture.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(picture), cv2.cvtColor(draw_reach(robot, reach), cv2.COLOR_RGB2BGR))
    console.print(f'  {picture}', highlight=False)
    if not reach.fraction:
        raise typer.Exit(1)
