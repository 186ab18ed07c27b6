"""`pose-ros report`: what people did in a recording, as a page to read."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer
from rich import print as show

from pose_ros.commands.console import progress_bar
from pose_ros.drawing import draw_persons
from pose_ros.errors import SourceError
from pose_ros.files import shipped_config, written_whole

if TYPE_CHECKING:
    from pose_ros.bridge.persons_reader import Seen
    from pose_ros.reports.page import Still

_FLAT = ('These people have no points in space, so nothing can be told but who was there: record them with a depth '
         'camera, several cameras, or the lifting of pose_node.')
Fall = tuple[int, 'Seen']


def report(bag: Annotated[Path, typer.Argument(help='Bag with PersonPoseArray, and with images for stills of falls')],
           output: Annotated[Path, typer.Option('--output', '-o', help='Page to write')] = Path('out/report.html'),
           topic: Annotated[str, typer.Option(help='Topic of the people; default: the one with most messages')] = '',
           camera: Annotated[str, typer.Option(help='Of several cameras on it, whose people; default: the first')] = '',
           exercises: Annotated[Path | None, typer.Option(help='YAML file of exercises')] = None,
           pitch: Annotated[float, typer.Option(help='How far the camera looked down [deg]')] = 0.0) -> None:
    """Write a one-page report: who was there when, falls, activities on a time line, repetitions, gait."""
    from pose_ros.activity.body import upright_from_optical
    from pose_ros.activity.rules import read_rules
    from pose_ros.activity.watcher import ActivitySettings, ActivityWatcher
    from pose_ros.reports.diary import Diary
    from pose_ros.reports.page import render
    rules = read_rules(exercises or shipped_config('exercises.yaml'))
    watcher, optical, diary = ActivityWatcher(ActivitySettings(rules=rules)), upright_from_optical(pitch), Diary()
    falls: list[Fall] = []
    spatial = False
    for seen in _people(bag, topic, camera):
        found = watcher.update(seen.persons, seen.stamp_s, optical if seen.optical else np.eye(3))
        falls += [(track_id, seen) for track_id in diary.note(seen.stamp_s, found)]
        spatial |= any(person.points is not None and person.points.known.any() for person in seen.persons)
    page = render(diary, bag.stem, _stills(bag, falls), [] if spatial or not diary.people else [_FLAT])
    output.parent.mkdir(parents=True, exist_ok=True)
    with written_whole(output) as file:
        file.write(page.encode())
    show(f'{len(diary.people)} people, {len(falls)} falls\n  {output}')


def _people(bag: Path, topic: str, camera: str) -> Iterator[Seen]:
    """The people of one camera, with a progress bar."""
    from pose_ros.bridge.persons_reader import persons_topics, read_persons
    total = max(persons_topics(bag).values(), default=None)
    with progress_bar() as bar:
        task = bar.add_task(bag.name, total=total)
        for seen in read_persons(bag, topic):
            bar.advance(task)
            camera = camera or seen.camera
            if seen.camera == camera:
                yield seen


def _stills(bag: Path, falls: list[Fall]) -> list[Still]:
    """A picture of each fall: the image of that moment where the bag has it, else the skeleton alone."""
    from pose_ros.bridge.bags import BagSource
    from pose_ros.reports.page import Still
    images: dict[int, np.ndarray] = {}
    if falls:
        try:
            with closing(BagSource(bag)) as frames:
                wanted = {round(seen.stamp_s * 1e3) for _, seen in falls}
                images = {round(frame.stamp_ns / 1e6): frame.image for frame in frames
                          if round(frame.stamp_ns / 1e6) in wanted}
        except SourceError:
            images = {}  # a bag of people without images
    return [Still(track_id, seen.stamp_s, _drawn(seen, images.get(round(seen.stamp_s * 1e3)), track_id))
            for track_id, seen in falls]


def _drawn(seen: Seen, image: np.ndarray | None, track_id: int) -> np.ndarray:
    width, height = seen.image_size
    canvas = np.full((height, width, 3), 235, np.uint8) if image is None else image
    return draw_persons(canvas, [person for person in seen.persons if person.track_id == track_id])
