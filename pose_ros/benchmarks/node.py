"""What pose_node costs beyond its network: from an image message to its people, on one CPU core."""
from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from pose_ros.benchmarks.row import Row
from pose_ros.benchmarks.timed_node import timed_node
from pose_ros.estimators.fake import FakeEstimator
from pose_ros.lifting.depth_image import DepthImage
from pose_ros.skeletons import OPENPOSE18
from pose_ros.synthetic.depth_scenes import CAMERA, flesh, render
from pose_ros.synthetic.stick_people import looking_along_x, placed, reaching, transformed
from pose_ros.types import Person

CROWDS = (1, 5, 20)
USUAL = 5  # people without depth: the rows whose names say nothing more
RATE_HZ = 30.0
_NODE = f'node.{CAMERA.width}x{CAMERA.height}'
_DEPTH_TOPIC, _ROW = '/depth/image', 5
# The process that is timed is told by its environment how many people its network finds.
_COUNT = 'POSE_ROS_BENCHMARK_PEOPLE'


def rows(count: int = 150, crowds: Sequence[int] = CROWDS) -> list[Row]:
    """Overhead per 640x480 bgr8 image; the ways there and back through DDS are included.

    Without depth, and with a 16UC1 depth image for each image: tracked, lifted, smoothed.

    Args:
        count: images sent.
        crowds: how many people.
    """
    return [row for people in crowds for depth in (False, True) for row in _rows(count, people, depth)]


def _rows(count: int, people: int, with_depth: bool) -> list[Row]:
    parameters = {'depth_topics': [_DEPTH_TOPIC]} if with_depth else {}
    depth = DepthImage(np.round(_crowd(people)[1] * 1000).astype(np.uint16)) if with_depth else None
    with _told(people), timed_node('node', parameters, room='pose_ros.benchmarks') as (stopwatch, cpu_s):
        before_s = cpu_s()
        image = np.zeros((CAMERA.height, CAMERA.width, 3), np.uint8)
        timings = stopwatch.time(image, count, RATE_HZ, depth=depth, camera=CAMERA)
        cpu_ms = (cpu_s() - before_s) * 1e3
    name = f'{_NODE}.{people}{".depth" if with_depth else ""}' if with_depth or people != USUAL else _NODE
    p50, p95 = np.percentile([timing.latency_ms for timing in timings], (50, 95))
    return [Row(f'{name}.overhead_p50_ms', float(p50), 'ms'), Row(f'{name}.overhead_p95_ms', float(p95), 'ms'),
            Row(f'{name}.cpu_ms', cpu_ms / len(timings), 'ms'),
            Row(f'{name}.drop_ratio', 1 - len(timings) / count, ''),
            Row(f'{name}.in_metres', stopwatch.in_metres, 'people')]


@contextmanager
def _told(people: int) -> Iterator[None]:
    os.environ[_COUNT] = str(people)
    try:
        yield
    finally:
        del os.environ[_COUNT]


def _crowd(people: int) -> tuple[list[Person], np.ndarray]:
    """People in rows of five, all of them in the image, and their depth [m]."""
    rng, points = np.random.default_rng(people), []
    for place in range(people):
        distance, side = 2.5 + place // _ROW, (place % _ROW - (min(people, _ROW) - 1) / 2) * 0.25
        body = placed(reaching(1.7, rng, 0.5), np.array([distance, side * distance]), np.pi)
        points.append(transformed(looking_along_x(1.0), body))
    depth = render(CAMERA, [capsule for one in points for capsule in flesh(one)], 7.0)
    persons = [Person(OPENPOSE18, CAMERA.project(one), np.full(len(one), 0.9), 0.9) for one in points]
    return persons, depth + rng.normal(0, 0.01, depth.shape)


def main(args: Sequence[str] | None = None) -> int:
    """Runs pose_node with people that cost nothing, on one core; the process that `rows` times."""
    from pose_ros.nodes.pose_node import PoseNode
    from pose_ros.nodes.running import run
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    persons, _ = _crowd(int(os.environ.get(_COUNT, '5')))
    return run(lambda: PoseNode(lambda settings, grouping: FakeEstimator(persons)), args)


if __name__ == '__main__':
    sys.exit(main())
