"""The launch files and the RViz view name only what exists; with the real launch_ros, the nodes come up as asked."""
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
FILES = sorted((ROOT / 'launch').glob('*.launch.py'))
NODES = {path.stem for path in (ROOT / 'pose_ros' / 'nodes').glob('*_node.py')}
# All other parameters stand in the YAML files: where the images come from, and what rclpy gives to every node.
SET_BY_LAUNCH = {'source', 'use_sim_time'}
DEADLINE_S = 40.0

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

every_file = pytest.mark.parametrize('path', FILES, ids=lambda path: path.name)


def calls(path, *names):
    """Keyword arguments of every call of one of these names in a launch file."""
    found = [node for node in ast.walk(ast.parse(path.read_text(encoding='utf-8'))) if isinstance(node, ast.Call)]
    return [{keyword.arg: keyword.value for keyword in call.keywords}
            for call in found if ast.unparse(call.func) in names]


def own_nodes(path):
    """The nodes of this package that a launch file starts."""
    return [node for node in calls(path, 'LifecycleNode', 'Node') if node['package'].value == 'pose_ros']


@every_file
def test_a_launch_file_starts_programs_that_are_built(path):
    assert own_nodes(path)
    assert {node['executable'].value for node in own_nodes(path)} <= NODES


@every_file
def test_parameters_stand_in_files(path):
    given = [item for node in own_nodes(path) for item in node['parameters'].elts]
    assert {key.value for item in given if isinstance(item, ast.Dict) for key in item.keys} <= SET_BY_LAUNCH
    assert any(not isinstance(item, ast.Dict) for item in given)


@every_file
def test_every_argument_says_what_it_is(path):
    assert all('description' in argument for argument in calls(path, 'DeclareLaunchArgument'))


def test_the_topic_that_the_node_asks_for_is_remapped():
    (node,) = own_nodes(ROOT / 'launch' / 'pose.launch.py')
    remapped = [ast.literal_eval(pair.elts[0]) for pair in node['remappings'].elts]
    (default,) = [item.default_factory() for item in fields(InputSettings) if item.name == 'image_topics']
    depth = yaml.safe_load((ROOT / 'config' / 'depth.yaml').read_text(encoding='utf-8'))['/**/pose_node']
    assert remapped == default + depth['ros__parameters']['depth_topics']


def test_rviz_shows_the_topics_of_the_node():
    view = yaml.safe_load((ROOT / 'config' / 'pose.rviz').read_text(encoding='utf-8'))['Visualization Manager']
    topics = {display['Topic']['Value'] for display in view['Displays'] if 'Topic' in display}
    assert topics == {'/pose_node/markers', '/pose_node/overlay'}
    assert view['Global Options']['Fixed Frame'] == 'camera_optical_frame'


@pytest.fixture
def launched(graph, tmp_path):
    """Runs a launch file with arguments; at the end sends Ctrl-C to all its processes, as a terminal does."""
    if not importlib.util.find_spec('launch_ros'):
        pytest.skip('needs launch and launch_ros, which are not among the ROS wheels')
    processes = []

    def run(name, *arguments):
        environment = {**os.environ, 'ROS_LOG_DIR': str(tmp_path)}
        environment.setdefault('AMENT_PREFIX_PATH', sys.prefix)
        command = [sys.executable, '-c', RUN, str(ROOT / 'launch' / name), *arguments]
        processes.append(subprocess.Popen(command, env=environment, cwd=tmp_path, start_new_session=True))

    yield run
    for process in processes:
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(DEADLINE_S) == 0


def test_pose_node_comes_up_in_its_namespace_on_its_topic(graph, launched):
    probe = graph.node()
    launched('pose.launch.py', 'namespace:=robot', 'image:=/camera/image_raw', 'log_level:=warn')
    wait_until(lambda: probe.count_subscribers('/camera/image_raw'), DEADLINE_S, 'pose_node subscribes to the camera')
    assert probe.count_subscribers('/camera/camera_info')
    assert ('pose_node', '/robot') in probe.get_node_names_and_namespaces()
    topics = dict(probe.get_topic_names_and_types())
    assert {'/robot/pose_node/persons', '/robot/pose_node/markers', '/robot/pose_node/overlay'} <= set(topics)


def test_a_recording_is_published_to_pose_node(graph, launched, tmp_path):
    from pose_ros.bridge.qos import result_qos
    from pose_ros.msg import PersonPoseArray

    received = []
    graph.node().create_subscription(PersonPoseArray, '/lab/pose_node/persons', received.append, result_qos())
    clip, camera = ROOT / 'pose_ros' / 'demo_data' / 'people.mp4', tmp_path / 'camera.yaml'
    camera.write_text('/**/camera_node: {ros__parameters: {loop: true}}')
    launched('camera.launch.py', f'source:={clip}', f'camera_file:={camera}', 'namespace:=lab', 'log_level:=warn')
    wait_until(lambda: received, DEADLINE_S, 'people of the clip')
    assert received[0].source_frame == 'camera_optical_frame'
