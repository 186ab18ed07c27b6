"""Files that are written whole or not at all: a crash or a full disk leaves the old one."""
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
