"""Says what a machine lacks before the set-up starts. Runs on any Python, also on one that is too old."""
from __future__ import print_function

import os
import sys

PYTHONS = [(3, 10), (3, 11), (3, 12), (3, 13)]
NEEDED_GB = 8


def on_path(names):
    """Whether one of these programs can be found."""
    folders = os.environ.get('PATH', '').split(os.pathsep)
    return any(os.access(os.path.join(folder, name), os.X_OK) for folder in folders for name in names)


def has_venv():
    """Whether this Python can make environments with pip in them (Debian ships that separately)."""
    try:
        import ensurepip  # noqa: F401 - only its presence is asked
        import venv  # noqa: F401
    except ImportError:
        return False
    return True


def free_gb():
    """Free space of the disk that holds the current folder [GB]."""
    disk = os.statvfs('.')
    return disk.f_bavail * disk.f_frsize / 1e9


def complaints():
    """One sentence for each thing that is missing, with what to do about it."""
    version = '%d.%d' % sys.version_info[:2]
    if sys.version_info[:2] not in PYTHONS:
        yield ('%s is Python %s, needed is 3.10 to 3.13: install one and name it, as in `make demo PYTHON=python3.12`'
               % (sys.executable, version))
    elif not has_venv():
        yield 'this Python cannot make environments: install python%s-venv (Debian, Ubuntu)' % version
    for language, names, package in [('C', ['cc', 'gcc', 'clang'], 'gcc'), ('C++', ['c++', 'g++', 'clang++'], 'g++')]:
        if not on_path(names):
            yield 'no %s compiler found (%s): install %s' % (language, ', '.join(names), package)
    if not os.path.isdir('.venv') and free_gb() < NEEDED_GB:
        yield 'the disk has %.1f GB free, the set-up needs %d GB' % (free_gb(), NEEDED_GB)


if __name__ == '__main__':
    missing = list(complaints())
    for complaint in missing:
        print('pose_ros cannot be set up: ' + complaint, file=sys.stderr)
    sys.exit(1 if missing else 0)
