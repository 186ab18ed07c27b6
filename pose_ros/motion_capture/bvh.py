"""BVH (Biovision Hierarchy), which Blender, Maya, MotionBuilder and Unity read: y up, z ahead, centimetres."""
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from pose_ros.files import written_whole
from pose_ros.motion_capture.puppet import JOINTS, Animation

_CM = 100.0
# Ours are x ahead, y left, z up; a BVH's are x left, y up, z ahead.
TO_Y_UP = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])


def write_bvh(animation: Animation, path: Path) -> None:
    """Write a BVH file.

    Raises:
        OSError: it cannot be written; a file that was there stays.
    """
    turn = Rotation.from_matrix(TO_Y_UP)
    moving = [rotation for joint, rotation in zip(JOINTS, animation.rotations) if _children(JOINTS.index(joint))]
    degrees = [(turn * rotation * turn.inv()).as_euler('ZXY', degrees=True) for rotation in moving]
    frames = np.concatenate([animation.root @ TO_Y_UP.T * _CM, *degrees], axis=1)
    with written_whole(path) as file:
        file.write('\n'.join(['HIERARCHY', *_joint(0, animation.offsets @ TO_Y_UP.T * _CM, ''), 'MOTION',
                              f'Frames: {len(frames)}', f'Frame Time: {1 / animation.rate_hz:.8f}', '']).encode())
        np.savetxt(file, frames, fmt='%.5f')


def _children(index: int) -> list[int]:
    return [number for number, joint in enumerate(JOINTS) if joint.parent == index]


def _joint(index: int, offsets: np.ndarray, indent: str) -> Iterator[str]:
    joint, children = JOINTS[index], _children(index)
    kind = 'ROOT' if joint.parent < 0 else 'JOINT'
    yield f'{indent}{kind} {joint.name}' if children else f'{indent}End Site'
    yield f'{indent}{{'
    yield f'{indent}  OFFSET ' + ' '.join(f'{value:.6f}' for value in offsets[index])
    if children:
        places = '6 Xposition Yposition Zposition' if joint.parent < 0 else '3'
        yield f'{indent}  CHANNELS {places} Zrotation Xrotation Yrotation'
    for child in children:
        yield from _joint(child, offsets, indent + '  ')
    yield f'{indent}}}'
