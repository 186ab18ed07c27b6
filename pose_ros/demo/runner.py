"""Runs camera_node and pose_node as a user would, over one source, and records what they publish."""
from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, fields
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from pose_ros.demo.recording import Recording, Truth
from pose_ros.demo.settings import DemoSettings
from pose_ros.demo.summary import Summary
from pose_ros.errors import GraphError
from pose_ros.processes import NodeGraph
from pose_ros.settings import Settings, default_of

if TYPE_CHECKING:
    from pose_ros.nodes.recorder import Recorder

CAMERA_DURATION_S = 10.0
_IMAGE_TOPIC = '/camera/image_raw'
_TOPICS = {'image': _IMAGE_TOPIC, 'persons': '/pose_node/persons', 'markers': '/pose_node/markers'}
_DRAIN_S = 10.0
_TURN_S = 0.1

Report = Callable[[str, int], None]


def changed_parameters(settings: Settings, prefix: str = '') -> dict[str, Any]:
    """The settings that differ from their defaults, by the name of their ROS parameter."""
    return {f'{prefix}{item.name}': getattr(settings, item.name) for item in fields(settings)
            if getattr(settings, item.name) != default_of(item)}


@dataclass(frozen=True)
class Plan:
    """One run of the demo.

    Attributes:
        source: what camera_node shows.
        length: images in it; None for a camera.
        rate_hz: of camera_node.
        folder: where everything goes.
        settings: of the demo.
        pose_parameters: ROS parameters of pose_node.
        truth: of the source, if it has any.
        camera_parameters: further ROS parameters of camera_node.
    """

    source: str
    length: int | None
    rate_hz: float
    folder: Path
    settings: DemoSettings
    pose_parameters: Mapping[str, Any]
    truth: Truth | None = None
    camera_parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def duration_s(self) -> float:
        """The demo stops after so long [s]; 0 = at the end of the source."""
        return self.settings.duration or (CAMERA_DURATION_S if self.length is None else 0.0)


@dataclass(frozen=True)
class _Watch:
    """Waits for things to happen in the graph, while the recorder is served and the nodes are watched."""

    graph: NodeGraph
    recorder: Recorder
    spin: Callable[[float], None]
    report: Report
    stop: Event

    def sees(self, condition: Callable[[], bool], what: str, timeout_s: float) -> bool:
        """Whether the condition holds before the time is over.

        Raises:
            GraphError: a node has died.
            KeyboardInterrupt: the demo has been told to stop.
        """
        end = time.monotonic() + timeout_s
        while not condition():
            if self.stop.is_set():
                raise KeyboardInterrupt
            if time.monotonic() > end:
                return False
            self.report(what, self.recorder.images)
            self.spin(_TURN_S)
            self.graph.check()
        return True

    def new_image(self, over: Callable[[], bool], timeout_s: float) -> bool:
        """Whether another image comes, or all is over, before the time is."""
        seen = self.recorder.images
        return self.sees(lambda: self.recorder.images > seen or over(), 'running', timeout_s)


def run_demo(plan: Plan, report: Report, stop: Event) -> Summary:
    """Run to the end of the source, or until it is told to stop.

    Args:
        plan: what to run.
        report: told (what is being done, images so far) several times a second.
        stop: set to end early.

    Raises:
        GraphError: a node died or did not answer in time. What was recorded until then is in the folder.
    """
    from pose_ros.bridge.bag_writer import BagWriter
    from pose_ros.nodes.recorder import recorder_in
    with ExitStack() as stack:
        bag = BagWriter(plan.folder / 'poses.mcap')
        recording = stack.enter_context(Recording(plan.folder, plan.rate_hz, bag, plan.truth))
        graph = stack.enter_context(NodeGraph(plan.folder / 'logs'))
        recorder, spin = stack.enter_context(recorder_in(graph.domain, _TOPICS, recording.add, recording.add_markers))
        complete = _complete(plan, _Watch(graph, recorder, spin, report, stop))
    return Summary.of(recording.figures, source=plan.source, complete=complete, frames_in=recorder.images,
                      device=recorder.device, ground_truth=plan.truth.score() if plan.truth else None)


def _complete(plan: Plan, watch: _Watch) -> bool:
    try:
        _start(plan, watch)
        _play(plan, watch)
        # The last image is still in the network.
        watch.sees(lambda: watch.recorder.is_up_to_date, 'finishing', _DRAIN_S)
    except KeyboardInterrupt:
        return False
    return True


def _start(plan: Plan, watch: _Watch) -> None:
    graph, recorder, timeout_s = watch.graph, watch.recorder, plan.settings.start_timeout

    def is_ready() -> bool:
        return recorder.hears('persons', 'markers')

    # Large images reach only reliable subscribers whole: Fast DDS sends them in fragments.
    graph.start('pose_node', {'image_topics': [_IMAGE_TOPIC], 'reliability': 'reliable', **plan.pose_parameters})
    watch.sees(lambda: is_ready() or bool(recorder.errors), 'starting pose_node', timeout_s)
    if not is_ready():
        why = '\n'.join(recorder.errors) or f'nothing is offered after {timeout_s:g} s'
        raise GraphError(f'pose_node cannot start, see its log in {graph.log_folder}: {why}')
    graph.start('camera_node', {'source': plan.source, 'bag_topic': plan.settings.bag_topic,
                                'rate_hz': plan.settings.rate, 'wait_for_subscribers': 2, 'reliability': 'reliable',
                                **plan.camera_parameters},
                namespace='/camera')
    if not watch.sees(lambda: recorder.images > 0, 'starting camera_node', timeout_s):
        raise GraphError(f'camera_node shows no image after {timeout_s:g} s; see its log in {graph.log_folder}')


def _play(plan: Plan, watch: _Watch) -> None:
    end = time.monotonic() + (plan.duration_s or float('inf'))

    def over() -> bool:
        return watch.graph.has_ended('camera_node') or time.monotonic() > end

    timeout_s = plan.settings.stall_timeout
    while not over():
        if not watch.new_image(over, timeout_s):
            raise GraphError(f'no image for {timeout_s:g} s; see the log of camera_node in {watch.graph.log_folder}')
    watch.graph.stop('camera_node')
