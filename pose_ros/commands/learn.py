"""`pose-ros learn`: a motion of recordings, to another goal; written as a recording that retarget_node replays."""
from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer
from rich import print as show

from pose_ros.commands.replay import URDF, require_libraries, robot_of
from pose_ros.errors import DatasetError

if TYPE_CHECKING:
    from pose_ros.retargeting.trajectory import Trajectory


def learn(recordings: Annotated[list[Path], typer.Argument(help='Recordings of one robot')],
          goal: Annotated[str, typer.Option(help='Last pose [rad], such as "0.3 -0.4 ..."; empty = as shown')] = '',
          start: Annotated[str, typer.Option(help='First pose [rad]; empty = as shown')] = '',
          duration: Annotated[float, typer.Option(help='[s]; 0 = as shown')] = 0.0,
          segment: Annotated[int, typer.Option(help='Which motion of each recording, -1 = all of them')] = -1,
          urdf: Annotated[Path | None, URDF] = None,
          out: Annotated[Path | None, typer.Option(help='Recording to write')] = None) -> None:
    """Learn one motion (DMP) or five and more (ProMP), go to another goal, and tell if the robot can."""
    require_libraries()
    from pose_ros.bridge.demonstration_bag import read_demonstration, write_demonstration
    from pose_ros.demonstrations.feasibility import planned, require_free
    from pose_ros.demonstrations.replay import motions, segments_of
    from pose_ros.demonstrations.rollout import learnt, recorded
    demonstrations = [read_demonstration(path) for path in recordings]
    about = demonstrations[0].about
    robot = robot_of(about, '', urdf)
    shown: list[Trajectory] = []
    for demonstration in demonstrations:
        demonstration.require_joints(robot.joints)
        parts = segments_of(demonstration)
        shown += motions(demonstration, parts if segment < 0 else parts[segment:segment + 1])
    wanted = learnt(shown, _pose(start), _pose(goal), duration or None)
    motion, report = planned(wanted, robot)
    show(f'{len(shown)} shown, {"DMP" if len(shown) == 1 else "ProMP"}: {report}')
    require_free(report)
    if out:
        write_demonstration(out, recorded(motion, about))
        show(f'  {out}')


def _pose(text: str) -> np.ndarray | None:
    try:
        return np.array([float(number) for number in text.replace(',', ' ').split()]) if text else None
    except ValueError as error:
        raise DatasetError(f'a pose is numbers between spaces or commas, got {text!r}') from error
