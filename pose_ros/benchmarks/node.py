"""What pose_node costs beyond its network: from an image message to its people, on one CPU core."""
from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import numpy as np

from pose_ros.benchmarks.row import Row
from pose_ros.benchmarks.scenes import STRIDE, make_scene
from pose_ros.benchmarks.timed_node import timed_node
from pose_ros.estimators.fake import FakeEstimator
from pose_ros.skeletons import OPENPOSE18
from pose_ros.types import Person

WIDTH, HEIGHT = 640, 480
PEOPLE = 5
RATE_HZ = 30.0


def rows(count: int = 150) -> list[Row]:
    """Overhead per 640x480 bgr8 image with five people in it; the ways there and back through DDS are included.

    Args:
        count: images sent.
    """
    with timed_node('node', {}, room='pose_ros.benchmarks') as (stopwatch, cpu_s):
        before_s = cpu_s()
        timings = stopwatch.time(np.zeros((HEIGHT, WIDTH, 3), np.uint8), count, RATE_HZ)
        cpu_ms = (cpu_s() - before_s) * 1e3
    name = f'node.{WIDTH}x{HEIGHT}'
    p50, p95 = np.percentile([timing.latency_ms for timing in timings], (50, 95))
    return [Row(f'{name}.overhead_p50_ms', float(p50), 'ms'), Row(f'{name}.overhead_p95_ms', float(p95), 'ms'),
            Row(f'{name}.cpu_ms', cpu_ms / len(timings), 'ms'),
            Row(f'{name}.drop_ratio', 1 - len(timings) / count, '')]


def main(args: Sequence[str] | None = None) -> int:
    """Runs pose_node with people that cost nothing, on one core; the process that `rows` times."""
    from pose_ros.nodes.pose_node import PoseNode
    from pose_ros.nodes.running import run
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    scene = make_scene(PEOPLE, HEIGHT // STRIDE, WIDTH // STRIDE, seed=0)
    persons = [Person(OPENPOSE18, keypoints, np.isfinite(keypoints).all(1) * 0.9, 0.9) for keypoints in scene.keypoints]
    return run(lambda: PoseNode(lambda settings, grouping: FakeEstimator(persons)), args)


if __name__ == '__main__':
    sys.exit(main())
