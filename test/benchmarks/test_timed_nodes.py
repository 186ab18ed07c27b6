"""The benchmarks of nodes run real processes and count what they say they count."""
from __future__ import annotations

import numpy as np
import pytest

from pose_ros.benchmarks import latency, node
from pose_ros.benchmarks.timed_node import timed_node
from pose_ros.errors import GraphError
from pose_ros.nodes.stopwatch import Timing


def test_node_overhead_is_measured_on_a_real_graph():
    values = {row.name: row.value for row in node.rows(count=20, crowds=(2,))}
    for name in ('node.640x480.2', 'node.640x480.2.depth'):
        assert 0 < values[f'{name}.overhead_p50_ms'] <= values[f'{name}.overhead_p95_ms']
        assert values[f'{name}.cpu_ms'] >= 0 and 0 <= values[f'{name}.drop_ratio'] < 1
    assert (values['node.640x480.2.in_metres'], values['node.640x480.2.depth.in_metres']) == (0, 2)


def test_latencies_and_stale_images_are_counted():
    timings = [Timing(latency_ms=30.0 + number, age_ms=10.0 + number) for number in range(100)]
    values = {row.name: row.value for row in latency.summary('x', 200, timings)}
    assert (values['x.p50_ms'], values['x.drop_ratio']) == (79.5, 0.5)
    oldest = 1e3 / latency.RATE_HZ + latency.PUBLISHING_MS
    assert values['x.stale'] == np.sum(10.0 + np.arange(100) > oldest)


def test_a_node_that_dies_says_why():
    with pytest.raises(GraphError, match='nowhere.safetensors'), timed_node(
            'pose_node', {'image_topics': ['/nowhere.safetensors', '/nowhere.safetensors']}):
        pass
