"""A captured motion in a file, of the format that its name says."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from pose_ros.errors import MotionError
from pose_ros.files import written_whole
from pose_ros.motion_capture.bvh import write_bvh
from pose_ros.motion_capture.capture import NAMES, Capture
from pose_ros.motion_capture.puppet import animate


def _write_gltf(capture: Capture, path: Path) -> None:
    from pose_ros.motion_capture.gltf import write_gltf
    write_gltf(animate(capture), path, path.stem)


def _write_npz(capture: Capture, path: Path) -> None:
    with written_whole(path) as file:
        np.savez_compressed(file, names=np.array(NAMES), rate_hz=capture.rate_hz, stamps_s=capture.stamps,
                            points_m=capture.points, known=capture.known)


FORMATS: Mapping[str, Callable[[Capture, Path], None]] = {
    '.bvh': lambda capture, path: write_bvh(animate(capture), path), '.glb': _write_gltf, '.npz': _write_npz,
}


def write_capture(capture: Capture, path: Path) -> None:
    """Write a motion as BVH, glTF or npz.

    Raises:
        MotionError: the name of the file ends in none of them.
        OSError: it cannot be written; a file that was there stays.
    """
    if path.suffix not in FORMATS:
        raise MotionError(f'{path.name} has no format that is known; allowed: {", ".join(FORMATS)}')
    FORMATS[path.suffix](capture, path)
