"""`pose-ros run`: find the people in a video, folder of images, bag or camera, where no ROS is running."""
from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich import print as show

from pose_ros.commands.console import progress_bar
from pose_ros.commands.options import with_settings
from pose_ros.commands.outputs import Output, open_output
from pose_ros.errors import EstimatorError, ImageError, SourceError
from pose_ros.estimators.estimator import Estimator, EstimatorSettings
from pose_ros.grouping.settings import GroupingSettings
from pose_ros.sources import Frame, FrameSource
from pose_ros.stickers import read_sticker

if TYPE_CHECKING:
    from pose_ros.commands.story import Story

_LOG = logging.getLogger(__name__)


@dataclass
class _Tally:
    frames: int = 0
    failed: int = 0
    persons: int = 0
    processing_ms: float = 0.0


def _serve(frame: Frame, estimator: Estimator, outputs: Sequence[Output], tally: _Tally, story: Story | None) -> None:
    start = time.perf_counter()
    try:
        persons, = estimator.estimate([frame.image])
    except (EstimatorError, ImageError) as error:
        _LOG.warning('frame %s skipped: %s', frame.name, error)
        tally.failed += 1
        return
    spent_ms = 1e3 * (time.perf_counter() - start)
    if story:
        persons = story.follow(frame, persons)
    for output in outputs:
        output.write(frame, persons, spent_ms)
    tally.frames += 1
    tally.persons += len(persons)
    tally.processing_ms += spent_ms


def _serve_all(source: FrameSource, estimator: Estimator, outputs: Sequence[Output], duration_s: float,
               story: Story | None) -> _Tally:
    tally = _Tally()
    with progress_bar() as bar:
        task = bar.add_task(Path(source.name).name, total=source.length)
        first_ns: int | None = None
        for frame in source:
            first_ns = frame.stamp_ns if first_ns is None else first_ns
            if duration_s and frame.stamp_ns - first_ns >= duration_s * 1e9:
                break
            _serve(frame, estimator, outputs, tally, story)
            bar.advance(task)
        bar.update(task, total=tally.frames + tally.failed)
    return tally


def _output_paths(given: Sequence[Path], source: str, length: int | None) -> Sequence[Path]:
    if Path(source).resolve() in [path.resolve() for path in given]:
        raise SourceError(f'{source} is the source; allowed: to write other files')
    return given or [Path('out', f'{Path(source).stem}{".png" if length == 1 else ".mp4"}')]


@with_settings(estimator=EstimatorSettings, grouping=GroupingSettings)
def run(source: Annotated[str, typer.Argument(help='Video, folder of images, image, bag, or camera (0, /dev/video0)')],
        output: Annotated[list[Path], typer.Option(
            '--output', '-o', help='What to write, by its suffix: .mp4 and .png with skeletons drawn on the images, '
            '.mcap a bag, .json; several times for several. Default: out/<name>.mp4')] = [],  # noqa: B006
        topic: Annotated[str, typer.Option(help='Image topic of a bag; default: the one with most images')] = '',
        duration: Annotated[float, typer.Option(help='Stop after so much of the source [s]; 0: at its end')] = 0.0,
        follow: Annotated[bool, typer.Option(help='Also follow people over time, guess where they are in space, and '
                                             'write below them what they do')] = False,
        sticker: Annotated[list[str], typer.Option(help='Picture or text fixed to a limb: hat.png@neck-nose:1.5 or '
                                                   'text:Ann@left_hip-right_hip; several times for several')] = [],  # noqa: B006
        *, estimator: EstimatorSettings, grouping: GroupingSettings) -> None:
    """Find the people in SOURCE and write a video, a picture, a bag or JSON. Needs no running ROS."""
    from pose_ros.bridge.bags import open_frames
    from pose_ros.commands.story import Drawing, Story
    from pose_ros.estimators import load
    with ExitStack() as stack:
        frames = stack.enter_context(open_frames(source, topic))
        model = stack.enter_context(closing(load(estimator, grouping)))
        paths = _output_paths(output, source, frames.length)
        story = Story(model.skeleton, frames) if follow else None
        draw = Drawing([read_sticker(text) for text in sticker], story)
        outputs = [stack.enter_context(closing(open_output(path, frames, model, draw))) for path in paths]
        tally = _serve_all(frames, model, outputs, duration, story)
    if not tally.frames:
        raise SourceError(f'none of the {tally.failed} frames of {frames.name} could be served')
    show(f'{tally.persons} people in {tally.frames} frames, {tally.processing_ms / tally.frames:.1f} ms per frame '
         f'({model.model} on {model.device}){f", {tally.failed} frames failed" if tally.failed else ""}')
    for path in paths:
        show(f'  {path}')
