"""Nodes as processes: a failure is told with its last words, and none outlives the one who started it."""
import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
from conftest import wait_until

from pose_ros.errors import GraphError
from pose_ros.processes import NodeGraph, free_domain
from pose_ros.video import VideoWriter

ENDLESS = """
import signal, sys, time
from pathlib import Path
from pose_ros.processes import NodeGraph
with NodeGraph(Path(sys.argv[1])) as graph:
    graph.start('camera_node', {'source': sys.argv[2], 'loop': True})
    while True:
        graph.check()
        time.sleep(0.05)
"""


@pytest.fixture
def clip(tmp_path):
    with VideoWriter(tmp_path / 'clip.mp4', 20.0) as video:
        for shade in range(5):
            video.write(np.full((48, 64, 3), shade, np.uint8))
    return str(tmp_path / 'clip.mp4')


def children_of(pid):
    return [int(child) for child in Path(f'/proc/{pid}/task/{pid}/children').read_text().split()]


def is_alive(pid):
    stat = Path(f'/proc/{pid}/stat')
    return stat.exists() and stat.read_text().rpartition(')')[2].split()[0] != 'Z'


def test_a_node_plays_its_source_and_ends_well(tmp_path, clip):
    with NodeGraph(tmp_path / 'logs') as graph:
        graph.start('camera_node', {'source': clip}, namespace='/left')
        wait_until(lambda: graph.has_ended('camera_node'))
        graph.check()
    log = (tmp_path / 'logs' / 'camera_node.log').read_text()
    assert '5 images published' in log and 'left.camera_node' in log


@pytest.mark.parametrize('source', ['0', 'nothing.mp4'])
def test_a_node_that_dies_is_an_error_with_its_last_words(tmp_path, source):
    with NodeGraph(tmp_path) as graph, pytest.raises(GraphError, match='camera_node has died') as error:
        graph.start('camera_node', {'source': source})
        wait_until(lambda: graph.check())
    assert f'{tmp_path}/camera_node.log' in str(error.value)
    assert ('no camera /dev/video0' if source == '0' else "no source 'nothing.mp4'") in str(error.value)


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGKILL])
def test_nodes_end_with_their_parent(tmp_path, clip, number):
    parent = subprocess.Popen([sys.executable, '-c', ENDLESS, str(tmp_path), clip], stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: children_of(parent.pid))
        node, = children_of(parent.pid)
        parent.send_signal(number)
        parent.wait(30)
        wait_until(lambda: not is_alive(node))
    finally:
        parent.kill()


def test_a_node_can_be_stopped_before_the_others(tmp_path, clip):
    with NodeGraph(tmp_path) as graph:
        graph.start('camera_node', {'source': clip, 'loop': True})
        graph.stop('camera_node')
        graph.check()


def test_graphs_at_the_same_time_have_domains_of_their_own(tmp_path):
    with NodeGraph(tmp_path / 'a') as first, NodeGraph(tmp_path / 'b') as second:
        assert first.domain != second.domain
    assert str(first.domain) not in os.environ.get('ROS_DOMAIN_ID', '')


def test_no_free_domain_is_an_error(monkeypatch):
    with ExitStack() as stack:
        taken = free_domain(stack)
        monkeypatch.setattr('pose_ros.processes._DOMAINS', range(taken, taken + 1))
        with pytest.raises(GraphError, match='no free ROS domain'):
            free_domain(stack)
