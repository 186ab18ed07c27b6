"""Identity over time: what it costs per frame and how well it is kept, beside ByteTrack where that is installed.

People wander in front of each other at 10 Hz, a tenth of the frames lost; detections have noise, gaps and ghosts.
"""
from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.util import find_spec
from typing import Any

import numpy as np

from pose_ros.benchmarks.row import Row
from pose_ros.synthetic.walkers import CAMERA, Clip, Flaws, film, wandering
from pose_ros.tracking.tracker import Tracker
from pose_ros.types import Person, TrackState

PEOPLE, RATE_HZ, LENGTH_S = (1, 5, 20), 10.0, 10.0
Tracked = Sequence[Sequence[Person]]


def crowd(people: int, rate_hz: float = RATE_HZ, length_s: float = LENGTH_S, seed: int = 0) -> Clip:
    """A clip of so many people."""
    rng = np.random.default_rng(seed)
    return film([wandering(rng) for _ in range(people)], rate_hz, length_s, rng, Flaws(dropped_frames=0.1))


def tracked(clip: Clip) -> tuple[Tracked, list[float]]:
    """Per frame whom this package's tracker publishes, and the CPU time [ms]."""
    tracker, frames, times = Tracker(), [], []
    for stamp, persons in zip(clip.stamps_s, clip.detections):
        start = time.thread_time()
        tracks = tracker.update(persons, stamp, (CAMERA.width, CAMERA.height))
        times.append(1e3 * (time.thread_time() - start))
        frames.append([track.person for track in tracks if track.state in (TrackState.TRACKED, TrackState.PREDICTED)])
    return frames, times


def byte_tracked(clip: Clip, rate_hz: float = RATE_HZ) -> tuple[Tracked, list[float]]:
    """The same of ByteTrack (Zhang et al. 2022) of the `trackers` library, on the boxes, with its default settings."""
    import supervision
    import trackers
    byte_track, frames, times = trackers.ByteTrackTracker(frame_rate=rate_hz), [], []
    for stamp, persons in zip(clip.stamps_s, clip.detections):
        boxes = np.array([[*one.bbox[:2], *(one.bbox[:2] + one.bbox[2:])] for one in persons], float).reshape(-1, 4)
        given = supervision.Detections(boxes, confidence=np.array([one.score for one in persons]),
                                       class_id=np.zeros(len(persons), int), data={'index': np.arange(len(persons))})
        start = time.thread_time()
        got: Any = byte_track.update(given, timestamp=float(stamp))
        times.append(1e3 * (time.thread_time() - start))
        frames.append([replace(persons[i], track_id=int(name))
                       for i, name in zip(got.data.get('index', []), got.tracker_id) if name >= 0])
    return frames, times


def rows() -> list[Row]:
    """CPU time per frame, IDF1, MOTA and identity switches at 1, 5 and 20 people."""
    kinds: dict[str, Callable[[Clip], tuple[Tracked, list[float]]]] = {'tracking': tracked}
    if find_spec('trackers') and find_spec('supervision'):
        kinds['tracking.byte_track'] = byte_tracked
    return [row for people in PEOPLE for name, track in kinds.items() for row in _rows(name, people, track)]


def _rows(name: str, people: int, track: Callable[[Clip], tuple[Tracked, list[float]]]) -> list[Row]:
    from pose_ros.training.tracking_evaluation import evaluate_tracks
    clip = crowd(people)
    frames, times = track(clip)
    scores = evaluate_tracks(clip.truth, frames)
    return [Row(f'{name}.{people}.cpu_p50_ms', float(np.median(times)), 'ms'),
            Row(f'{name}.{people}.idf1', scores.idf1, ''), Row(f'{name}.{people}.mota', scores.mota, ''),
            Row(f'{name}.{people}.switches', scores.switches, '')]
