"""A person who moves both arms, for retargeting benchmarks and tests: smooth, noisy, and spoilt on purpose.

Sums of sines for shoulder, elbow and wrist; the wrists move at 0.4-0.5 m/s (median) and at most 1.4 m/s.
"""
from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from pose_ros.skeletons import Skeleton

RATE_HZ = 30.0
ARMS = Skeleton('arms', ('left_shoulder', 'left_elbow', 'left_wrist', 'left_hand', 'right_shoulder', 'right_elbow',
                         'right_wrist', 'right_hand', 'left_hip', 'right_hip'), ())
BONE_LENGTHS = np.array([0.30, 0.26, 0.09])  # upper arm, forearm, hand [m]


@dataclass(frozen=True, eq=False)
class Motion:
    """N frames of one person.

    Attributes:
        stamps: (N,) [s].
        points: (N, 10, 3) of the skeleton ARMS, x forward, y left, z up [m].
    """

    stamps: np.ndarray
    points: np.ndarray

    def directions(self, keypoints: tuple[str, ...]) -> np.ndarray:
        """(N, 3) unit vectors from one keypoint to another."""
        start, end = (self.points[:, ARMS.index(name)] for name in keypoints)
        return np.asarray((end - start) / np.linalg.norm(end - start, axis=1, keepdims=True))

    def at(self, stamps: np.ndarray) -> Motion:
        """The motion at other times (M,) [s], points interpolated linearly."""
        index = np.clip(np.searchsorted(self.stamps, stamps, 'right') - 1, 0, len(self.stamps) - 2)
        part = ((stamps - self.stamps[index]) / np.diff(self.stamps)[index])[:, None, None]
        return Motion(stamps, (1 - part) * self.points[index] + part * self.points[index + 1])


def turn(axis: int, angles: np.ndarray) -> np.ndarray:
    """(N, 3, 3) right-handed rotations about axis 0, 1 or 2 [rad]."""
    cosines, sines = np.cos(angles), np.sin(angles)
    turns = np.zeros((len(angles), 3, 3))
    i, j = (axis + 1) % 3, (axis + 2) % 3
    turns[:, axis, axis] = 1
    turns[:, i, i] = turns[:, j, j] = cosines
    turns[:, j, i], turns[:, i, j] = sines, -sines
    return turns


def move(frames: int, seed: int = 1, speed: float = 1.0, rate_hz: float = RATE_HZ) -> Motion:
    """A person who gestures with both arms; `speed` multiplies the frequencies 0.08-0.42 Hz."""
    random = np.random.default_rng(seed)
    stamps = np.arange(frames) / rate_hz

    def wave(middle: float, size: float) -> np.ndarray:
        frequencies, phases = random.uniform(.08, .42, 3) * speed, random.uniform(0, 2 * np.pi, 3)
        shares = random.dirichlet(np.ones(3))
        waves = np.sin(2 * np.pi * frequencies[:, None] * stamps + phases[:, None])
        return np.asarray(middle + 1.6 * size * (shares @ waves))

    def arm(shoulder: np.ndarray, outward: float) -> np.ndarray:
        flexion, abduction, rotation = wave(.7, .7), wave(.35, .35), wave(0, .6)
        elbow, wrist, deviation = np.clip(wave(1.2, .8), .15, 2.3), wave(0, .5), wave(0, .25)
        upper = turn(0, outward * abduction) @ turn(1, -flexion) @ turn(2, outward * rotation)
        fore = upper @ turn(1, -elbow)
        hand = fore @ turn(1, -wrist) @ turn(0, deviation)
        bones = -np.stack([turn[:, :, 2] for turn in (upper, fore, hand)], 1) * BONE_LENGTHS[:, None]
        return np.asarray(np.concatenate([np.zeros((frames, 1, 3)), np.cumsum(bones, 1)], 1) + shoulder)

    left, right = arm(np.array([0, .2, .5]), 1.0), arm(np.array([0, -.2, .5]), -1.0)
    hips = np.broadcast_to([[0, .12, 0], [0, -.12, 0]], (frames, 2, 3))
    return Motion(stamps, np.concatenate([left, right, hips], 1))


def add_noise(motion: Motion, seed: int = 7, sigma_m: float = .01, outliers: float = .02) -> Motion:
    """Noise on every point and axis, and now and then a point that is 0.2 m (sigma) off."""
    random = np.random.default_rng(seed)
    points = motion.points + random.normal(0, sigma_m, motion.points.shape)
    off = random.random(points.shape[:2]) < outliers
    points[off] += random.normal(0, .2, (off.sum(), 3))
    return replace(motion, points=points)


def spoil(motion: Motion, seed: int = 3) -> Motion:
    """Everything that a bad tracker does: NaN, infinite and huge points, dropped stretches, jumps, warped time."""
    random = np.random.default_rng(seed)
    frames, count = motion.points.shape[:2]
    points = motion.points.copy()
    points[random.random((frames, count)) < .05] = np.nan
    points[random.random((frames, count)) < .002] = np.inf
    points[random.random((frames, count)) < .005] *= 1e3
    points += np.cumsum((random.random((frames, 1, 1)) < .01) * random.normal(0, .5, (frames, count, 3)), 0) % 1.0
    stamps = motion.stamps + np.cumsum((random.random(frames) < .01) * random.uniform(-.3, .6, frames))
    stamps += random.normal(0, .01, frames)
    kept = np.repeat(random.random(frames // 20 + 1) > .15, 20)[:frames]
    return Motion(stamps[kept], points[kept])
