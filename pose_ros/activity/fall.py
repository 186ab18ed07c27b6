"""Falls, and people who lie still.

A fall ends low, with neck and hips near the floor, and it comes fast: somebody who lies down holds themselves,
somebody who falls does not (the critical phase of Noury et al., "Fall detection - principles and methods", 2007).
"""
from __future__ import annotations

import math
from dataclasses import dataclass

from pose_ros.activity.activity import Activity, Kind
from pose_ros.activity.body import Body
from pose_ros.activity.holding import Held
from pose_ros.activity.movement import Movement
from pose_ros.settings import Settings, setting


@dataclass(frozen=True)
class FallSettings(Settings):
    """What a fall is, and what lying still."""

    fall_mps: float = setting(1.3, 'Neck or hips of somebody who falls go down faster than this [m/s]',
                              low=0.3, high=5.0)
    within_s: float = setting(1.5, 'Longest time from the fastest moment to being low [s]', low=0.2, high=5.0)
    low_neck: float = setting(0.6, 'The neck ends lower, in legs above the floor', low=0.2, high=1.5)
    low_hips: float = setting(0.45, 'The hips end lower, in legs above the floor', low=0.1, high=1.0)
    high_neck: float = setting(0.9, 'The neck was higher shortly before, in legs above the floor', low=0.2, high=2.0)
    confirm_s: float = setting(0.7, 'So long must somebody be low [s]', low=0.0, high=5.0)
    still_s: float = setting(10.0, 'Lying without motion for so long is lying still [s]', low=1.0, high=600.0)
    still_m: float = setting(0.15, 'Motion of neck and hips together that is none [m]', low=0.02, high=1.0)
    lying_trunk_deg: float = setting(60.0, 'Trunk of somebody who lies, against upright [deg]', low=30.0, high=90.0)


class FallRecognizer:
    """Tells of a fall from when it happened until the person is up again, and of lying still."""

    def __init__(self, settings: FallSettings | None = None) -> None:
        self._settings = settings or FallSettings()
        self._low = Held(self._settings.confirm_s)
        self._fast_s = self._high_s = -math.inf
        self._fallen_s = math.nan
        self._stillness = Stillness(self._settings)

    def update(self, body: Body, movement: Movement) -> list[Activity]:
        """Nothing, `fallen`, `lying_still`, or both."""
        if movement.falling_mps > self._settings.fall_mps:
            self._fast_s = body.stamp_s
        neck, hips = movement.height(body, 'neck'), movement.hip_height(body)
        if neck > self._settings.high_neck:
            self._high_s = body.stamp_s
        low = neck < self._settings.low_neck and hips < self._settings.low_hips
        if self._low.update(body.stamp_s, low) and math.isnan(self._fallen_s):
            self._decide()
        elif neck > 1.2 * self._settings.low_neck:
            self._fallen_s = math.nan
        found = [] if math.isnan(self._fallen_s) else [Activity(Kind.FALL, 'fallen', body.score, self._fallen_s)]
        return [*found, *self._stillness.update(body)]

    def _decide(self) -> None:
        begun_s = min(self._fast_s, self._high_s)
        if self._low.since_s - begun_s <= self._settings.within_s:
            self._fallen_s = begun_s


class Stillness:
    """Finds people who lie and do not move, however they came to lie."""

    def __init__(self, settings: FallSettings) -> None:
        self._settings = settings
        self._place: tuple[float, ...] | None = None
        self._since_s = math.nan

    def update(self, body: Body) -> list[Activity]:
        """Nothing or `lying_still`."""
        place = (*body['neck'], *body.hips)
        if not math.isnan(sum(place)):
            self._compare(body, place)
        still_s = 0.0 if self._place is None else body.stamp_s - self._since_s
        if still_s < self._settings.still_s:
            return []
        return [Activity(Kind.FALL, 'lying_still', body.score, self._since_s)]

    def _compare(self, body: Body, place: tuple[float, ...]) -> None:
        if not body.angles['trunk'] > self._settings.lying_trunk_deg:
            self._place = None
        elif self._place is None or math.dist(place, self._place) > self._settings.still_m:
            self._place, self._since_s = place, body.stamp_s
