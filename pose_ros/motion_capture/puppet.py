"""A chain of rigid bones that moves like a captured person: what BVH and glTF hold.

Bones have the person's median lengths and stand in a T when at rest: x ahead, y left, z up. Every bone is turned from
where its parent would carry it, the shortest way onto its direction; it has no twist of its own: points tell of none.
"""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from pose_ros.motion_capture.capture import NAMES, Capture


@dataclass(frozen=True)
class Joint:
    """A joint of the puppet, named as animation tools name it.

    Attributes:
        name: such as LeftForeArm.
        parent: number of the joint that carries it; -1 = the root.
        keypoint: where it is.
        rest: direction from the parent's place to this one in the T [unit vector]; zero if they are one place.
        aim: the joint whose direction turns it; -1 = it does not turn.
    """

    name: str
    parent: int
    keypoint: str
    rest: tuple[float, float, float]
    aim: int


_UP, _DOWN, _LEFT, _RIGHT = (0., 0., 1.), (0., 0., -1.), (0., 1., 0.), (0., -1., 0.)
_HERE = (0., 0., 0.)
JOINTS = (
    Joint('Hips', -1, 'hips', _HERE, -1), Joint('Spine', 0, 'hips', _HERE, 2), Joint('Neck', 1, 'neck', _UP, 3),
    Joint('Head', 2, 'nose', _UP, -1),
    Joint('LeftShoulder', 1, 'neck', _UP, 5), Joint('LeftArm', 4, 'left_shoulder', _LEFT, 6),
    Joint('LeftForeArm', 5, 'left_elbow', _LEFT, 7), Joint('LeftHand', 6, 'left_wrist', _LEFT, -1),
    Joint('RightShoulder', 1, 'neck', _UP, 9), Joint('RightArm', 8, 'right_shoulder', _RIGHT, 10),
    Joint('RightForeArm', 9, 'right_elbow', _RIGHT, 11), Joint('RightHand', 10, 'right_wrist', _RIGHT, -1),
    Joint('LeftUpLeg', 0, 'left_hip', _LEFT, 13), Joint('LeftLeg', 12, 'left_knee', _DOWN, 14),
    Joint('LeftFoot', 13, 'left_ankle', _DOWN, -1),
    Joint('RightUpLeg', 0, 'right_hip', _RIGHT, 16), Joint('RightLeg', 15, 'right_knee', _DOWN, 17),
    Joint('RightFoot', 16, 'right_ankle', _DOWN, -1),
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Animation:
    """How the puppet moves.

    Attributes:
        rate_hz: frames per second [Hz].
        offsets: (J, 3) [m] from each joint's parent at rest.
        root: (N, 3) [m] place of the hips, z up.
        rotations: J rotations of N frames, each against its parent.
    """

    rate_hz: float
    offsets: np.ndarray
    root: np.ndarray
    rotations: tuple[Rotation, ...]

    def places(self) -> np.ndarray:
        """(N, J, 3) [m] of all joints, z up."""
        turned: list[Rotation] = []
        places = np.zeros((len(self.root), len(JOINTS), 3))
        for index, (joint, rotation) in enumerate(zip(JOINTS, self.rotations)):
            carried = turned[joint.parent] if joint.parent >= 0 else Rotation.identity(len(self.root))
            start = places[:, joint.parent] if joint.parent >= 0 else self.root
            places[:, index] = start + carried.apply(self.offsets[index])
            turned.append(carried * rotation)
        return places


def animate(capture: Capture) -> Animation:
    """The puppet of this person's lengths, moved like the person."""
    places = capture.points[:, [NAMES.index(joint.keypoint) for joint in JOINTS]]
    parents = [max(joint.parent, 0) for joint in JOINTS]
    bones = places - places[:, parents]
    lengths = np.median(np.linalg.norm(bones, axis=2), axis=0)
    offsets = np.array([joint.rest for joint in JOINTS]) * lengths[:, None]
    turned: list[Rotation] = []
    rotations: list[Rotation] = []
    for joint in JOINTS:
        carried = turned[joint.parent] if joint.parent >= 0 else Rotation.identity(len(places))
        now = _hips(places) if joint.parent < 0 else _aimed(joint, carried, bones)
        turned.append(now)
        rotations.append(carried.inv() * now)
    return Animation(capture.rate_hz, offsets, places[:, 0], tuple(rotations))


def _aimed(joint: Joint, carried: Rotation, bones: np.ndarray) -> Rotation:
    """Where a joint that its parent carries is turned to, so that its bone has the right direction."""
    if joint.aim < 0:
        return carried
    return _shortest(carried.apply(JOINTS[joint.aim].rest), bones[:, joint.aim]) * carried


def _hips(places: np.ndarray) -> Rotation:
    """The frame of the hips: y to the left hip, x ahead, which is square to that and to the trunk."""
    index = {joint.name: number for number, joint in enumerate(JOINTS)}
    left = _unit(places[:, index['LeftUpLeg']] - places[:, index['RightUpLeg']])
    ahead = _unit(np.cross(left, places[:, index['Neck']] - places[:, 0]))
    return Rotation.from_matrix(np.stack([ahead, left, np.cross(ahead, left)], axis=2))


def _shortest(start: np.ndarray, end: np.ndarray) -> Rotation:
    """Rotations of (N, 3) directions onto others; a half turn goes about any axis square to them."""
    start, end = _unit(start), _unit(end)
    axis = np.cross(start, end)
    cosine = (start * end).sum(1)
    opposite = cosine < -1 + 1e-9
    axis[opposite] = np.cross(start[opposite], np.eye(3)[np.abs(start[opposite]).argmin(axis=1)])
    return Rotation.from_quat(np.concatenate([axis, np.where(opposite, 0, 1 + cosine)[:, None]], axis=1))


def _unit(vectors: np.ndarray) -> np.ndarray:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12))
