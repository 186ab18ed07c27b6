"""From camera to people with the real network: latency, drops and staleness at 30 images per second."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from pose_ros.benchmarks.row import Row
from pose_ros.benchmarks.timed_node import timed_node
from pose_ros.sources import open_source

if TYPE_CHECKING:
    from pose_ros.nodes.stopwatch import Timing

SIZES = ((640, 480), (1280, 720))
RATE_HZ = 30.0
CLIP = Path(__file__).parents[1] / 'demo_data' / 'people.mp4'
# Between what the node reports as processing and the stamp of the middleware the message is on its way into it.
PUBLISHING_MS = 3.0


def rows(count: int = 150, sizes: Sequence[tuple[int, int]] = SIZES, weights: str = '') -> list[Row]:
    """Latency from the stamp of an image to its people's message, and what became of the other images.

    The node is told to take no image older than one frame time. `stale` counts those that were older nevertheless.

    Args:
        count: images sent per size.
        sizes: (width, height) [px].
        weights: checkpoint; '' takes the one in the package.
    """
    with open_source(str(CLIP)) as clip:
        image = next(iter(clip)).image
    parameters = {'weights': weights, 'max_age_s': 1 / RATE_HZ}
    with timed_node('pose_node', parameters) as (stopwatch, _):
        return [row for size in sizes
                for row in summary(f'latency.{size[0]}x{size[1]}', count,
                                 stopwatch.time(cv2.resize(image, size), count, RATE_HZ))]


def summary(name: str, count: int, timings: Sequence[Timing]) -> list[Row]:
    """The rows of one size: quantiles of latency, and what became of the other images."""
    latencies = [timing.latency_ms for timing in timings]
    oldest_ms = 1e3 / RATE_HZ + PUBLISHING_MS
    quantiles = [Row(f'{name}.p{q}_ms', float(np.percentile(latencies, q)), 'ms') for q in (50, 95, 99)]
    return [*quantiles, Row(f'{name}.drop_ratio', 1 - len(timings) / count, ''),
            Row(f'{name}.stale', sum(timing.age_ms > oldest_ms for timing in timings), '')]
