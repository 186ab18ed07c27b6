"""A room imports only rooms above it, and only some rooms may know torch, ROS or the messages.

These lists are the architecture: change them in the commit that changes the plan, with a reason.
"""

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / 'pose_ros'

# From the ground up: a room may import itself and every room before it.
ROOMS = (
    'errors', 'files', 'skeletons', 'types', 'settings', 'yaml_entry', 'image', 'camera', 'transforms', 'networks',
    'weights', 'grouping', 'estimators', 'drawing', 'stickers', 'video', 'sources', 'tracking', 'filtering',
    'lifting', 'space', 'activity', 'motion_capture', 'reports', 'retargeting', 'demonstrations', 'synthetic',
    'training', 'bridge', 'nodes', 'processes', 'benchmarks', 'doctor', 'reference', 'demo', 'commands', 'cli',
)  # fmt: skip

ROS = {
    'ament_index_python', 'builtin_interfaces', 'cv_bridge', 'diagnostic_msgs', 'geometry_msgs', 'hri_msgs',
    'launch', 'launch_ros', 'lifecycle_msgs', 'rcl_interfaces', 'rclpy', 'sensor_msgs', 'std_msgs', 'std_srvs',
    'tf2_msgs', 'tf2_ros', 'visualization_msgs',
}  # fmt: skip
TORCH = {'torch', 'torchvision'}
ROBOTS = {'coal', 'daqp', 'mujoco', 'pink', 'pinocchio'}
LEARNING = {'h5py', 'movement_primitives', 'pandas', 'pyarrow', 'toppra'}
ROOMS_WITH_ROS = {'bridge', 'nodes'}
ROOMS_WITH_TORCH = {'networks', 'estimators', 'synthetic', 'training'}
# These start where there is no ROS or torch, and ask for it inside a function.
LATE_ROS = {'benchmarks', 'commands', 'demo', 'doctor'}
LATE_TORCH = {'benchmarks', 'commands', 'doctor'}
# These need an extra of setup.cfg.
OPTIONAL_ROOMS = {'retargeting', 'demonstrations'}

GENERATED = {*PACKAGE.glob('msg/*.py'), *PACKAGE.glob('srv/*.py')}
FILES = sorted({*PACKAGE.rglob('*.py')} - GENERATED - {PACKAGE / '__init__.py'})
every_file = pytest.mark.parametrize('path', FILES, ids=lambda path: str(path.relative_to(PACKAGE)))


def room_of(path):
    return path.relative_to(PACKAGE).with_suffix('').parts[0]


def names(nodes):
    """Everything imported by these nodes, in full; `from a import b` gives a.b."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f'line {node.lineno}: import by the full name'
            yield from (f'{node.module}.{alias.name}' for alias in node.names)


def is_late(node):
    """A block that does not run when its file is imported."""
    return isinstance(node, ast.FunctionDef) or (isinstance(node, ast.If) and ast.unparse(node.test) == 'TYPE_CHECKING')


@cache
def imports(path):
    """Two sets: imported anywhere in the file, and imported when the file is."""
    anywhere = list(ast.walk(ast.parse(path.read_text(encoding='utf-8'))))
    late = {id(node) for block in filter(is_late, anywhere) for node in ast.walk(block)}
    return set(names(anywhere)), set(names(node for node in anywhere if id(node) not in late))


def of(packages, found):
    """Those imports that belong to these packages."""
    return {name for name in found if name.split('.')[0] in packages}


@every_file
def test_a_room_imports_only_rooms_above_it(path):
    room = room_of(path)
    assert room in ROOMS, f'{room} has no place in the house yet'
    imported = {name.split('.')[1] for name in of({'pose_ros'}, imports(path)[0])}
    below = {other for other in imported - {'msg', 'srv'} if ROOMS.index(other) > ROOMS.index(room)}
    assert not below


@every_file
def test_only_the_bridge_knows_our_messages(path):
    messages = {name for name in imports(path)[0] if name.startswith(('pose_ros.msg', 'pose_ros.srv'))}
    assert not messages or room_of(path) in {'bridge'} | LATE_ROS


@every_file
@pytest.mark.parametrize(
    ('packages', 'rooms', 'late_rooms'),
    [(ROS, ROOMS_WITH_ROS, LATE_ROS), (TORCH, ROOMS_WITH_TORCH, LATE_TORCH), (ROBOTS, {'retargeting'}, set()),
     (LEARNING, {'demonstrations'}, set())],
    ids=['ros', 'torch', 'robots', 'learning'],
)
def test_only_some_rooms_know_ros_torch_and_robots(path, packages, rooms, late_rooms):
    anywhere, at_start = (of(packages, found) for found in imports(path))
    room = room_of(path)
    assert room in rooms or not at_start
    assert room in rooms | late_rooms or not anywhere


BLOCKED = """
import importlib, sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split('.')[0] in {blocked!r}:
            raise ModuleNotFoundError(f'{{name}} is imported where it may be missing', name=name)

sys.meta_path.insert(0, Blocked())
for module in {modules!r}:
    importlib.import_module(module)
"""


def test_the_rooms_without_ros_and_torch_start_where_there_is_neither():
    free = [path for path in FILES if room_of(path) not in ROOMS_WITH_ROS | ROOMS_WITH_TORCH | OPTIONAL_ROOMS]
    modules = ['.'.join(path.relative_to(PACKAGE.parent).with_suffix('').parts) for path in free]
    program = BLOCKED.format(blocked=ROS | TORCH, modules=modules)
    done = subprocess.run([sys.executable, '-c', program], capture_output=True, text=True, cwd=PACKAGE.parent)
    assert done.returncode == 0, done.stderr


def test_the_package_itself_only_extends_its_path():
    code = ast.parse((PACKAGE / '__init__.py').read_text(encoding='utf-8'))
    statements = [ast.unparse(node) for node in code.body]
    assert statements == ["__path__ = __import__('pkgutil').extend_path(__path__, __name__)"]
