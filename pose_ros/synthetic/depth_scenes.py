"""Depth images of people in front of a wall, with ground truth: tapered capsules, noise and holes."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pose_ros.camera import Camera
from pose_ros.skeletons import OPENPOSE18
from pose_ros.synthetic.depth_camera import measured
from pose_ros.synthetic.stick_people import looking_along_x, placed, reaching, transformed
from pose_ros.types import Person

CAMERA = Camera(640, 480, np.array([[525.0, 0, 319.5], [0, 525.0, 239.5], [0, 0, 1]]))
# Radii [m] at both ends of the limbs of someone of middle build.
TAPERS = {('shoulder', 'elbow'): (.055, .042), ('elbow', 'wrist'): (.042, .028), ('hip', 'knee'): (.09, .058),
          ('knee', 'ankle'): (.056, .037)}
PIECES = 4
HEAD = {'nose', 'eye', 'ear'}


@dataclass(frozen=True)
class DepthScene:
    """One RGB-D frame without its colours.

    Attributes:
        depth: (H, W) float32 [m] along z, 0 = hole.
        clean: the same without noise and holes.
        points: (P, 18, 3) truth [m], optical frame.
        visible: (P, 18) bool, keypoints whose flesh the camera sees.
        persons: with noisy keypoints.
        wall_m: where the wall is.
    """

    depth: np.ndarray
    clean: np.ndarray
    points: np.ndarray
    visible: np.ndarray
    persons: list[Person]
    wall_m: float


def depth_scene(rng: np.random.Generator, noise_m: float = 0.0, noise_fraction: float = 0.0, holes: bool = True,
                noise_px: float = 2.0, people: int = 1, camera: Camera = CAMERA, turn: float = 0.7) -> DepthScene:
    """People reaching anywhere, 1.8 to 3.2 m away, a wall 0.5 to 1.2 m behind the last of them."""
    distances = rng.uniform(1.8, 3.2, people)
    points = []
    for index, distance in enumerate(distances):
        side = (index - (people - 1) / 2) * 1.1
        heading = np.pi + rng.uniform(-turn, turn)
        body = placed(reaching(rng.uniform(1.55, 1.9), rng), np.array([distance, side]), heading)
        points.append(transformed(looking_along_x(1.0), body))
    build = rng.uniform(0.85, 1.15, people)
    wall = distances.max() + rng.uniform(0.5, 1.2)
    clean = render(camera, [capsule for one, width in zip(points, build) for capsule in flesh(one, width)], wall)
    return DepthScene(measured(clean, rng, noise_m, noise_fraction, holes), clean, np.array(points),
                      np.array([_visible(camera, one, clean) for one in points]),
                      [_noisy_person(camera, one, rng, noise_px) for one in points], wall)


def flesh(points: np.ndarray, build: float = 1.0) -> list[tuple[np.ndarray, np.ndarray, float]]:
    """(18, 3) points of someone -> capsules: both ends [m] and radius [m]."""
    at = dict(zip(OPENPOSE18.keypoints, points))
    height = 4 * np.linalg.norm(at['left_knee'] - at['left_hip'])
    k = height / 1.7 * build
    capsules = []
    for side in ('left', 'right'):
        for (near, far), (first, last) in TAPERS.items():
            ends = np.linspace(at[f'{side}_{near}'], at[f'{side}_{far}'], PIECES + 1)
            radii = np.linspace(first, last, PIECES + 1)
            capsules += [(ends[i], ends[i + 1], k * (radii[i] + radii[i + 1]) / 2) for i in range(PIECES)]
        arm = at[f'{side}_wrist'] - at[f'{side}_elbow']
        capsules.append((at[f'{side}_wrist'], at[f'{side}_wrist'] + 0.3 * arm, 0.03 * k))
        chest = 0.55 * at[f'{side}_shoulder'] + 0.45 * at['neck']
        down = at[f'{side}_hip'] - at[f'{side}_shoulder']
        capsules.append((chest + 0.2 * down, at[f'{side}_hip'], 0.1 * k))
    capsules.append((at['left_shoulder'], at['right_shoulder'], 0.06 * k))
    capsules.append((at['left_hip'], at['right_hip'], 0.1 * k))
    middle = (at['left_ear'] + at['right_ear']) / 2
    forward, up = at['nose'] - middle, np.cross(at['right_ear'] - middle, at['nose'] - middle)
    up /= np.linalg.norm(up)
    capsules.append((at['neck'], middle, 0.055 * k))
    face, crown = middle + 0.32 * forward, middle - 0.1 * forward + 0.028 * height * up
    return [*capsules, (face, face, 0.044 * height), (crown, crown, 0.053 * height)]


def render(camera: Camera, capsules: list[tuple[np.ndarray, np.ndarray, float]], wall_m: float) -> np.ndarray:
    """(H, W) float32 depth along z [m] of capsules in front of a wall that faces the camera."""
    pixels = np.stack(np.meshgrid(np.arange(camera.width), np.arange(camera.height)), -1)
    rays = camera.rays(pixels.reshape(-1, 2)).reshape(*pixels.shape[:2], 3)
    depth = np.full(pixels.shape[:2], wall_m)
    for start, end, radius in capsules:
        corners = camera.project(np.array([start, end]))
        reach = 1.2 * radius * camera.matrix[0, 0] / max(min(start[2], end[2]) - radius, 0.1) + 2
        (x0, y0), (x1, y1) = (np.nan_to_num(corners.min(0)) - reach).astype(int), (corners.max(0) + reach).astype(int)
        box = slice(max(y0, 0), max(y1 + 1, 0)), slice(max(x0, 0), max(x1 + 1, 0))
        depth[box] = np.fmin(depth[box], hit(rays[box], start, end, radius))
    return depth.astype(np.float32)


def hit(rays: np.ndarray, start: np.ndarray, end: np.ndarray, radius: float) -> np.ndarray:
    """Where (..., 3) rays from the origin first meet a capsule, in lengths of the ray; NaN where they miss."""
    axis = end - start
    aa, ar, rr = axis @ axis, rays @ axis, (rays * rays).sum(-1)
    rs, as_, ss = -(rays @ start), -(axis @ start), start @ start
    with np.errstate(invalid='ignore', divide='ignore'):
        a, b, c = aa * rr - ar * ar, aa * rs - as_ * ar, aa * ss - as_ * as_ - radius * radius * aa
        side = (-b - np.sqrt(b * b - a * c)) / a
        along = as_ + side * ar
        side[~((along > 0) & (along < aa))] = np.nan
        return np.fmin(side, np.fmin(_sphere(rays, rr, start, radius), _sphere(rays, rr, end, radius)))


def _sphere(rays: np.ndarray, rr: np.ndarray, centre: np.ndarray, radius: float) -> np.ndarray:
    b = rays @ centre
    return (b - np.sqrt(b * b - rr * (centre @ centre - radius * radius))) / rr


def _visible(camera: Camera, points: np.ndarray, clean: np.ndarray) -> np.ndarray:
    pixels = np.nan_to_num(np.round(camera.project(points)), nan=-1).astype(int)
    inside = np.all((pixels >= 0) & (pixels < [camera.width, camera.height]), axis=1)
    x, y = np.where(inside[:, None], pixels, 0).T
    behind = points[:, 2] - clean[y, x]
    # No joint lies deeper in its flesh; what is further behind is hidden by another limb, or by the head.
    deepest = np.array([0.05 if name.split('_')[-1] in HEAD else 0.13 for name in OPENPOSE18.keypoints])
    return inside & (np.abs(behind) < deepest)


def _noisy_person(camera: Camera, points: np.ndarray, rng: np.random.Generator, noise_px: float) -> Person:
    pixels = camera.project(points) + rng.normal(0, noise_px, (len(points), 2))
    inside = np.all((pixels >= 0) & (pixels <= [camera.width - 1, camera.height - 1]), axis=1)
    return Person(OPENPOSE18, np.where(inside[:, None], pixels, np.nan), inside, 1.0)
