"""How a person's trunk moves, and where the floor is."""
from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

from pose_ros.activity.body import Body
from pose_ros.settings import Settings, setting


@dataclass(frozen=True)
class MovementSettings(Settings):
    """Over which times speeds are taken."""

    walk_window_s: float = setting(0.6, 'Time over which the speed of walking is measured [s]', low=0.1, high=5.0)
    fall_window_s: float = setting(0.2, 'Time over which the speed of falling is measured [s]', low=0.05, high=1.0)
    smooth_s: float = setting(0.08, 'Time constant of the smoothing of all points [s]', low=0.0, high=1.0)
    bridge_s: float = setting(0.25, 'A point that is missing for so long stays where it was [s]', low=0.0, high=2.0)
    floor_rise_mps: float = setting(0.02, 'How fast the floor is taken to rise where nobody steps low [m/s]',
                                    low=0.0, high=1.0)


class Movement:
    """Of one person, up to the newest stamp.

    Attributes:
        velocity: x, y [m/s] of the hips over the ground; NaN = unknown.
        falling_mps: speed at which neck or hips go down, whichever is faster [m/s]; NaN = unknown.
        leg_m: length of a leg [m], the median of some images; NaN until a leg was seen.
        floor_m: height of the floor in the upright frame [m]; NaN until an ankle was seen.
    """

    def __init__(self, settings: MovementSettings | None = None) -> None:
        self._settings = settings or MovementSettings()
        self._bodies: deque[Body] = deque()
        self._lows: deque[float] = deque(maxlen=5)
        self.velocity = (math.nan, math.nan)
        self._legs: deque[float] = deque(maxlen=15)
        self.falling_mps = self.floor_m = self.leg_m = math.nan

    @property
    def speed_mps(self) -> float:
        """Of the hips over the ground [m/s]; NaN = unknown."""
        return math.hypot(*self.velocity)

    def height(self, body: Body, keypoint: str) -> float:
        """Of a keypoint above the floor, in lengths of the person's leg; NaN = unknown."""
        return (body[keypoint][2] - self.floor_m) / self.leg_m

    def hip_height(self, body: Body) -> float:
        """Of the hips above the floor, in lengths of the person's leg: 1 = standing; NaN = unknown."""
        return (body.hips[2] - self.floor_m) / self.leg_m

    def update(self, body: Body) -> None:
        """Takes the next body in; stamps grow."""
        passed_s = body.stamp_s - self._bodies[-1].stamp_s if self._bodies else 0.0
        self._bodies.append(body)
        while body.stamp_s - self._bodies[0].stamp_s > self._settings.walk_window_s:
            self._bodies.popleft()
        self._measure(body)
        self._find_floor(body, passed_s)
        self._find_leg(body)

    def _measure(self, body: Body) -> None:
        before, passed_s = self._before(body, self._settings.walk_window_s)
        self.velocity = (body.hips[0] - before.hips[0]) / passed_s, (body.hips[1] - before.hips[1]) / passed_s
        before, passed_s = self._before(body, self._settings.fall_window_s)
        sinking = (before.hips[2] - body.hips[2], before['neck'][2] - body['neck'][2])
        self.falling_mps = max((drop / passed_s for drop in sinking if drop == drop), default=math.nan)

    def _before(self, body: Body, window_s: float) -> tuple[Body, float]:
        """The oldest body within this time and how long ago it was [s]; NaN if that is too short a time to tell."""
        oldest = next(one for one in self._bodies if body.stamp_s - one.stamp_s <= window_s)
        passed_s = body.stamp_s - oldest.stamp_s
        return oldest, passed_s if passed_s >= 0.5 * window_s else math.nan

    def _find_floor(self, body: Body, passed_s: float) -> None:
        ankles = [z for z in (body[name][2] for name in ('left_ankle', 'right_ankle')) if z == z]
        if not ankles:
            return
        self._lows.append(min(ankles))
        # The median of five leaves a single wrong ankle without effect.
        low = sorted(self._lows)[len(self._lows) // 2]
        risen = self.floor_m + self._settings.floor_rise_mps * passed_s
        self.floor_m = low if math.isnan(self.floor_m) else min(risen, low)

    def _find_leg(self, body: Body) -> None:
        leg_m = body.leg_m
        if leg_m == leg_m:
            self._legs.append(leg_m)
            self.leg_m = sorted(self._legs)[len(self._legs) // 2]
