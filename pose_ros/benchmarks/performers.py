"""People who stand, walk, sit, fall, signal and exercise, as points in space with the truth beside them.

A performer is a chain of rigid limbs, posed by angles and moved between poses by keyframes. Lengths are those of
somebody of 1.75 m (Winter, "Biomechanics and Motor Control of Human Movement", 2009, figure 4.1).
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass

import numpy as np

from pose_ros.activity.body import KEYPOINTS, upright_from_optical
from pose_ros.benchmarks.motions import turn
from pose_ros.skeletons import OPENPOSE18
from pose_ros.types import Person, Points, PointSource

THIGH_M, SHANK_M, TRUNK_M, UPPER_ARM_M, FOREARM_M, HEAD_M = 0.43, 0.43, 0.50, 0.33, 0.26, 0.20
HIPS_M, SHOULDERS_M = 0.22, 0.38
LOWEST_M = 0.08  # of any keypoint above the floor
RATE_HZ = 30.0


@dataclass(frozen=True)
class Pose:
    """Angles [deg] of one moment, left and right as pairs.

    Attributes:
        thighs: swing forward from hanging.
        knees: bend, 0 = straight.
        trunk: leans forward over the hips.
        ahead, aside: upper arms against the trunk, swung forward and lifted sideways.
        elbows, turns: forearms against the upper arms, forward and sideways.
        tilt, roll: the whole body leans forward and to the left.
        place: x, y [m] of the hips.
        lift: of the lowest keypoint above `LOWEST_M` [m].
    """

    thighs: tuple[float, float] = (0.0, 0.0)
    knees: tuple[float, float] = (0.0, 0.0)
    trunk: float = 0.0
    ahead: tuple[float, float] = (5.0, 5.0)
    aside: tuple[float, float] = (8.0, 8.0)
    elbows: tuple[float, float] = (10.0, 10.0)
    turns: tuple[float, float] = (0.0, 0.0)
    tilt: float = 0.0
    roll: float = 0.0
    place: tuple[float, float] = (0.0, 0.0)
    lift: float = 0.0


@dataclass(frozen=True, eq=False)
class Performance:
    """What somebody does.

    Attributes:
        stamps: (N,) [s].
        points: (N, 14, 3) [m] of `KEYPOINTS`, z up, the floor at 0.
    """

    stamps: np.ndarray
    points: np.ndarray

    def then(self, other: Performance) -> Performance:
        """This and, one image later, the other, which begins where this one ends (over the ground)."""
        moved = (self.points[-1, 8:10].mean(0) - other.points[0, 8:10].mean(0)) * [1, 1, 0]
        start_s = self.stamps[-1] + 1 / RATE_HZ - other.stamps[0]
        return Performance(np.concatenate([self.stamps, other.stamps + start_s]),
                           np.concatenate([self.points, other.points + moved]))

    def turned(self, heading_deg: float) -> Performance:
        """The same, with another heading."""
        return Performance(self.stamps, self.points @ turn(2, np.radians([heading_deg]))[0].T)

    def persons(self, noise_m: float = 0.0, seed: int = 0, track_id: int = 0, hidden: float = 0.0) -> list[Person]:
        """As a level camera 1.2 m above the floor sees it from 4 m; optical frame.

        Args:
            noise_m: standard deviation of each coordinate [m].
            seed: of noise and gaps.
            track_id: of the person.
            hidden: share of points that are missing.
        """
        random = np.random.default_rng(seed)
        points = (self.points + [4.0, 0.0, -1.2]) @ upright_from_optical()
        points = points + random.normal(0, 1, points.shape) * noise_m
        points[random.random(points.shape[:2]) < hidden] = np.nan
        return [_person(frame, track_id) for frame in points]


def perform(keyframes: Sequence[tuple[float, Pose]], falling: bool = False) -> Performance:
    """Moves from pose to pose.

    Args:
        keyframes: times [s], growing from 0, and the poses then.
        falling: True moves ever faster towards the next pose, as things fall; False eases in and out.
    """
    times = np.array([time for time, _ in keyframes])
    vectors = np.array([np.hstack(astuple(pose)) for _, pose in keyframes])
    stamps = np.arange(0, times[-1] + 1e-9, 1 / RATE_HZ)
    index = np.clip(np.searchsorted(times, stamps, 'right') - 1, 0, len(times) - 2)
    part = ((stamps - times[index]) / np.diff(times)[index])[:, None]
    eased = part ** 2 if falling else part ** 2 * (3 - 2 * part)
    return Performance(stamps, points_of(vectors[index] + eased * (vectors[index + 1] - vectors[index])))


def walk(duration_s: float, steps_per_min: float = 108.0, swing_deg: float = 22.0) -> Performance:
    """Walks straight ahead; every step is as long as its ankles are apart, so that no foot slides much."""
    stamps = np.arange(0, duration_s, 1 / RATE_HZ)
    phase = np.pi * steps_per_min / 60 * stamps
    swing = np.radians(swing_deg) * np.sin(phase)
    speed = 2 * (THIGH_M + SHANK_M) * np.sin(np.radians(swing_deg)) * steps_per_min / 60
    vectors = np.tile(np.hstack(astuple(Pose())), (len(stamps), 1))
    vectors[:, 0:2] = np.degrees(np.stack([swing, -swing], 1))
    # The leg that swings forward bends.
    vectors[:, 2:4] = 40 * np.clip(np.stack([np.cos(phase), -np.cos(phase)], 1), 0, None) ** 2
    vectors[:, 5:7] = np.degrees(np.stack([-swing, swing], 1)) * 0.8
    vectors[:, -3] = speed * stamps
    return Performance(stamps, points_of(vectors))


def points_of(vectors: np.ndarray) -> np.ndarray:
    """(N, 14, 3) [m] of poses (N, 18), each the numbers of a `Pose` in order; x ahead, y left, z up."""
    angles = np.radians(vectors[:, :-3])
    thighs, knees, trunk, ahead, aside, elbows, turns, tilt, roll = np.split(angles, [2, 4, 5, 7, 9, 11, 13, 14], 1)
    parts = np.zeros((len(vectors), len(KEYPOINTS), 3))
    up = np.array([0.0, 0.0, 1.0])
    lean = turn(1, trunk[:, 0])
    neck = (lean @ (TRUNK_M * up))
    parts[:, 0] = neck + lean @ np.array([0.08, 0.0, HEAD_M])
    parts[:, 1] = neck
    for side, sign in ((0, 1.0), (1, -1.0)):
        shoulder = neck + lean @ np.array([0, sign * SHOULDERS_M / 2, -0.03])
        elbow = shoulder + _apply(lean, UPPER_ARM_M * _hanging(ahead[:, side], sign * aside[:, side]))
        fore = _hanging(ahead[:, side] + elbows[:, side], sign * (aside[:, side] + turns[:, side]))
        hip = np.broadcast_to([0, sign * HIPS_M / 2, 0], neck.shape)
        knee = hip + THIGH_M * _hanging(thighs[:, side], np.zeros(len(vectors)))
        ankle = knee + SHANK_M * _hanging(thighs[:, side] - knees[:, side], np.zeros(len(vectors)))
        for keypoint, place in zip((2, 4, 6, 8, 10, 12),
                                   (shoulder, elbow, elbow + _apply(lean, FOREARM_M * fore), hip, knee, ankle)):
            parts[:, keypoint + side] = place
    whole = turn(0, -roll[:, 0]) @ turn(1, tilt[:, 0])
    turned = parts @ whole.transpose(0, 2, 1)
    turned[:, :, 2] += (LOWEST_M + vectors[:, -1] - turned[:, :, 2].min(1))[:, None]
    turned[:, :, :2] += vectors[:, None, -3:-1]
    return turned


def _apply(turns: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    return np.asarray((turns @ vectors[:, :, None])[:, :, 0])


def _hanging(ahead: np.ndarray, aside: np.ndarray) -> np.ndarray:
    """(N, 3) directions of limbs that hang down, swung forward and lifted to the left [rad]."""
    return np.stack([np.sin(ahead) * np.cos(aside), np.sin(aside), -np.cos(ahead) * np.cos(aside)], 1)


def _person(points: np.ndarray, track_id: int) -> Person:
    index = np.array([KEYPOINTS.index(name) if name in KEYPOINTS else -1 for name in OPENPOSE18.keypoints])
    positions = np.where(index[:, None] >= 0, points[index], np.nan)
    known = np.asarray(np.isfinite(positions).all(axis=1))
    pixels = 500 * positions[:, :2] / positions[:, 2:] + [320, 240]
    covariances = np.where(known[:, None, None], np.eye(3) * 4e-4, np.nan)
    return Person(OPENPOSE18, pixels, np.where(known, 0.9, 0.0), 0.9, track_id,
                  Points(positions, covariances, np.where(known, PointSource.SENSOR, PointSource.NONE)))
