"""Surfaces that hang on a body: long hair and skirts."""
from __future__ import annotations

import numpy as np

from pose_ros.synthetic.appearance import Appearance


class Sheet:
    """A grid of vertices hung on the body: long hair behind the head, or a skirt round the hips."""

    def __init__(self, angles: np.ndarray, rows: int, closed: bool) -> None:
        down = np.linspace(0, 1, rows)
        self.angle, self.down = (x.ravel() for x in np.meshgrid(angles, down, indexing='ij'))
        columns = len(angles) if closed else len(angles) - 1
        first = np.arange(columns)[:, None] * rows + np.arange(rows - 1)
        second = (first + rows) % len(self.angle)
        self.faces = np.stack([first, second, second + 1, first, second + 1, first + 1], -1).reshape(-1, 3)

    def hair(self, look: Appearance) -> np.ndarray:
        """(V, 3) on the rest pose [m]."""
        width = .085 * (1 + .25 * self.down)
        return np.stack([width * np.sin(self.angle), .085 * np.cos(self.angle) * (1 + .1 * self.down) - .015,
                         .70 - look.long_hair * self.down], -1)

    def skirt(self, look: Appearance) -> np.ndarray:
        """(V, 3) on the rest pose [m]."""
        pleats = 1 + (look.flare + .08 * np.sin(self.angle * 9)) * self.down
        return np.stack([(.16 + .1 * self.down) * pleats * np.sin(self.angle),
                         (.125 + .1 * self.down) * pleats * np.cos(self.angle), .08 - look.skirt * self.down], -1)
