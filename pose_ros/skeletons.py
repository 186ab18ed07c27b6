"""Keypoint names, their order, limbs, mirror pairs and OKS constants: the only table of them.

Skeletons are mapped onto each other by keypoint NAME, never by number.
"""
from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pose_ros.errors import SkeletonError

# Per-keypoint OKS constants sigma of the COCO keypoint challenge (cocoeval.py), unitless.
# The neck is no COCO keypoint; it takes the shoulders' constant, being their midpoint.
_OKS_SIGMAS = {
    'nose': .026, 'eye': .025, 'ear': .035, 'neck': .079, 'shoulder': .079, 'elbow': .072,
    'wrist': .062, 'hip': .107, 'knee': .087, 'ankle': .089,
}


def _mirrored(name: str) -> str:
    for side, other in (('left_', 'right_'), ('right_', 'left_')):
        if name.startswith(side):
            return other + name.removeprefix(side)
    return name


@dataclass(frozen=True)
class Skeleton:
    """A named, ordered set of keypoints and the limbs between them.

    Attributes:
        name: published as `skeleton_format`.
        keypoints: K names, in the order of every array of this skeleton.
        limbs: L pairs of keypoint names, in the order of the PAF channels of a network.
        redundant: limbs that confirm or join, and never bend the tree (shoulder-ear).
    """

    name: str
    keypoints: tuple[str, ...]
    limbs: tuple[tuple[str, str], ...]
    redundant: tuple[tuple[str, str], ...] = ()

    def __len__(self) -> int:
        return len(self.keypoints)

    def index(self, keypoint: str) -> int:
        """Position of a keypoint.

        Raises:
            SkeletonError: this skeleton has no such keypoint.
        """
        if keypoint not in self.keypoints:
            raise SkeletonError(f'no keypoint {keypoint!r} in skeleton {self.name}; it has {", ".join(self.keypoints)}')
        return self.keypoints.index(keypoint)

    @cached_property
    def limb_indices(self) -> np.ndarray:
        """(L, 2) int64: the limbs as keypoint indices."""
        return np.array([[self.index(a), self.index(b)] for a, b in self.limbs], np.int64).reshape(-1, 2)

    @cached_property
    def edges(self) -> np.ndarray:
        """(E, 2) int64: the limbs that are drawn (all but the redundant ones)."""
        drawn = [limb not in self.redundant for limb in self.limbs]
        return self.limb_indices[drawn]

    @cached_property
    def mirror(self) -> np.ndarray:
        """(K,) int64: keypoint i of a mirrored image is keypoint mirror[i] of the original."""
        return np.array([self.index(_mirrored(name)) for name in self.keypoints], np.int64)

    @cached_property
    def limb_mirror(self) -> np.ndarray:
        """(L,) int64: the same for limbs, where none joins left and right, as in skeletons with PAFs."""
        return np.array([self.limbs.index((_mirrored(a), _mirrored(b))) for a, b in self.limbs], np.int64)

    @cached_property
    def sigmas(self) -> np.ndarray:
        """(K,) float64: OKS constants, unitless."""
        return np.array([_OKS_SIGMAS[name.split('_')[-1]] for name in self.keypoints])

    def indices_in(self, other: Skeleton) -> np.ndarray:
        """(K,) int64: where each keypoint of this skeleton stands in `other`; -1 where it does not."""
        return np.array([other.keypoints.index(k) if k in other.keypoints else -1 for k in self.keypoints], np.int64)


COCO17 = Skeleton(
    'coco17',
    ('nose', 'left_eye', 'right_eye', 'left_ear', 'right_ear', 'left_shoulder', 'right_shoulder', 'left_elbow',
     'right_elbow', 'left_wrist', 'right_wrist', 'left_hip', 'right_hip', 'left_knee', 'right_knee', 'left_ankle',
     'right_ankle'),
    (('left_shoulder', 'right_shoulder'), ('left_shoulder', 'left_elbow'), ('left_elbow', 'left_wrist'),
     ('right_shoulder', 'right_elbow'), ('right_elbow', 'right_wrist'), ('left_shoulder', 'left_hip'),
     ('right_shoulder', 'right_hip'), ('left_hip', 'right_hip'), ('left_hip', 'left_knee'), ('left_knee', 'left_ankle'),
     ('right_hip', 'right_knee'), ('right_knee', 'right_ankle'), ('nose', 'left_eye'), ('nose', 'right_eye'),
     ('left_eye', 'left_ear'), ('right_eye', 'right_ear')))

_SHOULDER_EAR = (('right_shoulder', 'right_ear'), ('left_shoulder', 'left_ear'))

# OpenPose's COCO-18 order of keypoints and limbs (poseParameters.cpp, POSE_COCO_BODY_PARTS and _PAIRS).
OPENPOSE18 = Skeleton(
    'openpose18',
    ('nose', 'neck', 'right_shoulder', 'right_elbow', 'right_wrist', 'left_shoulder', 'left_elbow', 'left_wrist',
     'right_hip', 'right_knee', 'right_ankle', 'left_hip', 'left_knee', 'left_ankle', 'right_eye', 'left_eye',
     'right_ear', 'left_ear'),
    (('neck', 'right_shoulder'), ('neck', 'left_shoulder'), ('right_shoulder', 'right_elbow'),
     ('right_elbow', 'right_wrist'), ('left_shoulder', 'left_elbow'), ('left_elbow', 'left_wrist'),
     ('neck', 'right_hip'), ('right_hip', 'right_knee'), ('right_knee', 'right_ankle'), ('neck', 'left_hip'),
     ('left_hip', 'left_knee'), ('left_knee', 'left_ankle'), ('neck', 'nose'), ('nose', 'right_eye'),
     ('right_eye', 'right_ear'), ('nose', 'left_eye'), ('left_eye', 'left_ear'), *_SHOULDER_EAR),
    redundant=_SHOULDER_EAR)

SKELETONS = {skeleton.name: skeleton for skeleton in (COCO17, OPENPOSE18)}
