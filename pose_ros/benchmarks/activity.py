"""What activities cost, and how well they are told on performers: `activity.*`."""
from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from pose_ros.activity.activity import Activity, Kind
from pose_ros.activity.body import upright_from_optical
from pose_ros.activity.rules import read_rules
from pose_ros.activity.watcher import ActivitySettings, ActivityWatcher
from pose_ros.benchmarks.performers import Performance
from pose_ros.benchmarks.repertoire import EXERCISES, FALLS, SIGNALS, SIT, STAND, everyday, fall, repeat
from pose_ros.benchmarks.row import Row
from pose_ros.files import shipped_config
from pose_ros.skeletons import OPENPOSE18

_FLAWS = {'noise_m': 0.02, 'hidden': 0.03}
_PEOPLE = (1, 5, 20)
_EVERYDAY_S, _EVERYDAYS = 300.0, 12
_UPRIGHT = upright_from_optical()


def rows() -> list[Row]:
    """CPU milliseconds per image, and falls, false alarms, signals and repetitions with 20 mm noise and 3 % gaps."""
    return [*(_cost(count) for count in _PEOPLE), *_falls(), _false_alarms(), *_signals(), *_repetitions()]


def _settings() -> ActivitySettings:
    return ActivitySettings(rules=read_rules(shipped_config('exercises.yaml')))


def _told(performance: Performance, seed: int = 0) -> list[list[Activity]]:
    watcher = ActivityWatcher(_settings())
    persons = performance.persons(seed=seed, noise_m=_FLAWS['noise_m'], hidden=_FLAWS['hidden'])
    return [watcher.update([person], stamp_s, _UPRIGHT)[0]
            for stamp_s, person in zip(performance.stamps.tolist(), persons)]


def _labels(told: Sequence[Sequence[Activity]], kind: Kind) -> set[str]:
    return {one.label for activities in told for one in activities if one.kind is kind}


def _cost(people: int) -> Row:
    """Of what activity_node does: from the message of people to that of their activities."""
    from pose_ros.bridge.activities import activities_to_msg
    from pose_ros.nodes.activity_settings import ActivityNodeSettings
    from pose_ros.nodes.activity_stage import ActivityStage
    stage, spent = ActivityStage(_settings(), ActivityNodeSettings()), []
    for msg in _messages(people):
        start = time.process_time()
        _, found, _ = stage.watch(msg)
        activities_to_msg(found, msg.header, msg.camera)
        spent.append(time.process_time() - start)
    return Row(f'activity.{people}.ms', float(np.median(spent)) * 1e3, 'ms')


def _messages(people: int) -> Iterator[Any]:
    from std_msgs.msg import Header

    from pose_ros.bridge.convert import persons_to_msg
    performance = everyday(10.0)
    for number, persons in enumerate(zip(*(performance.persons(seed=seed, track_id=seed, noise_m=0.01)
                                           for seed in range(people)))):
        header = Header(frame_id='camera_optical_frame')
        header.stamp.sec, header.stamp.nanosec = divmod(number * 10**9 // 30, 10**9)
        yield persons_to_msg(persons, header=header, camera_name='/image', image_size=(640, 480), skeleton=OPENPOSE18,
                             model='', processing_ms=0.0, dropped_frames=0)


def _falls() -> list[Row]:
    clips = [fall(way, start) for way in FALLS for start in (STAND, SIT)]
    found = sum('fallen' in _labels(_told(clip, seed), Kind.FALL) for seed, clip in enumerate(clips))
    return [Row('activity.falls.found', found, ''), Row('activity.falls.all', len(clips), '')]


def _false_alarms() -> Row:
    alarms = 0
    for seed in range(_EVERYDAYS):
        images = _told(everyday(_EVERYDAY_S, seed), seed)
        told = [any(one.label == 'fallen' for one in activities) for activities in images]
        alarms += int((np.diff([False, *told]) & told).sum())
    return Row('activity.falls.false_per_hour', alarms * 3600 / (_EVERYDAY_S * _EVERYDAYS), '1/h')


def _signals() -> list[Row]:
    trials: list[tuple[str, Callable[[], Performance], int]] = [
        (name, make, seed) for name, make in SIGNALS.items() for seed in range(10)]
    right = sum(_labels(_told(make().turned(36 * seed), seed), Kind.GESTURE) == {name} for name, make, seed in trials)
    return [Row('activity.signals.right', right, ''), Row('activity.signals.all', len(trials), '')]


def _repetitions() -> list[Row]:
    errors = []
    for seed, (name, pose) in enumerate(EXERCISES.items()):
        told = _told(repeat(pose, 10, period_s=2.2), seed)[-1]
        errors.append(abs(10 - next((one.count for one in told if one.label == name), 0)))
    return [Row('activity.repetitions.worst_error', max(errors), '')]
