"""What lifting knows of bodies: how deep joints lie in the flesh, and how long limbs are.

Limb lengths are Winter's segment lengths as fractions of the height (Biomechanics and Motor Control of Human Movement,
figure 4.1); those of the head, and the depths of the joints, are rough averages of adults.
"""
from __future__ import annotations

import numpy as np

from pose_ros.skeletons import Skeleton

# Surface to joint [m] of someone 1.7 m tall.
_FLESH_M = {'nose': 0.0, 'eye': 0.005, 'ear': 0.015, 'neck': 0.06, 'shoulder': 0.06, 'elbow': 0.04, 'wrist': 0.03,
            'hip': 0.1, 'knee': 0.058, 'ankle': 0.038}
_LENGTHS = {
    frozenset(('neck', 'shoulder')): 0.115, frozenset(('shoulder',)): 0.23, frozenset(('shoulder', 'elbow')): 0.186,
    frozenset(('elbow', 'wrist')): 0.146, frozenset(('shoulder', 'hip')): 0.295, frozenset(('neck', 'hip')): 0.29,
    frozenset(('hip',)): 0.11, frozenset(('hip', 'knee')): 0.245, frozenset(('knee', 'ankle')): 0.246,
    frozenset(('neck', 'nose')): 0.12, frozenset(('nose', 'eye')): 0.028, frozenset(('eye', 'ear')): 0.06,
    frozenset(('shoulder', 'ear')): 0.16,
}
# Steps from the neck: of two keypoints that contradict each other, the outer one is the likelier to be wrong.
_OUTWARD = {'neck': 0, 'shoulder': 1, 'hip': 1, 'elbow': 2, 'knee': 2, 'nose': 1, 'wrist': 3, 'ankle': 3, 'eye': 2,
            'ear': 3}
_AVERAGE_HEIGHT_M = 1.7


def flesh_m(skeleton: Skeleton, height_m: float) -> np.ndarray:
    """(K,) how far behind the surface that the camera sees each keypoint lies [m]."""
    return np.array([_FLESH_M[_kind(name)] for name in skeleton.keypoints]) * height_m / _AVERAGE_HEIGHT_M


def limb_lengths_m(skeleton: Skeleton, height_m: float) -> np.ndarray:
    """(E,) usual length of each of `skeleton.edges` [m]."""
    names = skeleton.keypoints
    return np.array([_LENGTHS[frozenset((_kind(names[a]), _kind(names[b])))] for a, b in skeleton.edges]) * height_m


def steps_outward(skeleton: Skeleton) -> np.ndarray:
    """(K,) int: steps of each keypoint from the neck; up to 1 on the torso, where the body is broad."""
    return np.array([_OUTWARD[_kind(name)] for name in skeleton.keypoints])


def outer_ends(skeleton: Skeleton) -> np.ndarray:
    """(E,) int: for each of `skeleton.edges`, the keypoint more steps outward; -1 where both are alike."""
    steps = steps_outward(skeleton)
    first, second = skeleton.edges.T
    return np.where(steps[first] == steps[second], -1, np.where(steps[first] > steps[second], first, second))


def straight_limbs(skeleton: Skeleton) -> np.ndarray:
    """(L, 2) int: the edges along which the surface is straight, those of arms and legs."""
    arms_and_legs = ('elbow', 'wrist', 'knee', 'ankle')
    kept = [edge for edge in skeleton.edges if any(_kind(skeleton.keypoints[i]) in arms_and_legs for i in edge)]
    return np.array(kept, np.int64).reshape(-1, 2)


def _kind(name: str) -> str:
    return name.split('_')[-1]
