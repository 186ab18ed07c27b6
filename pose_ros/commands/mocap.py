"""`pose-ros mocap`: the motion of a person in a recording, for animation tools."""
from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer
from rich import print as show

from pose_ros.commands.options import with_settings
from pose_ros.errors import MotionError
from pose_ros.motion_capture.capture_settings import CaptureSettings

if TYPE_CHECKING:
    from pose_ros.activity.body import Body


@with_settings(settings=CaptureSettings)
def mocap(bag: Annotated[Path, typer.Argument(help='Bag with PersonPoseArray, with points in space')],
          output: Annotated[list[Path], typer.Option('--output', '-o', help='.bvh, .glb or .npz; may be given again')],
          track: Annotated[int, typer.Option(help='track_id of the person; -1 = who is there longest')] = -1,
          topic: Annotated[str, typer.Option(help='Topic of the people; default: the one with most messages')] = '',
          pitch: Annotated[float, typer.Option(help='How far the camera looked down [deg]')] = 0.0,
          *, settings: CaptureSettings) -> None:
    """Write the motion of one person as BVH, glTF or npz."""
    from pose_ros.motion_capture.capture import capture
    from pose_ros.motion_capture.write import write_capture
    track, bodies = _longest(_bodies(bag, topic, pitch), track, bag)
    motion = capture(bodies, settings)
    for path in output:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_capture(motion, path)
        show(f'person {track}, {len(motion.points)} frames at {motion.rate_hz:g} Hz, '
             f'{motion.known.mean():.0%} of the keypoints known\n  {path}')


def _bodies(bag: Path, topic: str, pitch: float) -> dict[int, list[Body]]:
    """Everyone's bodies with points, by track_id."""
    from pose_ros.activity.body import body_of, upright_from_optical
    from pose_ros.bridge.persons_reader import read_persons
    optical = upright_from_optical(pitch)
    found: dict[int, list[Body]] = {}
    for seen in read_persons(bag, topic):
        for person in seen.persons:
            if person.track_id >= 0 and person.points is not None:
                body = body_of(person, seen.stamp_s, optical if seen.optical else np.eye(3))
                found.setdefault(person.track_id, []).append(body)
    return found


def _longest(found: dict[int, list[Body]], track: int, bag: Path) -> tuple[int, list[Body]]:
    if not found:
        raise MotionError(f'{bag} has no tracked person with points in space; allowed: a recording with depth, of '
                          f'several cameras, or lifted by pose_node')
    if track >= 0 and track not in found:
        raise MotionError(f'{bag} has no person {track} with points; allowed: {", ".join(map(str, sorted(found)))}')
    track = track if track >= 0 else max(found, key=lambda track_id: len(found[track_id]))
    return track, found[track]
