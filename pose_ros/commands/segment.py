"""`pose-ros segment`: where the motions of a recording begin and end."""
from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich import print as show
from rich.table import Table

from pose_ros.commands.options import with_settings
from pose_ros.demonstrations.settings import GestureSettings, SegmentSettings

RECORDING = typer.Argument(help='Recording of a demonstration (a folder, or the .mcap file in it)')


@with_settings(segments=SegmentSettings, gesture=GestureSettings)
def segment(recording: Annotated[Path, RECORDING], segments: SegmentSettings, gesture: GestureSettings) -> None:
    """Tell what a recording holds, and where its motions begin and end."""
    from pose_ros.bridge.demonstration_bag import read_demonstration
    from pose_ros.demonstrations.segment import segment as find
    demonstration = read_demonstration(recording)
    about, (begin, end) = demonstration.about, demonstration.span
    show(f'{recording.name}: {end - begin:.1f} s of {about.robot} ({len(about.joints)} joints) and '
         f'{about.skeleton.name} ({about.model or "unknown model"}), {len(demonstration.persons.stamps)} frames, '
         f'{len(demonstration.commands)} commands, {len(demonstration.measured)} joint states')
    table = Table('segment', 'begin \\[s]', 'end \\[s]', 'duration \\[s]')
    for number, part in enumerate(find(demonstration, segments, gesture)):
        table.add_row(str(number), *(f'{value:.2f}' for value in (part.begin - begin, part.end - begin,
                                                                  part.end - part.begin)))
    show(table)
