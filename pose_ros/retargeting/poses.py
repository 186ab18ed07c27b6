"""Usual poses of a person's arms, to see what a robot can do of them."""
from __future__ import annotations

import numpy as np

from pose_ros.retargeting.config import RobotConfig

# Outward is to the left for the left arm; x forward, y left, z up.
DOWN, FORWARD, OUTWARD, UP, INWARD = (np.array(axis, float) for axis in (
    (0, 0, -1), (1, 0, 0), (0, 1, 0), (0, 0, 1), (0, -1, 0)))
UPPER_ARMS = (DOWN, FORWARD, OUTWARD, (DOWN + FORWARD) / np.sqrt(2), (DOWN + OUTWARD) / np.sqrt(2))
FOREARMS = (DOWN, FORWARD, UP, INWARD)
# A forearm at less than this angle to its upper arm is folded too far for people [cosine of the angle between bones].
FOLDED = -0.8
# How far a hand goes from where it began [m].
HAND_STEP_M = 0.15
MIRROR = np.array([1.0, -1.0, 1.0])


def usual_poses(config: RobotConfig) -> np.ndarray:
    """(P, B, 3) directions of the bones of a robot file in the base frame; NaN for bones that are no arm's."""
    pairs = [(upper, fore) for upper in UPPER_ARMS for fore in FOREARMS if upper @ fore > FOLDED]
    return np.array([[_direction(bone.keypoints, *pair) for bone in config.bones] for pair in pairs])


def _direction(keypoints: tuple[str, ...], upper: np.ndarray, fore: np.ndarray) -> np.ndarray:
    side, _, start = keypoints[0].partition('_')
    found = {'shoulder': upper, 'elbow': fore, 'wrist': fore}.get(start, np.full(3, np.nan))
    return found if side == 'left' else found * MIRROR


def usual_steps(config: RobotConfig) -> np.ndarray:
    """(6, W, 3) movements of the wrists of a robot file in the base frame [m]."""
    axes = HAND_STEP_M * np.concatenate([np.eye(3), -np.eye(3)])
    scales = np.array([wrist.scale for wrist in config.wrists]).reshape(-1, 1)
    return axes[:, None, :] * scales
