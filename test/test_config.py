"""config/*.yaml names only parameters that exist, with values that are allowed."""
from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from rclpy.parameter import Parameter

from pose_ros.nodes.camera_node import CameraNode
from pose_ros.nodes.pose_node import PoseNode

CONFIG = Path(__file__).parents[1] / 'config'
NODES = {'pose_node': PoseNode, 'camera_node': CameraNode}
FILES = sorted(CONFIG.glob('*.yaml'))


def flat(values: dict, prefix: str = '') -> dict:
    """{'a': {'b': 1}} -> {'a.b': 1}"""
    found = {}
    for name, value in values.items():
        found |= flat(value, f'{prefix}{name}.') if isinstance(value, dict) else {prefix + name: value}
    return found


@pytest.mark.parametrize('path', FILES, ids=lambda path: path.name)
def test_a_file_sets_only_real_parameters_to_legal_values(path, graph, tmp_path):
    for key, section in yaml.safe_load(path.read_text()).items():
        values = flat(section['ros__parameters'])
        overrides = {'autostart': False, **values} if key.endswith('pose_node') else {**values, 'source': str(tmp_path)}
        (tmp_path / 'image.png').write_bytes(b'')
        parameters = [Parameter(name, value=value) for name, value in overrides.items()]
        node = graph.add(NODES[key.split('/')[-1]](context=graph.context, parameter_overrides=parameters))
        unknown = [name for name in values if not node.has_parameter(name)]
        assert not unknown
        assert {name: node.get_parameter(name).value for name in values if name != 'source'} == {
            name: value for name, value in values.items() if name != 'source'}


def test_there_are_files():
    assert {'pose.yaml', 'camera.yaml'} <= {path.name for path in FILES}
