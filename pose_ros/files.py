"""Files that are written whole or not at all (a crash or a full disk leaves the old one), and where config/ lies."""
from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """A file to write to, which takes the place of `path` once everything in it is on the disk.

    Raises:
        OSError: the disk is full or the folder not writable; `path` is as it was and nothing else is left.
    """
    partial = path.with_name(f'{path.name}.{os.getpid()}.partial')
    try:
        with partial.open('wb') as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def shipped_config(name: str) -> Path:
    """A file or folder of config/: in a checkout, or in share/pose_ros where the package is installed.

    Raises:
        FileNotFoundError: the package was installed without it.
    """
    for parent in Path(__file__).resolve().parents:
        for found in (parent / 'config' / name, parent / 'share' / 'pose_ros' / 'config' / name):
            if found.exists():
                return found
    raise FileNotFoundError(f'config/{name} was not installed with pose_ros')
