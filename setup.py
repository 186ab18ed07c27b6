"""pip's front door: runs CMakeLists.txt and puts what it installs into the wheel.

colcon does not read this file (package.xml says ament_cmake). Everything that is data stands in setup.cfg.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from setuptools import Command, setup
from setuptools.command.build import build
from setuptools.dist import Distribution

HERE = Path(__file__).resolve().parent
NAME = 'pose_ros'
SITE = Path(f'lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages')


def ros_prefixes() -> list[Path]:
    """Every prefix that may hold ROS 2: the sourced ones, then the one that holds pip's ROS wheels."""
    found = [Path(prefix) for prefix in os.environ.get('AMENT_PREFIX_PATH', '').split(os.pathsep) if prefix]
    spec = importlib.util.find_spec('rosidl_generator_py')
    if spec and spec.origin:
        site = Path(spec.origin).parents[1]
        found.append(site.parents[2])
    return list(dict.fromkeys([*found, Path(sys.prefix)]))


def build_environment() -> dict[str, str]:
    """The process environment in which CMake and the generators find ROS 2."""
    prefixes = ros_prefixes()
    path = os.pathsep.join(str(prefix) for prefix in prefixes)
    sites = os.pathsep.join(str(prefix / SITE) for prefix in prefixes if (prefix / SITE).is_dir())
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get('PATH', '')])
    return {**os.environ, 'AMENT_PREFIX_PATH': path, 'CMAKE_PREFIX_PATH': path, 'PYTHONPATH': sites, 'PATH': programs}


def run_cmake(work: Path, stage: Path) -> None:
    """Configure, build and install CMakeLists.txt into `stage`."""
    environment = build_environment()
    options = {
        'CMAKE_BUILD_TYPE': 'Release',
        'BUILD_TESTING': 'OFF',
        'CMAKE_INSTALL_PREFIX': stage,
        'Python3_EXECUTABLE': sys.executable,
        'PYTHON_INSTALL_DIR': SITE,
        # The libraries lie in site-packages/pose_ros, the ROS wheels' ones in the environment's lib.
        'CMAKE_INSTALL_RPATH': '$ORIGIN;$ORIGIN/../../..',
    }
    defines = [f'-D{key}={value}' for key, value in options.items()]
    subprocess.run(['cmake', '-S', str(HERE), '-B', str(work), *defines], check=True, env=environment)
    subprocess.run(
        ['cmake', '--build', str(work), '--target', 'install', '--parallel'], check=True, env=environment
    )


def copy_generated(modules: Path, target: Path) -> None:
    """Copy the generated message modules and libraries, and nothing hand-written, into `target`."""
    for path in modules.rglob('*'):
        inside = path.relative_to(modules)
        generated = inside.parts[0] in ('msg', 'srv') or path.suffix == '.so'
        if path.is_file() and generated and path.suffix != '.c' and '__pycache__' not in inside.parts:
            (target / inside).parent.mkdir(parents=True, exist_ok=True)
            # A library that a running node has loaded must not change under it, so the old file goes first.
            (target / inside).unlink(missing_ok=True)
            shutil.copy2(path, target / inside)


def data_files(stage: Path) -> list[tuple[str, list[str]]]:
    """What is neither a module nor a header (share/, lib/), grouped by folder for the wheel."""
    files: dict[str, list[str]] = {}
    for path in sorted(stage.rglob('*')):
        inside = path.relative_to(stage)
        if path.is_file() and not inside.is_relative_to(SITE) and inside.parts[0] != 'include':
            files.setdefault(str(inside.parent), []).append(str(path.relative_to(HERE)))
    return sorted(files.items())


class BuildInterfaces(Command):
    """Build the ROS interfaces with CMake and hand the result to the wheel."""

    description = 'build the ROS interfaces'
    user_options = []

    def initialize_options(self):
        self.editable_mode = False
        self.build_lib = None

    def finalize_options(self):
        self.set_undefined_options('build_py', ('build_lib', 'build_lib'))

    def run(self):
        work = HERE / 'build' / 'pip' / 'cmake'
        stage = work / 'stage'
        shutil.rmtree(work, ignore_errors=True)
        run_cmake(work, stage)
        target = HERE / NAME if self.editable_mode else Path(self.build_lib) / NAME
        copy_generated(stage / SITE / NAME, target)
        self.distribution.data_files = data_files(stage)

    def get_source_files(self):
        patterns = ['CMakeLists.txt', 'package.xml', 'msg/*.msg', 'srv/*.srv', 'launch/*', 'config/**/*']
        paths = [path for pattern in patterns for path in HERE.glob(pattern) if path.is_file()]
        return [str(path.relative_to(HERE)) for path in paths]

    def get_outputs(self):
        return []

    def get_output_mapping(self):
        return {}


class Build(build):
    """setuptools' build from an empty folder, so that no deleted module is packed, and then the interfaces."""

    sub_commands = [*build.sub_commands, ('build_interfaces', None)]

    def run(self):
        shutil.rmtree(HERE / self.build_base, ignore_errors=True)
        super().run()


class BinaryDistribution(Distribution):
    """A wheel for one platform and one Python version."""

    def has_ext_modules(self):
        return True

    def has_data(self):  # setuptools asks for this name when it makes an editable wheel
        return bool(self.data_files)


setup(cmdclass={'build': Build, 'build_interfaces': BuildInterfaces}, distclass=BinaryDistribution)
