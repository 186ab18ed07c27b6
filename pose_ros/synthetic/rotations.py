"""Rotation matrices of the synthetic world: x to the person's left, y behind the person, z up [m]."""
from __future__ import annotations

import numpy as np

X, Y, Z = np.eye(3)


def rotation(axis: np.ndarray, angle_deg: float) -> np.ndarray:
    """(3, 3): turns by `angle_deg` about `axis`, of any length (Rodrigues)."""
    x, y, z = axis / (np.linalg.norm(axis) + 1e-12)
    angle = np.radians(angle_deg)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross


def bend(forward_deg: float = 0.0, sideways_deg: float = 0.0, twist_deg: float = 0.0) -> np.ndarray:
    """(3, 3): bent forward, then sideways, then twisted about the vertical."""
    return rotation(Z, twist_deg) @ rotation(Y, sideways_deg) @ rotation(X, forward_deg)


def turn_onto(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """(3, 3): the shortest rotation that brings direction `start` onto `end`."""
    axis = np.cross(start, end)
    return rotation(axis, np.degrees(np.arctan2(np.linalg.norm(axis), start @ end)))
