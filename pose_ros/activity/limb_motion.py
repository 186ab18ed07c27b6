"""What the limbs do between two rests: the material of gestures.

Directions of limbs in the frame of the trunk are compared, so neither place nor size of the person matters; dynamic
time warping (Sakoe and Chiba 1978) compares them, so speed does not matter either.
"""
from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from dtaidistance import dtw_ndim

from pose_ros.activity.body import NUMBER, Body
from pose_ros.settings import Settings, setting

LIMBS = tuple((side + start, side + end) for side in ('left_', 'right_')
              for start, end in (('shoulder', 'elbow'), ('elbow', 'wrist'), ('hip', 'knee'), ('knee', 'ankle')))
_IS_LEG = np.array(['hip' in start or 'knee' in start for start, _ in LIMBS])
_STARTS, _ENDS = ([NUMBER[limb[end]] for limb in LIMBS] for end in (0, 1))
_HANGING = np.array([0.0, 0.0, -1.0])


@dataclass(frozen=True)
class GestureSettings(Settings):
    """How recorded gestures are found."""

    rate_hz: float = setting(15.0, 'Images per second that are compared [Hz]', low=5.0, high=60.0)
    moving_per_s: float = setting(0.8, 'Turning of a limb that is motion [rad/s]', low=0.05, high=10.0)
    rest_s: float = setting(0.35, 'Rest that ends a gesture [s]', low=0.1, high=3.0)
    shortest_s: float = setting(0.4, 'Shorter motions are no gesture [s]', low=0.1, high=5.0)
    longest_s: float = setting(6.0, 'Longer motions are no gesture [s]', low=1.0, high=30.0)
    tolerance: float = setting(2.0, 'How much less alike than its own examples a gesture may be', low=1.0, high=10.0)
    told_s: float = setting(1.5, 'How long a gesture is told of after its end [s]', low=0.0, high=30.0)


def limb_directions(body: Body) -> np.ndarray:
    """(8, 3) unit vectors along `LIMBS`; x ahead of the person's shoulders, y to their left, z up.

    NaN = an arm that is not seen; legs that are not seen count as hanging.
    """
    across = body.points[NUMBER['left_shoulder']] - body.points[NUMBER['right_shoulder']]
    left = np.array([across[0], across[1], 0.0]) / (math.hypot(across[0], across[1]) or math.nan)
    limbs = body.points[_ENDS] - body.points[_STARTS]
    turned = limbs @ np.stack([[left[1], -left[0], 0.0], left, [0.0, 0.0, 1.0]]).T
    units = turned / np.maximum(np.linalg.norm(turned, axis=1, keepdims=True), 1e-9)
    unseen = np.isnan(units) & _IS_LEG[:, None]
    return np.where(unseen, _HANGING, units)


@dataclass(frozen=True, eq=False)
class LimbMotion:
    """How the limbs moved between two rests.

    Attributes:
        begun_s, ended_s: [s].
        limbs: (N, 8, 3) unit vectors of `limb_directions`, at about `GestureSettings.rate_hz`.
    """

    begun_s: float
    ended_s: float
    limbs: np.ndarray

    def distance(self, other: LimbMotion) -> float:
        """How unlike two motions are, whatever their speed: mean distance of the warped limbs, 0 = equal."""
        ours, theirs = (motion.limbs.reshape(len(motion.limbs), -1) for motion in (self, other))
        squares = dtw_ndim.distance(ours, theirs, use_c=True) ** 2
        return math.sqrt(squares / max(len(ours), len(theirs)) / len(LIMBS))


class MotionCutter:
    """Cuts what somebody does into motions between rests."""

    def __init__(self, settings: GestureSettings) -> None:
        self._settings = settings
        self._stamps: list[float] = []
        self._limbs: list[np.ndarray] = []
        self._moved_s = math.nan

    def update(self, body: Body) -> LimbMotion | None:
        """The motion that has just ended, if one has."""
        if self._stamps and body.stamp_s - self._stamps[-1] < 0.9 / self._settings.rate_hz:
            return None
        limbs = limb_directions(body)
        if np.isnan(limbs).any():
            self._forget(0)
            return None
        # Smooth over two images: a limb that trembles does not move.
        self._limbs.append((limbs + self._limbs[-1]) / 2 if self._limbs else limbs)
        self._stamps.append(body.stamp_s)
        if self._speed() > self._settings.moving_per_s:
            self._moved_s = body.stamp_s
        return self._cut(body.stamp_s)

    def _speed(self) -> float:
        """[rad/s] of the fastest limb over the last few images."""
        first = max(len(self._stamps) - 4, 0)
        passed_s = self._stamps[-1] - self._stamps[first]
        turned = np.linalg.norm(self._limbs[-1] - self._limbs[first], axis=1).max()
        return float(turned) / passed_s if passed_s else 0.0

    def _cut(self, stamp_s: float) -> LimbMotion | None:
        resting = not stamp_s - self._moved_s < self._settings.rest_s
        if not resting:
            if stamp_s - self._stamps[0] > self._settings.longest_s:
                self._forget(1)
            return None
        motion = self._motion() if self._moved_s == self._moved_s else None
        self._forget(4)
        return motion

    def _motion(self) -> LimbMotion | None:
        kept = int(np.searchsorted(self._stamps, self._moved_s, 'right'))
        begun_s, ended_s = self._stamps[0], self._stamps[kept - 1]
        if ended_s - begun_s < self._settings.shortest_s:
            return None
        return LimbMotion(begun_s, ended_s, np.stack(self._limbs[:kept]))

    def _forget(self, kept: int) -> None:
        """All but the last images, which are the rest before the next motion."""
        self._stamps, self._limbs = self._stamps[-kept:] if kept else [], self._limbs[-kept:] if kept else []
        self._moved_s = math.nan
