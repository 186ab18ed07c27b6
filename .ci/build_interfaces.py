"""Builds the message packages of `.ci/interfaces` into this Python's environment, beside the ROS wheels."""
from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
SITE = Path(f'lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages')


def environment() -> dict[str, str]:
    """The process environment in which CMake, the generators and their libraries are found."""
    prefix = sys.prefix
    programs = os.pathsep.join([str(Path(prefix, 'bin')), os.environ.get('PATH', '')])
    return {**os.environ, 'AMENT_PREFIX_PATH': prefix, 'CMAKE_PREFIX_PATH': prefix, 'PATH': programs,
            'PYTHONPATH': str(prefix / SITE), 'LD_LIBRARY_PATH': str(Path(prefix, 'lib'))}


def main() -> None:
    """Configure, build and install."""
    work = HERE.parent / 'build' / 'interfaces'
    options = {
        'CMAKE_BUILD_TYPE': 'Release', 'BUILD_TESTING': 'OFF', 'CMAKE_INSTALL_PREFIX': sys.prefix,
        'Python3_EXECUTABLE': sys.executable, 'PYTHON_INSTALL_DIR': SITE,
        # The bindings lie in site-packages/<package>, their libraries in the environment's lib.
        'CMAKE_INSTALL_RPATH': '$ORIGIN;$ORIGIN/../../..',
    }
    defines = [f'-D{key}={value}' for key, value in options.items()]
    for arguments in (['-S', str(HERE / 'interfaces'), '-B', str(work), *defines],
                      ['--build', str(work), '--target', 'install', '--parallel']):
        subprocess.run(['cmake', *arguments], check=True, env=environment(), stdout=subprocess.DEVNULL)


if __name__ == '__main__':
    main()
