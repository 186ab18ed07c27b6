"""Bodies in metres from which the lifting network learns, and others on which it is judged.

It learns from bodies of the Anny model in the poses of motion-capture files and in sampled ones, and is judged on
people who were captured (CMU), as they were measured: neither their bodies nor their files are among the others.
"""
from __future__ import annotations

from pathlib import Path

import numpy as np

from pose_ros.errors import DatasetError
from pose_ros.lifting.anatomy import limb_lengths_m, straight_limbs
from pose_ros.skeletons import COCO17, OPENPOSE18
from pose_ros.synthetic.motion_capture import CMU_RIG, Y_UP_TO_Z_UP, MotionCapture, read_bvh
from pose_ros.synthetic.points import openpose18

_BATCH = 32
_CAPTURED = ('hip', 'knee', 'ankle', 'shoulder', 'elbow', 'wrist')
STEP = 12  # every so many frames of a captured clip; at 120 Hz those between look alike


def anny_bodies(count: int, folder: Path, seed: int) -> np.ndarray:
    """(count, 18, 3) points of OPENPOSE18 [m], z up: half of the poses from the BVH files in a folder, half sampled.

    Raises:
        DatasetError: anny is missing, or the folder holds no motion capture.
    """
    from pose_ros.synthetic.bodies import BodyModel, sample_shape
    from pose_ros.synthetic.poses import sample_pose
    model, capture, random = BodyModel(), MotionCapture(folder), np.random.default_rng(seed)
    bodies: list[np.ndarray] = []
    while len(bodies) < count:
        poses = [capture.sample(random, model.arms) if random.random() < 0.5 else sample_pose(random, model.arms)
                 for _ in range(min(_BATCH, count - len(bodies)))]
        bodies += [openpose18(body.keypoints) for body in model.pose(poses, [sample_shape(random) for _ in poses])]
    return np.array(bodies)


def captured_people(folder: Path) -> np.ndarray:
    """(N, 18, 3) points [m] of the people in CMU's files, z up, without their faces, which were not captured.

    Raises:
        DatasetError: there are no such files.
    """
    files = [file for file in map(read_bvh, sorted(folder.rglob('*.bvh'))) if CMU_RIG in file.joints]
    if not files:
        raise DatasetError(f"no motion capture in {folder}; allowed: .bvh files of CMU's rig")
    people = []
    for file in files:
        joints = {name: index for index, name in enumerate(file.joints)}
        for frame in range(0, len(file.rotations), STEP):
            places = file.positions(frame) @ Y_UP_TO_Z_UP.T
            named = {f'{side}_{part}': places[joints[side.capitalize() + part.capitalize()]]
                     for side in ('left', 'right') for part in _CAPTURED}
            people.append(openpose18(np.array([named.get(name, np.full(3, np.nan)) for name in COCO17.keypoints])))
    return np.array(people)


def heights_m(points: np.ndarray) -> np.ndarray:
    """(N, 18, 3) points [m] -> (N,) heights [m] by the lengths of arms and legs; posture does not matter."""
    limbs = straight_limbs(OPENPOSE18).tolist()
    usual = dict(zip(map(tuple, OPENPOSE18.edges.tolist()), limb_lengths_m(OPENPOSE18, 1.0)))
    long = [limb for limb in limbs if _is_long(limb)]
    lengths = sum(np.linalg.norm(points[:, a] - points[:, b], axis=1) for a, b in long)
    return np.asarray(lengths / sum(usual[a, b] for a, b in long))


def _is_long(limb: list[int]) -> bool:
    kinds = {OPENPOSE18.keypoints[end].split('_')[-1] for end in limb}
    return kinds in ({'shoulder', 'elbow'}, {'elbow', 'wrist'}, {'hip', 'knee'}, {'knee', 'ankle'})
