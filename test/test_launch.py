"""The launch file and the RViz view name only what exists; with the real launch_ros, the node comes up as asked."""
import ast
import importlib.util
import os
import signal
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
import yaml
from conftest import wait_until

from pose_ros.nodes.settings import InputSettings

ROOT = Path(__file__).parents[1]
LAUNCH = ROOT / 'launch' / 'pose.launch.py'
NODES = {path.stem for path in (ROOT / 'pose_ros' / 'nodes').glob('*_node.py')}
# Every node has it, from rclpy.
KNOWN_PARAMETERS = {'use_sim_time'}

RUN = """
import sys
from launch import LaunchService
from launch.actions import IncludeLaunchDescription
from launch.launch_description_sources import PythonLaunchDescriptionSource

path, *arguments = sys.argv[1:]
service = LaunchService()
service.include_launch_description(IncludeLaunchDescription(
    PythonLaunchDescriptionSource(path), launch_arguments=[argument.split(':=') for argument in arguments]))
sys.exit(service.run())
"""


def calls(name):
    """Keyword arguments of every call of that name in the launch file."""
    tree = ast.parse(LAUNCH.read_text(encoding='utf-8'))
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == name]
    return [{keyword.arg: keyword.value for keyword in call.keywords} for call in found]


def test_it_sets_no_parameter_beside_the_file():
    (node,) = calls('LifecycleNode')
    given = [item for item in node['parameters'].elts if isinstance(item, ast.Dict)]
    assert {key.value for item in given for key in item.keys} == KNOWN_PARAMETERS


def test_it_starts_programs_that_are_built():
    assert {node['executable'].value for node in calls('LifecycleNode')} <= NODES


def test_it_remaps_the_topic_that_the_node_asks_for():
    (node,) = calls('LifecycleNode')
    remapped = [ast.literal_eval(pair.elts[0]) for pair in node['remappings'].elts]
    (default,) = [item.default_factory() for item in fields(InputSettings) if item.name == 'image_topics']
    assert remapped == default


def test_every_argument_says_what_it_is():
    assert all('description' in argument and 'default_value' in argument for argument in calls('DeclareLaunchArgument'))


def test_rviz_shows_the_topics_of_the_node():
    view = yaml.safe_load((ROOT / 'config' / 'pose.rviz').read_text(encoding='utf-8'))['Visualization Manager']
    topics = {display['Topic']['Value'] for display in view['Displays'] if 'Topic' in display}
    assert topics == {'/pose_node/markers', '/pose_node/overlay'}
    assert view['Global Options']['Fixed Frame'] == 'camera_optical_frame'


@pytest.fixture
def launched(graph, tmp_path):
    """Runs pose.launch.py with arguments; sends Ctrl-C at the end and asserts that it ends well."""
    if not importlib.util.find_spec('launch_ros'):
        pytest.skip('needs launch and launch_ros, which are not among the ROS wheels')
    processes = []

    def run(*arguments):
        environment = {**os.environ, 'ROS_LOG_DIR': str(tmp_path)}
        command = [sys.executable, '-c', RUN, str(LAUNCH), *arguments]
        processes.append(subprocess.Popen(command, env=environment, cwd=tmp_path))

    yield run
    for process in processes:
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0


def test_the_node_comes_up_in_its_namespace_on_its_topic(graph, launched):
    probe = graph.node()
    launched('namespace:=robot', 'image:=/camera/image_raw', 'log_level:=warn')
    wait_until(lambda: probe.count_subscribers('/camera/image_raw'), 40, 'pose_node subscribes to the camera')
    names = {f'{namespace.rstrip("/")}/{name}' for name, namespace in probe.get_node_names_and_namespaces()}
    assert '/robot/pose_node' in names
    topics = dict(probe.get_topic_names_and_types())
    assert {'/robot/pose_node/persons', '/robot/pose_node/markers', '/robot/pose_node/overlay'} <= set(topics)
    assert probe.count_subscribers('/camera/camera_info')
