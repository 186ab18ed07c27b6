"""Stick people in metres: the keypoints of a standing, reaching or walking human, for scenes with ground truth.

Body frame: x forward, y left, z up, origin on the floor between the feet [m].
"""
from __future__ import annotations

import numpy as np

from pose_ros.skeletons import OPENPOSE18

DOWN = np.array([0.0, 0.0, -1.0])
# Fractions of the height; segment lengths after Winter's table of body segments (Biomechanics, figure 4.1).
SHOULDER, HIP = np.array([0.0, 0.115, 0.818]), np.array([0.0, 0.055, 0.530])
UPPER_ARM, FOREARM, THIGH, SHIN = 0.172, 0.157, 0.245, 0.246
HEAD = {'neck': (0.0, 0.0, 0.818), 'nose': (0.065, 0.0, 0.915), 'left_eye': (0.055, 0.018, 0.936),
        'right_eye': (0.055, -0.018, 0.936), 'left_ear': (0.0, 0.044, 0.92), 'right_ear': (0.0, -0.044, 0.92)}
STEP_M = 1.4


def stick_person(height_m: float, arms: np.ndarray, legs: np.ndarray) -> np.ndarray:
    """(18, 3) points of OPENPOSE18 in the body frame.

    Args:
        arms: (2, 2, 3) unit directions of [left, right] [upper arm, forearm].
        legs: (2, 2, 3) the same for [thigh, shin].
    """
    points = dict(HEAD)
    for side, name in enumerate(('left', 'right')):
        outward = np.array([1.0, 1.0 - 2 * side, 1.0])
        points[f'{name}_shoulder'] = SHOULDER * outward
        points[f'{name}_elbow'] = points[f'{name}_shoulder'] + UPPER_ARM * arms[side, 0]
        points[f'{name}_wrist'] = points[f'{name}_elbow'] + FOREARM * arms[side, 1]
        points[f'{name}_hip'] = HIP * outward
        points[f'{name}_knee'] = points[f'{name}_hip'] + THIGH * legs[side, 0]
        points[f'{name}_ankle'] = points[f'{name}_knee'] + SHIN * legs[side, 1]
    return height_m * np.array([points[name] for name in OPENPOSE18.keypoints])


def swing(angle: float) -> np.ndarray:
    """(3,) direction of a limb that hangs down, turned forward by an angle [rad]."""
    return np.array([np.sin(angle), 0.0, -np.cos(angle)])


def walking(height_m: float, phase: float) -> np.ndarray:
    """(18, 3) points of someone walking; 2 pi of phase are one step of each leg."""
    swings = 0.45 * np.sin([phase, phase + np.pi])
    bends = 0.5 * (1 + np.sin([phase - 1.0, phase + np.pi - 1.0]))
    legs = np.array([[swing(s), swing(s - b)] for s, b in zip(swings, bends)])
    arms = np.array([[swing(-0.7 * s), swing(-0.7 * s + 0.4)] for s in swings])
    return stick_person(height_m, arms, legs)


def reaching(height_m: float, rng: np.random.Generator, reach: float = 1.0) -> np.ndarray:
    """(18, 3) points of someone standing with both arms in random directions, spread by `reach` around hanging down."""
    arms = DOWN + reach * rng.normal(0, 0.7, (2, 2, 3)) + reach * np.array([0.4, 0.0, 0.3])
    arms /= np.linalg.norm(arms, axis=-1, keepdims=True)
    legs = np.array([[swing(a), swing(a - b)] for a, b in zip(rng.normal(0, 0.15, 2), rng.uniform(0, 0.3, 2))])
    return stick_person(height_m, arms, legs)


def placed(points: np.ndarray, position: np.ndarray, heading: float) -> np.ndarray:
    """Body frame -> world: (K, 3) turned about z by a heading [rad] and moved to (2,) on the floor."""
    c, s = np.cos(heading), np.sin(heading)
    turned = points @ np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]])
    return turned + [*position, 0.0]


def looking_along_x(height_m: float = 1.3) -> np.ndarray:
    """(4, 4) transform world -> optical frame of a camera at the world's origin, at a height, looking along x."""
    return np.array([[0, -1, 0, 0], [0, 0, -1, height_m], [1, 0, 0, 0], [0, 0, 0, 1]], float)


def transformed(transform: np.ndarray, points: np.ndarray) -> np.ndarray:
    """(N, 3) points through a (4, 4) transform."""
    return points @ transform[:3, :3].T + transform[:3, 3]
