"""pose_node as a process: it ends cleanly on a signal in every state, and refuses bad parameters."""
from __future__ import annotations

import signal
import subprocess
import sys

import pytest
import torch
from conftest import DEADLINE_S, wait_until
from lifecycle_msgs.srv import GetState
from rclpy.client import Client

from pose_ros.networks.checkpoint import save_openpose
from pose_ros.networks.openpose import OpenPoseNet, OpenPoseShape

TINY = OpenPoseShape(widths=(8, 8, 8, 8), blocks=(1, 1, 1, 1), features=8, stages=1)


@pytest.fixture
def start(ros_domain):
    """Starts the process with parameters; kills it if the test has not ended it."""
    running = []

    def launch(**values: object) -> subprocess.Popen:
        arguments = [argument for name, value in values.items() for argument in ('-p', f'{name}:={value}')]
        running.append(subprocess.Popen([sys.executable, '-m', 'pose_ros.nodes.pose_node', '--ros-args', *arguments],
                                        stderr=subprocess.PIPE, text=True))
        return running[-1]

    yield launch
    for process in running:
        process.kill()
        process.wait()


@pytest.fixture
def weights(tmp_path) -> str:
    torch.manual_seed(0)
    save_openpose(tmp_path / 'tiny.safetensors', OpenPoseNet(TINY), {})
    return str(tmp_path / 'tiny.safetensors')


def state_of(client: Client) -> str:
    """State of pose_node, '' while it does not answer."""
    if not client.service_is_ready():
        return ''
    future = client.call_async(GetState.Request())
    wait_until(future.done)
    return future.result().current_state.label


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize('state', ['unconfigured', 'active'])
def test_a_signal_ends_it_cleanly_in_every_state(graph, start, weights, state, number):
    client = graph.node().create_client(GetState, '/pose_node/get_state')
    process = start(weights=weights, device='cpu', autostart=str(state == 'active').lower())
    wait_until(lambda: state_of(client) == state, 2 * DEADLINE_S, what=state)
    process.send_signal(number)
    _, errors = process.communicate(timeout=DEADLINE_S)
    assert process.returncode == 0 and 'Traceback' not in errors, errors


@pytest.mark.parametrize(('values', 'parts'), [
    ({'image_topics': '[]'}, ('image_topics', 'one or more names')),
    ({'marker_distance_m': '-1.0'}, ('marker_distance_m', '0.1')),
    ({'device': '5'}, ('device', 'allowed')),
])
def test_it_refuses_bad_parameters(start, values, parts):
    process = start(**values)
    _, errors = process.communicate(timeout=DEADLINE_S)
    assert process.returncode == 1 and all(part in errors for part in parts) and 'Traceback' not in errors, errors
