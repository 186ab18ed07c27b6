"""Poses of real people from motion-capture files (BVH), as rotations per bone of the Anny rig.

Files of MakeHuman's rig (CC0) name Anny's own bones. Those of CMU (mocap.cs.cmu.edu, free for all uses) have another
rig and rest pose: of them the directions of arms and legs are taken.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from pose_ros.errors import DatasetError
from pose_ros.synthetic.poses import NECK, SPINE, ArmRest
from pose_ros.synthetic.rotations import X, rotation, turn_onto

Pose = dict[str, np.ndarray]
ANNY_RIG, CMU_RIG = 'spine05', 'LeftHip'  # a joint that only this rig has
DOWN = np.array([0.0, 0, -1])
BONES = {'root', *SPINE, *NECK, *(f'{part}.{side}' for side in 'LR' for part in (
    'clavicle', 'shoulder01', 'upperarm01', 'lowerarm01', 'wrist', 'pelvis', 'upperleg01', 'lowerleg01', 'foot'))}
# Of CMU's rig: joint at the start and end of each limb, and Anny's bone, its parent's bone and its rest direction.
CMU_LIMBS = (('Shoulder', 'Elbow', 'upperarm01', None), ('Elbow', 'Wrist', 'lowerarm01', 'upperarm01'),
             ('Hip', 'Knee', 'upperleg01', None), ('Knee', 'Ankle', 'lowerleg01', 'upperleg01'))
Y_UP_TO_Z_UP = rotation(X, 90)


@dataclass(frozen=True)
class Bvh:
    """A motion-capture file.

    Attributes:
        joints: names. parents: index of each joint's parent, -1 for the root. offsets: (J, 3) from the parent.
        rotations: (F, J, 3, 3) local rotations of every frame.
    """

    joints: tuple[str, ...]
    parents: tuple[int, ...]
    offsets: np.ndarray
    rotations: np.ndarray

    def positions(self, frame: int) -> np.ndarray:
        """(J, 3) of the joints relative to the root."""
        turns, places = np.tile(np.eye(3), (len(self.joints), 1, 1)), np.zeros((len(self.joints), 3))
        for joint, parent in enumerate(self.parents):
            turns[joint] = self.rotations[frame, joint]
            if parent >= 0:
                places[joint] = places[parent] + turns[parent] @ self.offsets[joint]
                turns[joint] = turns[parent] @ turns[joint]
        return places


def read_bvh(path: Path) -> Bvh:
    """A motion-capture file.

    Raises:
        DatasetError: it is missing or no BVH.
    """
    try:
        hierarchy, motion = path.read_text().split('MOTION')
        joints, parents, offsets, channels = _hierarchy(hierarchy)
        values = np.array(motion.split('Frame Time:')[1].split()[1:], float).reshape(-1, sum(map(len, channels)))
    except (OSError, ValueError, IndexError) as error:
        raise DatasetError(f'cannot read {path}: {error!r}; allowed: a BVH motion-capture file') from error
    rotations, column = np.empty((len(values), len(joints), 3, 3)), 0
    for joint, names in enumerate(channels):
        turns = [column + i for i, name in enumerate(names) if name.endswith('rotation')]
        axes = ''.join(name[0] for name in names if name.endswith('rotation'))
        rotations[:, joint] = Rotation.from_euler(axes, values[:, turns], degrees=True).as_matrix()
        column += len(names)
    return Bvh(tuple(joints), tuple(parents), np.array(offsets), rotations)


def _hierarchy(text: str) -> tuple[list[str], list[int], list[list[float]], list[list[str]]]:
    joints, parents, offsets, channels = list[str](), list[int](), list[list[float]](), list[list[str]]()
    above = [-1]
    for words in map(str.split, text.splitlines()):
        if words[:1] in (['ROOT'], ['JOINT']):
            parents.append(above[-1])
            above.append(len(joints))
            joints.append(words[1])
        elif words[:1] == ['End']:
            above.append(-1)
        elif words[:1] == ['OFFSET'] and above[-1] >= 0:
            offsets.append([float(word) for word in words[1:]])
        elif words[:1] == ['CHANNELS']:
            channels.append(words[2:])
        elif words[:1] == ['}']:
            above.pop()
    return joints, parents, offsets, channels


class MotionCapture:
    """Random poses of the files in a folder.

    Raises:
        DatasetError: there are no BVH files, or one is damaged.
    """

    def __init__(self, folder: Path) -> None:
        files = [read_bvh(path) for path in sorted(folder.rglob('*.bvh'))]
        self._files = [file for file in files if {ANNY_RIG, CMU_RIG} & {*file.joints}]
        if not self._files:
            raise DatasetError(f"no motion capture in {folder}; allowed: .bvh files of MakeHuman's default rig or "
                               "of CMU's")

    def sample(self, random: np.random.Generator, arms: Mapping[str, ArmRest]) -> Pose:
        """A pose of a random file, a little varied, in half of the cases mirrored; see `poses.sample_pose`."""
        file = self._files[random.integers(len(self._files))]
        frame = int(random.integers(len(file.rotations)))
        pose = anny_pose(file, frame, arms)
        varied = {bone: turn @ rotation(random.normal(size=3), random.normal(0, 5)) for bone, turn in pose.items()
                  if not bone.startswith('finger')}
        pose = {**pose, **varied}
        return mirrored(pose) if random.random() < .5 else pose


def anny_pose(file: Bvh, frame: int, arms: Mapping[str, ArmRest]) -> Pose:
    """A frame of a file on Anny's rig."""
    if ANNY_RIG in file.joints:
        return {name: file.rotations[frame, i] for i, name in enumerate(file.joints) if name in BONES}
    return _from_directions(file, frame, arms)


def _from_directions(file: Bvh, frame: int, arms: Mapping[str, ArmRest]) -> Pose:
    places, pose = file.positions(frame), Pose()
    to_trunk = Y_UP_TO_Z_UP @ file.rotations[frame, 0].T
    for side, letter in (('Left', 'L'), ('Right', 'R')):
        rest = {'upperarm01': arms[letter].upper, 'lowerarm01': arms[letter].lower}
        for start, end, bone, parent in CMU_LIMBS:
            direction = to_trunk @ np.subtract(*(places[file.joints.index(side + name)] for name in (end, start)))
            above = pose[f'{parent}.{letter}'] if parent else np.eye(3)
            pose[f'{bone}.{letter}'] = turn_onto(rest.get(bone, DOWN), above.T @ direction)
    return pose


def mirrored(pose: Pose) -> Pose:
    """The mirror image of a pose; twice is the identity."""
    flip = np.diag([-1.0, 1, 1])
    swapped = {'.L': '.R', '.R': '.L'}
    return {bone[:-2] + swapped[bone[-2:]] if bone[-2:] in swapped else bone: flip @ turn @ flip
            for bone, turn in pose.items()}
