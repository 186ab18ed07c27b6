"""`pose-ros export`: recordings as a dataset for other people's learning."""
from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich import print as show

from pose_ros.commands.options import with_settings
from pose_ros.demonstrations.settings import EpisodeSettings, SegmentSettings


@with_settings(segments=SegmentSettings, episodes=EpisodeSettings)
def export(recordings: Annotated[list[Path], typer.Argument(help='Recordings of one robot')],
           segments: SegmentSettings, episodes: EpisodeSettings,
           to: Annotated[str, typer.Option(help='lerobot (v3.0), robomimic (HDF5) or csv')],
           out: Annotated[Path, typer.Option(help='Folder (lerobot, csv) or file (robomimic) to make')],
           whole: Annotated[bool, typer.Option(help='Every recording is one episode')] = False) -> None:
    """Write recordings as a LeRobot, robomimic or CSV dataset, an episode for every motion."""
    from pose_ros.bridge.demonstration_bag import read_demonstration
    from pose_ros.demonstrations.episode import cut
    from pose_ros.demonstrations.export import export as write
    from pose_ros.demonstrations.segment import Segment, segment
    demonstrations = [read_demonstration(path, episodes.images) for path in recordings]
    parts = [[Segment(*found.span)] if whole else segment(found, segments) for found in demonstrations]
    dataset = cut(list(zip(demonstrations, parts)), episodes)
    write(dataset, to, out)
    frames = sum(len(episode.times) for episode in dataset.episodes)
    show(f'{len(dataset.episodes)} episodes, {frames} frames of {dataset.about.robot} at {dataset.rate_hz} Hz: {out}')
