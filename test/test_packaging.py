"""One tree, built with colcon and with pip: both carry the messages, the modules, their data, and run."""
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest
from conftest import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

ROOT = Path(__file__).parents[1]
SOURCES = ('CMakeLists.txt', 'LICENSE', 'README.md', 'config', 'launch', 'msg', 'package.xml', 'pose_ros', 'setup.cfg',
           'setup.py', 'srv')
SITE = Path('lib') / f'python{sys.version_info.major}.{sys.version_info.minor}' / 'site-packages'

# Sends a message through the serializer and tells where messages and modules come from.
PROGRAM = """
from rclpy.serialization import deserialize_message, serialize_message
from pose_ros import msg
from pose_ros.bridge import convert
message = msg.PersonPoseArray(image_width=640, persons=[msg.PersonPose(keypoints=[msg.Keypoint(x=1.5)] * 18)])
assert deserialize_message(serialize_message(message), msg.PersonPoseArray) == message
print(msg.__file__, convert.__file__)
"""


def run(command, **options):
    """Runs a command and returns what it printed; what it complained about is in the assertion."""
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, **options)
    assert done.returncode == 0, f'{command}\n{done.stdout}\n{done.stderr}'
    return done.stdout


def clean(**variables):
    """This environment without what leads to another build of the package."""
    lost = ('PYTHONPATH', 'AMENT_PREFIX_PATH', 'CMAKE_PREFIX_PATH', 'LD_LIBRARY_PATH', 'COLCON_PREFIX_PATH',
            '_ROS_WHEELS_BOOTSTRAP_COMPLETE')
    kept = {name: value for name, value in os.environ.items() if name not in lost}
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ['PATH']])
    return {**kept, 'PATH': programs, **variables}


@pytest.fixture(scope='module')
def tree(tmp_path_factory):
    """The sources as a fresh checkout has them."""
    target = tmp_path_factory.mktemp('tree')
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns('__pycache__', '*.so'))
        else:
            shutil.copy2(ROOT / name, target / name)
    for generated in ('msg', 'srv'):
        shutil.rmtree(target / 'pose_ros' / generated, ignore_errors=True)
    return target


def files_in(folder):
    """Relative names of all hand-written files of the package in a folder."""
    names = (path.relative_to(folder) for path in folder.rglob('*') if path.is_file() and path.suffix != '.so')
    return {name for name in names if name.parts[0] not in ('msg', 'srv') and '__pycache__' not in name.parts}


def assert_same_files(ours, theirs):
    """Every hand-written file of one folder is in the other, byte for byte."""
    assert not files_in(ours) - files_in(theirs), 'these are missing'
    assert not [name for name in files_in(ours) if (ours / name).read_bytes() != (theirs / name).read_bytes()]


@pytest.fixture(scope='module', params=['plain', 'symlink'])
def overlay(request, tree, tmp_path_factory):
    """The tree built by colcon against the ROS of this environment; the folder it is installed in."""
    pytest.importorskip('colcon_core')
    workspace = tmp_path_factory.mktemp('workspace')
    (workspace / 'home').mkdir()
    link = ['--symlink-install'] if request.param == 'symlink' else []
    found = os.environ.get('AMENT_PREFIX_PATH') or sys.prefix
    command = [sys.executable, '-m', 'colcon', 'build', '--base-paths', tree, '--packages-select', 'pose_ros', *link,
               '--cmake-args', f'-DPython3_EXECUTABLE={sys.executable}', '-DBUILD_TESTING=OFF']
    environment = clean(AMENT_PREFIX_PATH=found, CMAKE_PREFIX_PATH=found, COLCON_HOME=str(workspace / 'home'))
    run(command, cwd=workspace, env=environment)
    return workspace / 'install'


def in_overlay(overlay, program, *arguments):
    """The command that sources an overlay and runs a program in it."""
    return ['sh', '-c', '. "$0/local_setup.sh" && exec "$@"', str(overlay), str(program), *arguments]


def test_colcon_installs_every_file(overlay, tree):
    assert_same_files(tree / 'pose_ros', overlay / 'pose_ros' / SITE / 'pose_ros')
    share = overlay / 'pose_ros' / 'share' / 'pose_ros'
    for folder in ('launch', 'config'):
        assert_same_files(tree / folder, share / folder)
    for kind in ('msg', 'srv'):
        installed = {path.name for path in (share / kind).glob(f'*.{kind}')}
        assert installed == {path.name for path in tree.glob(f'{kind}/*.{kind}')}


def test_an_overlay_serves_its_own_messages_and_modules(overlay, tmp_path):
    places = run(in_overlay(overlay, sys.executable, '-c', PROGRAM), cwd=tmp_path, env=clean()).split()
    assert all(Path(place).is_relative_to(overlay) for place in places), places


@pytest.mark.parametrize('node', sorted(path.stem for path in (ROOT / 'pose_ros' / 'nodes').glob('*_node.py')))
def test_an_overlay_has_a_program_for_every_node(overlay, node, graph, tmp_path):
    probe = graph.node()
    program = overlay / 'pose_ros' / 'lib' / 'pose_ros' / node
    clip = ROOT / 'pose_ros' / 'demo_data' / 'people.mp4'
    parameters = ['-p', 'autostart:=false', '-p', f'source:={clip}', '-p', 'loop:=true']
    command = in_overlay(overlay, program, '--ros-args', '-r', '__node:=built', *parameters)
    process = subprocess.Popen(command, cwd=tmp_path, env=clean())
    try:
        wait_until(lambda: process.poll() is not None or 'built' in probe.get_node_names(), 60, node)
        assert process.poll() is None
    finally:
        process.terminate()
        process.wait(30)
    assert process.returncode == 0


@pytest.fixture(scope='module')
def installed(tree, tmp_path_factory):
    """A new environment, with this one behind it, in which the wheel of the tree is installed."""
    wheels, home = tmp_path_factory.mktemp('wheels'), tmp_path_factory.mktemp('environment')
    pip = [sys.executable, '-m', 'pip']
    run([*pip, 'wheel', '--quiet', '--no-build-isolation', '--no-deps', '--wheel-dir', wheels, tree], env=clean())
    venv.create(home, with_pip=False)
    behind = f'import site; site.addsitedir({str(Path(sys.prefix) / SITE)!r})\n'
    (home / SITE / 'behind.pth').write_text(behind, encoding='utf-8')
    pip += ['--python', home / 'bin' / 'python']
    run([*pip, 'install', '--quiet', '--no-deps', *wheels.glob('*.whl')], env=clean())
    return home


def test_pip_installs_every_file(installed, tree):
    assert_same_files(tree / 'pose_ros', installed / SITE / 'pose_ros')
    for folder in ('launch', 'config'):
        assert_same_files(tree / folder, installed / 'share' / 'pose_ros' / folder)
    assert (installed / 'share' / 'ament_index' / 'resource_index' / 'packages' / 'pose_ros').is_file()


def test_a_pip_install_serves_its_own_messages_from_anywhere(installed, tmp_path):
    # The ROS wheels look for their libraries in the environment that runs, and here they lie in the one behind it.
    environment = clean(LD_LIBRARY_PATH=os.environ['LD_LIBRARY_PATH'], _ROS_WHEELS_BOOTSTRAP_COMPLETE='1')
    places = run([installed / 'bin' / 'python', '-c', PROGRAM], cwd=tmp_path, env=environment).split()
    assert all(Path(place).is_relative_to(installed) for place in places), places


def test_a_pip_install_has_the_command(installed):
    assert os.access(installed / 'bin' / 'pose-ros', os.X_OK)
