"""A person's points in an upright frame, and the angles that rules speak of."""
from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from pose_ros.skeletons import Skeleton
from pose_ros.types import Person, PointSource

KEYPOINTS = ('nose', 'neck', 'left_shoulder', 'right_shoulder', 'left_elbow', 'right_elbow', 'left_wrist',
             'right_wrist', 'left_hip', 'right_hip', 'left_knee', 'right_knee', 'left_ankle', 'right_ankle')
NUMBER = {name: index for index, name in enumerate(KEYPOINTS)}
_HIPS = len(KEYPOINTS)  # the middle of the hips, behind the keypoints
_NECK, _LEFT_HIP = NUMBER['neck'], NUMBER['left_hip']
Place = tuple[float, float, float]

# Angle at the second of three keypoints: 180 = straight.
JOINT_ANGLES = {
    'elbow': ('shoulder', 'elbow', 'wrist'), 'knee': ('hip', 'knee', 'ankle'), 'hip': ('shoulder', 'hip', 'knee'),
    'shoulder': ('hip', 'shoulder', 'elbow'),
}
# Angle between straight down and the way from the first to the second keypoint: 0 = hanging, 180 = straight up.
INCLINATIONS = {'upper_arm': ('shoulder', 'elbow'), 'forearm': ('elbow', 'wrist'), 'thigh': ('hip', 'knee'),
                'shank': ('knee', 'ankle')}
_SIDES = ('left_', 'right_')
_JOINTS = {side + name: [NUMBER[side + part] for part in parts]
           for name, parts in JOINT_ANGLES.items() for side in _SIDES}
_TILTS = {side + name: [NUMBER[side + part] for part in parts]
          for name, parts in INCLINATIONS.items() for side in _SIDES}
_BOTH = (*JOINT_ANGLES, *INCLINATIONS)
ANGLES = (*_JOINTS, *_TILTS, *_BOTH, 'trunk')
_TRIPLES = np.array(list(_JOINTS.values()))
_PAIRS = np.array([*_TILTS.values(), [NUMBER['neck'], _HIPS]])
_FROM = np.concatenate([_TRIPLES[:, 1], _PAIRS[:, 0]])
_TO = np.concatenate([_TRIPLES[:, 0], _PAIRS[:, 1]])
_JOINED = len(_TRIPLES)
_LEGS = [_JOINED + list(_TILTS).index(side + part) for part in ('thigh', 'shank') for side in _SIDES]


@dataclass(frozen=True, eq=False)
class Body:
    """One person at one moment.

    Attributes:
        stamp_s: of the image [s].
        points: (15, 3) float64 [m], the `KEYPOINTS` and the middle of the hips, z up; NaN = unknown.
        score: mean confidence 0..1 of the keypoints that have a point.
    """

    stamp_s: float
    points: np.ndarray
    score: float

    def __getitem__(self, keypoint: str) -> Place:
        """x, y, z [m] of a keypoint; z is up."""
        return self._places[NUMBER[keypoint]]

    @property
    def hips(self) -> Place:
        """x, y, z [m] of the middle of the hips."""
        return self._places[_HIPS]

    @cached_property
    def angles(self) -> dict[str, float]:
        """[deg] by name: of joints (180 = straight), of limbs against straight down, of the trunk against upright.

        A name without side is the mean of both sides, or that of the one which is known; NaN = unknown.
        """
        limbs, lengths = self._limbs
        others = self.points[_TRIPLES[:, 2]] - self.points[_TRIPLES[:, 1]]
        dots = np.concatenate([np.einsum('ij,ij->i', limbs[:_JOINED], others), -limbs[_JOINED:, 2]])
        norms = lengths.copy()
        norms[:_JOINED] *= np.sqrt(np.einsum('ij,ij->i', others, others))
        cosines = np.minimum(np.maximum(dots / np.maximum(norms, 1e-9), -1), 1)
        degrees = np.degrees(np.arccos(cosines)).tolist()
        both = [_either(left, right) for left, right in zip(degrees[:-1:2], degrees[1::2])]
        return dict(zip(ANGLES, [*degrees[:-1], *both, degrees[-1]]))

    @property
    def leg_m(self) -> float:
        """Length of a leg, hip to knee to ankle [m], the mean of both; NaN without a whole leg."""
        left_thigh, right_thigh, left_shank, right_shank = self._limbs[1][_LEGS].tolist()
        return _either(left_thigh + left_shank, right_thigh + right_shank)

    @cached_property
    def _places(self) -> list[Place]:
        return list(map(tuple, self.points.tolist()))

    @cached_property
    def _limbs(self) -> tuple[np.ndarray, np.ndarray]:
        limbs = self.points[_TO] - self.points[_FROM]
        return limbs, np.sqrt(np.einsum('ij,ij->i', limbs, limbs))


def _either(left: float, right: float) -> float:
    """The mean of two numbers, or the one that is known."""
    if left != left:
        return right
    return left if right != right else (left + right) / 2


def upright_from_optical(pitch_deg: float = 0.0) -> np.ndarray:
    """(3, 3) rotation from an optical frame (z forward, y down) to one with z up and x forward (REP-103).

    Args:
        pitch_deg: how far the camera looks down [deg].
    """
    pitch = np.radians(pitch_deg)
    level = np.array([[0.0, 0.0, 1.0], [-1.0, 0.0, 0.0], [0.0, -1.0, 0.0]])
    down = np.array([[np.cos(pitch), 0, np.sin(pitch)], [0, 1, 0], [-np.sin(pitch), 0, np.cos(pitch)]])
    return down @ level


@lru_cache(maxsize=8)
def _indices(skeleton: Skeleton) -> tuple[np.ndarray, np.ndarray]:
    """Where the keypoints stand in a skeleton, and which of them it has."""
    index = np.array([skeleton.keypoints.index(name) if name in skeleton.keypoints else -1 for name in KEYPOINTS])
    return index, index >= 0


def body_of(person: Person, stamp_s: float, upright: np.ndarray) -> Body:
    """The person as a body; keypoints without a point, or whose point is only predicted, are unknown.

    Args:
        person: with points, or without: then everything is unknown.
        stamp_s: of the image [s].
        upright: (3, 3) rotation from the frame of the points to one with z up.
    """
    if person.points is None:
        return Body(stamp_s, np.full((len(KEYPOINTS) + 1, 3), np.nan), 0.0)
    index, has = _indices(person.skeleton)
    points = np.empty((len(KEYPOINTS) + 1, 3))
    np.matmul(person.points.positions[index], upright.T, out=points[:-1])
    unknown = ~has | (person.points.sources[index] == PointSource.PREDICTED)
    points[:-1][unknown] = np.nan
    scores = person.scores[index][points[:-1, 0] == points[:-1, 0]]
    _complete(points)
    return Body(stamp_s, points, float(scores.sum()) / len(scores) if len(scores) else 0.0)


def _complete(points: np.ndarray) -> None:
    if points[_NECK, 0] != points[_NECK, 0]:
        points[_NECK] = (points[_NECK + 1] + points[_NECK + 2]) / 2
    points[_HIPS] = (points[_LEFT_HIP] + points[_LEFT_HIP + 1]) / 2
