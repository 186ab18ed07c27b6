"""A person's points in an upright frame, and the angles that rules speak of."""
from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np

from pose_ros.skeletons import Skeleton
from pose_ros.types import Person, PointSource

KEYPOINTS = ('nose', 'neck', 'left_shoulder', 'right_shoulder', 'left_elbow', 'right_elbow', 'left_wrist',
             'right_wrist', 'left_hip', 'right_hip', 'left_knee', 'right_knee', 'left_ankle', 'right_ankle')
NUMBER = {name: index for index, name in enumerate(KEYPOINTS)}
_HIPS = len(KEYPOINTS)  # the middle of the hips, behind the keypoints
_UP = np.array([0.0, 0.0, 1.0])

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
_SPOKES = len(_TRIPLES)
_LEG_STARTS = [NUMBER[side + part] for part in ('hip', 'knee') for side in _SIDES]
_LEG_ENDS = [NUMBER[side + part] for part in ('knee', 'ankle') for side in _SIDES]


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

    def __getitem__(self, keypoint: str) -> np.ndarray:
        """(3,) [m] of a keypoint."""
        return self.points[NUMBER[keypoint]]

    def smoothed(self, before: Body, share: float) -> Body:
        """With this share (0..1) of the body before; points that were unknown then are as they are now."""
        blended = self.points + share * (before.points - self.points)
        return replace(self, points=np.where(np.isnan(before.points), self.points, blended))

    @property
    def hips(self) -> np.ndarray:
        """(3,) [m] the middle of the hips."""
        return self.points[_HIPS]

    @cached_property
    def angles(self) -> dict[str, float]:
        """[deg] by name: of joints (180 = straight), of limbs against straight down, of the trunk against upright.

        A name without side is the mean of both sides, or that of the one which is known; NaN = unknown.
        """
        legs = self.points[_TO] - self.points[_FROM]
        spokes = self.points[_TRIPLES[:, 2]] - self.points[_TRIPLES[:, 1]]
        others = np.concatenate([spokes, np.broadcast_to(-_UP, (len(legs) - _SPOKES, 3))])
        lengths = np.sqrt((legs * legs).sum(1) * (others * others).sum(1))
        cosines = (legs * others).sum(1) / np.maximum(lengths, 1e-9)
        degrees = np.degrees(np.arccos(np.clip(cosines, -1, 1)))
        sided = degrees[:-1].reshape(-1, 2)
        both = np.where(np.isnan(sided[:, 0]), sided[:, 1],
                        np.where(np.isnan(sided[:, 1]), sided[:, 0], sided.mean(1)))
        return dict(zip(ANGLES, [*degrees[:-1].tolist(), *both.tolist(), float(degrees[-1])]))

    @property
    def leg_m(self) -> float:
        """Length of a leg, hip to knee to ankle [m], the mean of both; NaN without a whole leg."""
        parts = self.points[_LEG_ENDS] - self.points[_LEG_STARTS]
        lengths = np.sqrt((parts * parts).sum(1))
        known = [side for side in (lengths[:2] + lengths[2:]).tolist() if side == side]
        return sum(known) / len(known) if known else np.nan


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
def _indices(skeleton: Skeleton) -> np.ndarray:
    return np.array([skeleton.keypoints.index(name) if name in skeleton.keypoints else -1 for name in KEYPOINTS])


def body_of(person: Person, stamp_s: float, upright: np.ndarray) -> Body:
    """The person as a body; keypoints without a point, or whose point is only predicted, are unknown.

    Args:
        person: with points, or without: then everything is unknown.
        stamp_s: of the image [s].
        upright: (3, 3) rotation from the frame of the points to one with z up.
    """
    points = np.full((len(KEYPOINTS) + 1, 3), np.nan)
    if person.points is None:
        return Body(stamp_s, points, 0.0)
    index = _indices(person.skeleton)
    known = (index >= 0) & person.points.known[index] & (person.points.sources[index] != PointSource.PREDICTED)
    points[:-1][known] = person.points.positions[index[known]] @ upright.T
    if not known[NUMBER['neck']]:
        points[NUMBER['neck']] = (points[NUMBER['left_shoulder']] + points[NUMBER['right_shoulder']]) / 2
    points[_HIPS] = (points[NUMBER['left_hip']] + points[NUMBER['right_hip']]) / 2
    return Body(stamp_s, points, float(person.scores[index[known]].mean()) if known.any() else 0.0)
