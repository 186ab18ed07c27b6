"""A track_id that jumps through space has been given to somebody else."""
from __future__ import annotations

import math

import numpy as np

# Faster than this nobody walks before a robot [m/s]; noise of depth may add so much [m].
FASTEST, SLACK_M = 3.0, 0.3
# So many points of the torso make a place.
FEWEST = 3


class JumpGuard:
    """Watches where one person's torso is.

    Args:
        torso: indices of its keypoints; with fewer than three nothing is watched.
    """

    def __init__(self, torso: list[int]) -> None:
        self._torso = torso
        self.forget()

    def forget(self) -> None:
        """The next points may be another person's."""
        self._place, self._stamp = np.full(3, np.nan), -math.inf

    def jump(self, points: np.ndarray, stamp: float) -> float:
        """How much further the torso is than anyone could have gone since the last time [m]; 0 = not.

        Args:
            points: (K, 3) in the frame of the camera [m]; NaN = not seen.
            stamp: of them [s].
        """
        torso = points[self._torso]
        seen = torso[np.isfinite(torso).all(1)]
        if len(seen) < FEWEST:
            return 0.0
        place, before, elapsed = np.median(seen, axis=0), self._place, stamp - self._stamp
        gone = float(np.linalg.norm(place - before))
        self._place, self._stamp = place, stamp
        return gone if gone > SLACK_M + FASTEST * elapsed else 0.0
