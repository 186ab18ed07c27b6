"""`pose-ros demo`: real nodes in a real ROS graph over a clip, and what they found."""
from __future__ import annotations

import math
import signal
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from threading import Event
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from pose_ros.commands.console import progress_bar
from pose_ros.commands.options import with_settings
from pose_ros.demo.ground_truth import GroundTruth
from pose_ros.demo.recording import Truth
from pose_ros.demo.robot import run_robot
from pose_ros.demo.runner import Plan, changed_parameters, run_demo
from pose_ros.demo.settings import DemoSettings
from pose_ros.demo.summary import Summary
from pose_ros.estimators.estimator import EstimatorSettings
from pose_ros.grouping.settings import GroupingSettings
from pose_ros.sources import FrameSource
from pose_ros.sources.rgbd import depth_path

CLIP = Path(__file__).resolve().parents[1] / 'demo_data' / 'people.mp4'
SPACE_CLIP = CLIP.with_name('walkers.mp4')
_DEPTH_TOPIC = '/camera/depth/image_raw'
RESULTS = ('overlay.mp4', 'overlay.png', 'poses.mcap', 'summary.json')
FLOOR = 'floor.png'


def _plan(source: str, folder: Path, settings: DemoSettings, estimator: EstimatorSettings,
          grouping: GroupingSettings) -> Plan:
    from pose_ros.bridge.bags import open_frames
    has_depth = depth_path(Path(source)).exists()
    parameters = changed_parameters(estimator) | changed_parameters(grouping, 'grouping.')
    with open_frames(source, settings.bag_topic) as frames:
        return Plan(source, frames.length, settings.rate or frames.rate_hz, folder, settings,
                    parameters | ({'depth_topics': [_DEPTH_TOPIC]} if has_depth else {}), _truth(source, frames),
                    {'depth_noise': settings.depth_noise} if has_depth else {})


def _truth(source: str, frames: FrameSource) -> Truth | None:
    from pose_ros.demo.space_truth import SpaceTruth
    from pose_ros.synthetic.depth_clip import depth_clip
    path = Path(source).resolve()
    if path == SPACE_CLIP:
        return SpaceTruth(depth_clip(seed=None))
    return GroundTruth(frames, CLIP.with_suffix('.json')) if path == CLIP else None


def _stop_event() -> Event:
    """Set by Ctrl-C and SIGTERM, so that no message is cut in half; a second one ends the process at once."""
    stop = Event()

    def on_signal(number: int, _: object) -> None:
        stop.set()
        signal.signal(number, signal.SIG_DFL)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)
    return stop


def _run(plan: Plan) -> Summary:
    expected = [count for count in (plan.length, round(plan.duration_s * plan.rate_hz)) if count]
    with progress_bar() as bar:
        task = bar.add_task('', total=min(expected, default=None))
        return run_demo(plan, lambda what, images: bar.update(task, description=what, completed=images), _stop_event())


def _table(summary: Summary) -> Table:
    rate = f' ({summary.rate_hz:.1f} Hz)' if math.isfinite(summary.rate_hz) else ''
    table = Table(show_header=False)
    for name, value in (
            ('source', Path(summary.source).name), ('model', f'{summary.model} on {summary.device or "?"}'),
            ('images in', summary.frames_in), ('published', f'{summary.published}{rate}'),
            ('dropped for newer ones', summary.dropped), ('people', summary.persons),
            ('latency p50 / p95 / p99', ' / '.join(f'{value:.0f}' for value in summary.latency_ms.values()) + ' ms')):
        table.add_row(name, str(value))
    for name, value in _agreement(summary.ground_truth or {}):
        table.add_row(name, value)
    return table


def _agreement(truth: Mapping[str, float]) -> Iterator[tuple[str, str]]:
    if 'mean_oks' in truth:
        yield 'against the ground truth', (f'mean OKS {truth["mean_oks"]:.2f}, recall {truth["recall"]:.2f} '
                                           f'of {truth["people"]} people')
    if 'idf1' in truth:
        yield 'identities', f'IDF1 {truth["idf1"]:.2f} of {truth["people"]} people, {truth["switches"]} switched'
        yield 'places', (f'{1e3 * truth["median_error_m"]:.0f} mm off (median), {1e3 * truth["p95_error_m"]:.0f} mm '
                         f'(95 %) of {truth["points"]} points')


@with_settings(settings=DemoSettings, estimator=EstimatorSettings, grouping=GroupingSettings)
def demo(source: Annotated[str, typer.Argument(help='Video, folder of images, image, bag, or camera (0, /dev/video0)',
                                               show_default='the two clips shipped')] = '',
         out: Annotated[Path, typer.Option(help='Folder for the results')] = Path('out/demo'),
         *, settings: DemoSettings, estimator: EstimatorSettings, grouping: GroupingSettings) -> None:
    """Run camera_node and pose_node over SOURCE in a ROS domain of their own, and record what they publish.

    Leaves overlay.mp4, overlay.png, poses.mcap, summary.json and the logs of the nodes. Ctrl-C ends it early, and
    leaves the same. Without SOURCE there are two clips; the second has depth, and floor.png shows who went where. Then
    a simulated robot moves like one of the people in it: robot.mp4, and robot.png with its joints and their limits.
    """
    for clip, folder in {source: out}.items() if source else {str(CLIP): out, str(SPACE_CLIP): out / 'space'}.items():
        plan = _plan(clip, folder, settings, estimator, grouping)
        _show(plan)
    if not source:
        _show_robot(out, plan.pose_parameters)


def _show(plan: Plan) -> None:
    plan.folder.mkdir(parents=True, exist_ok=True)
    for name in (*RESULTS, FLOOR):
        (plan.folder / name).unlink(missing_ok=True)
    summary, results = _run(plan), list(RESULTS)
    summary.save(plan.folder / 'summary.json')
    from pose_ros.demo.space_truth import SpaceTruth
    if isinstance(plan.truth, SpaceTruth):
        plan.truth.plan.save(plan.folder / FLOOR)
        results.append(FLOOR)
    console = Console()
    console.print(_table(summary))
    for name in results:
        console.print(f'  {plan.folder / name}', highlight=False)
    if not summary.complete:
        raise typer.Exit(130)


def _show_robot(folder: Path, pose_parameters: Mapping[str, Any]) -> None:
    if find_spec('pinocchio') is None:
        Console().print('no robot: pip install "pose_ros[robot]" brings what it needs', highlight=False)
        return
    stop = _stop_event()
    try:
        with progress_bar() as bar:
            task = bar.add_task('', total=None)
            names = run_robot(str(SPACE_CLIP), folder, pose_parameters, lambda what: bar.update(task, description=what),
                              stop)
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    for name in names:
        Console().print(f'  {folder / name}', highlight=False)
