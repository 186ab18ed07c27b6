"""What the lifting network learns from: random cameras look at random bodies, and random keypoints are missing."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from pose_ros.lifting.person_view import person_views
from pose_ros.skeletons import OPENPOSE18
from pose_ros.training.lifting_bodies import heights_m

HIPS = [OPENPOSE18.index('left_hip'), OPENPOSE18.index('right_hip')]
# What moves together when poses are mixed: its beginnings on the trunk, and the ends.
_PARTS = ((('left_shoulder', ('left_elbow', 'left_wrist')),), (('right_shoulder', ('right_elbow', 'right_wrist')),),
          (('left_hip', ('left_knee', 'left_ankle')), ('right_hip', ('right_knee', 'right_ankle'))))


@dataclass(frozen=True, eq=False)
class Samples:
    """People in front of cameras, each turned to its person.

    Attributes:
        features: (P, 55) float32 of `person_views`, of noisy keypoints.
        shapes: (P, 18, 3) float32 truth in the frame of the turned camera, relative to the mid-hip, in heights.
        rays: (P, 18, 3) float32 noisy rays of the turned camera, z = 1; NaN = missing.
        places: (P, 3) float32 the mid-hip in the frame of the turned camera [m].
        heights_m: (P,) float32.
    """

    features: np.ndarray
    shapes: np.ndarray
    rays: np.ndarray
    places: np.ndarray
    heights_m: np.ndarray


def mixed(bodies: np.ndarray, random: np.random.Generator, share: float = 0.4) -> np.ndarray:
    """(N, 18, 3) bodies, z up, half of them mirrored, some with arms or legs of others, turned with the trunk."""
    mirrored = random.random(len(bodies)) < 0.5
    bodies = np.where(mirrored[:, None, None], bodies[:, OPENPOSE18.mirror] * [-1.0, 1, 1], bodies)
    mixed, trunks, heights = bodies.copy(), _trunks(bodies), heights_m(bodies)
    for limbs in _PARTS:
        others = np.where(random.random(len(bodies)) < share, random.permutation(len(bodies)), np.arange(len(bodies)))
        turn = trunks @ np.swapaxes(trunks[others], 1, 2) * (heights / heights[others])[:, None, None]
        for root, names in limbs:
            start, ends = OPENPOSE18.index(root), [OPENPOSE18.index(name) for name in names]
            mixed[:, ends] = bodies[:, [start]] + np.einsum(
                'nij,nkj->nki', turn, bodies[others][:, ends] - bodies[others][:, [start]])
    return mixed


def seen(bodies: np.ndarray, random: np.random.Generator, noise: float = 0.015, missing: float = 0.08,
         cut: float = 0.2) -> Samples:
    """Each body before a random camera, from any side, from eye level mostly, at 1.2 to 9 m.

    Args:
        bodies: (N, 18, 3) points [m], z up; NaN = unknown, as keypoints missing and as truth.
        noise: standard deviation of a keypoint at the worst, as part of the size of the person in the image.
        missing: probability that a keypoint is missing.
        cut: probability that the edge of the image cuts a person.
    """
    heights = heights_m(bodies)
    points = before_cameras(bodies, random)
    rays = points / points[:, :, 2:]
    rays[:, :, :2] += _noise(rays, noise, random)
    rays[_hidden(rays, missing, cut, random)] = np.nan
    views = person_views(rays)
    turned = points @ np.swapaxes(views.rotations, 1, 2)
    places = turned[:, HIPS].mean(axis=1)
    shapes = (turned - places[:, None]) / heights[:, None, None]
    parts = views.features, shapes, views.rays, places, heights
    return Samples(*(np.asarray(part, np.float32) for part in parts))


def before_cameras(bodies: np.ndarray, random: np.random.Generator, nearest_m: float = 1.2,
                   farthest_m: float = 9.0) -> np.ndarray:
    """(N, 18, 3) bodies, z up, in random optical frames whose z axis meets the mid-hip; NaN behind the camera."""
    count = len(bodies)
    around, roll = random.uniform(0, 360, count), random.normal(0, 5, count)
    pitch = np.where(random.random(count) < 0.8, random.normal(5, 12, count), random.uniform(-30, 60, count))
    upright = Rotation.from_euler('x', 90, degrees=True)  # z up -> y down, z ahead
    turns = Rotation.from_euler('xz', np.column_stack([pitch, roll]), degrees=True)
    turns = (turns * upright * Rotation.from_euler('z', around[:, None], degrees=True)).as_matrix()
    centred = bodies - bodies[:, HIPS].mean(axis=1, keepdims=True)
    distances = np.exp(random.uniform(np.log(nearest_m), np.log(farthest_m), count))
    points = np.einsum('nij,nkj->nki', turns, centred) + distances[:, None, None] * [0, 0, 1.0]
    return np.where(points[:, :, 2:] > 0.2, points, np.nan)


def _noise(rays: np.ndarray, noise: float, random: np.random.Generator) -> np.ndarray:
    flat = rays[:, :, :2]
    sizes = (np.nanmax(flat, axis=1) - np.nanmin(flat, axis=1)).max(axis=1)
    levels = random.uniform(0, noise, len(rays)) * sizes
    return random.normal(0, 1, flat.shape) * levels[:, None, None]


def _hidden(rays: np.ndarray, missing: float, cut: float, random: np.random.Generator) -> np.ndarray:
    """(N, 18) bool; four keypoints at least stay."""
    count = len(rays)
    hidden = random.random(rays.shape[:2]) < missing
    angle = random.choice([0, np.pi / 2, np.pi / 2, np.pi / 2, np.pi], count)
    along = rays[:, :, 0] * np.cos(angle)[:, None] + rays[:, :, 1] * np.sin(angle)[:, None]
    low, high = np.nanmin(along, axis=1), np.nanmax(along, axis=1)
    edge = low + random.uniform(0.35, 1.0, count) * (high - low)
    hidden |= (along > edge[:, None]) & (random.random(count) < cut)[:, None]
    too_few = (~hidden & np.isfinite(along)).sum(axis=1) < 4
    return hidden & ~too_few[:, None]


def _trunks(bodies: np.ndarray) -> np.ndarray:
    """(N, 3, 3) left, behind, up of the trunks, in columns."""
    def at(name: str) -> np.ndarray:
        return bodies[:, OPENPOSE18.index(name)]
    up = at('neck') - bodies[:, HIPS].mean(axis=1)
    up /= np.linalg.norm(up, axis=1, keepdims=True)
    left = at('left_shoulder') - at('right_shoulder')
    left -= (left * up).sum(axis=1, keepdims=True) * up
    left /= np.linalg.norm(left, axis=1, keepdims=True)
    return np.stack([left, np.cross(up, left), up], axis=-1)
