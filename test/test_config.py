"""config/*.yaml names only parameters that exist, with values that are allowed."""
from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import yaml
from rclpy.parameter import Parameter

from pose_ros.nodes.activity_node import ActivityNode
from pose_ros.nodes.camera_node import CameraNode
from pose_ros.nodes.pose_node import PoseNode
from pose_ros.nodes.retarget_node import RetargetNode
from pose_ros.nodes.sim_robot_node import SimRobotNode

CONFIG = Path(__file__).parents[1] / 'config'
NODES = {'pose_node': PoseNode, 'camera_node': CameraNode, 'activity_node': ActivityNode,
         'retarget_node': RetargetNode, 'sim_robot_node': SimRobotNode}
FILES = sorted(path for path in CONFIG.glob('*.yaml') if 'ros__parameters' in path.read_text())


def flat(values: dict, prefix: str = '') -> dict:
    """{'a': {'b': 1}} -> {'a.b': 1}"""
    found = {}
    for name, value in values.items():
        found |= flat(value, f'{prefix}{name}.') if isinstance(value, dict) else {prefix + name: value}
    return found


@pytest.mark.parametrize('path', FILES, ids=lambda path: path.name)
def test_a_file_sets_only_real_parameters_to_legal_values(path, graph, tmp_path):
    cv2.imwrite(str(tmp_path / 'image.png'), np.zeros((4, 4, 3), np.uint8))
    for key, section in yaml.safe_load(path.read_text()).items():
        values = flat(section['ros__parameters'])
        name = key.removeprefix('/**/')
        overrides = {'camera_node': {'source': str(tmp_path)}, 'pose_node': {'autostart': False},
                     'activity_node': {'autostart': False}, 'retarget_node': {'autostart': False},
                     'sim_robot_node': {}}[name]
        node = graph.add(NODES[name](
            context=graph.context, namespace='/robot', cli_args=['--ros-args', '--params-file', str(path)],
            parameter_overrides=[Parameter(name, value=value) for name, value in overrides.items()]))
        got = {name: node.get_parameter(name).value for name in values}
        assert got == {**values, **{name: value for name, value in overrides.items() if name in values}}


def test_there_are_files():
    assert {'pose.yaml', 'camera.yaml'} <= {path.name for path in FILES}
