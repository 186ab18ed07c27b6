"""Signals of the whole body that need no learning: arms up, wave, stop, point, come here.

They are told in the frame of the person's own trunk, so it does not matter which way somebody faces.
"""
from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

from pose_ros.activity.activity import Activity, Kind
from pose_ros.activity.arm import ArmPose, arm_pose
from pose_ros.activity.body import Body, Place
from pose_ros.activity.holding import Held
from pose_ros.activity.movement import Movement
from pose_ros.activity.turning_points import TurningPoints
from pose_ros.settings import Settings, setting

_SIDES = ('left_', 'right_')
_HANGING_DEG = 45.0  # no signal is given with a forearm that hangs more than this


@dataclass(frozen=True)
class SignalSettings(Settings):
    """What a signal is."""

    hold_s: float = setting(0.5, 'So long must a still signal be held [s]', low=0.0, high=5.0)
    still_mps: float = setting(0.4, 'A hand that is faster does not hold still [m/s]', low=0.05, high=2.0)
    straight_deg: float = setting(150.0, 'Elbow of a straight arm [deg]', low=90.0, high=180.0)
    raised_deg: float = setting(140.0, 'Forearm of a raised hand, against hanging [deg]', low=90.0, high=180.0)
    upright_deg: float = setting(50.0, 'Trunk of somebody who signals, against upright [deg]', low=10.0, high=90.0)
    swing_deg: float = setting(25.0, 'Least swing of the forearm of somebody who waves [deg]', low=5.0, high=90.0)
    beckon_deg: float = setting(35.0, 'Least bending of the elbow of somebody who beckons [deg]', low=5.0, high=120.0)
    swings: int = setting(3, 'So many swings make a wave or a beckoning', low=2, high=20)
    swings_s: float = setting(2.5, 'Longest time for them [s]', low=0.5, high=10.0)


class SignalRecognizer:
    """Tells the signals that are given now: `arms_up`, or for each arm one of wave, come_here, stop and point."""

    def __init__(self, settings: SignalSettings | None = None) -> None:
        self._settings = settings or SignalSettings()
        self._arms_up = Held(self._settings.hold_s)
        self._arms = [_Arm(self._settings) for _ in _SIDES]

    def update(self, body: Body, movement: Movement) -> list[Activity]:
        """The signals, each label at most once."""
        signals = [arm.update(body, side) for arm, side in zip(self._arms, _SIDES)]
        if not body.angles['trunk'] < self._settings.upright_deg:
            return []
        high = all(body[f'{side}wrist'][2] - body['neck'][2] > 0.25 * movement.leg_m for side in _SIDES)
        if self._arms_up.update(body.stamp_s, high):
            return [Activity(Kind.GESTURE, 'arms_up', body.score, self._arms_up.since_s)]
        return list({signal.label: signal for signal in signals if signal}.values())


class _Arm:
    """The signals of one arm."""

    def __init__(self, settings: SignalSettings) -> None:
        self._settings = settings
        self._stop, self._point = Held(settings.hold_s), Held(settings.hold_s)
        self._wave, self._beckon = _Swings(settings.swing_deg, settings), _Swings(settings.beckon_deg, settings)
        self._hand = _Hand()

    def update(self, body: Body, side: str) -> Activity | None:
        """The signal that is given with the arm of this side, if one is."""
        if body.angles[f'{side}forearm'] < _HANGING_DEG:
            self._stop.update(body.stamp_s, False)
            self._point.update(body.stamp_s, False)
            return None
        arm = arm_pose(body, side)
        signal, since_s = self._given(body.stamp_s, arm)
        values = {'bearing_deg': arm.bearing_deg, 'elevation_deg': arm.elevation_deg} if signal == 'point' else {}
        return Activity(Kind.GESTURE, signal, body.score, since_s, values=values) if signal else None

    def _given(self, stamp_s: float, arm: ArmPose) -> tuple[str, float]:
        """The signal and since when it is given [s]; '' if none is."""
        raised = arm.forearm_deg > 110 and arm.wrist[2] > -0.1
        still = self._hand.update(stamp_s, arm.wrist) < self._settings.still_mps
        straight = arm.elbow_deg > self._settings.straight_deg
        # Waving moves the forearm in the plane of the shoulders, beckoning across it.
        waves = self._wave.update(stamp_s, arm.sideways_deg if raised and arm.flatness > 0.8 else math.nan)
        ahead = arm.forearm_deg > 60 and arm.flatness < 0.9 and arm.upper_deg < 110
        beckons = self._beckon.update(stamp_s, arm.elbow_deg if ahead else math.nan)
        stops = self._stop.update(stamp_s, still and raised and arm.forearm_deg > self._settings.raised_deg)
        points = self._point.update(stamp_s, still and straight and 55 < arm.upper_deg < 130)
        given = {'wave': (waves, self._wave.since_s), 'come_here': (beckons, self._beckon.since_s),
                 'stop': (stops, self._stop.since_s), 'point': (points, self._point.since_s)}
        return next(((name, since_s) for name, (holds, since_s) in given.items() if holds), ('', math.nan))


class _Swings:
    """Something that swings to and fro several times in a short time."""

    def __init__(self, least: float, settings: SignalSettings) -> None:
        self._turning, self._settings = TurningPoints(least), settings
        self._turns: deque[float] = deque()
        self.since_s = math.nan

    def update(self, stamp_s: float, value: float) -> bool:
        turn = self._turning.update(stamp_s, value)
        if turn:
            self._turns.append(turn.stamp_s)
        while self._turns and stamp_s - self._turns[0] > self._settings.swings_s:
            self._turns.popleft()
        swings = len(self._turns) >= self._settings.swings
        if not swings or math.isnan(self.since_s):
            self.since_s = self._turns[0] if swings else math.nan
        return swings


class _Hand:
    """The speed of a hand against the trunk."""

    def __init__(self) -> None:
        self._places: deque[tuple[float, Place]] = deque()

    def update(self, stamp_s: float, place: Place) -> float:
        """[m/s] over the last quarter of a second, of a place [m]; infinite while that is not known."""
        self._places.append((stamp_s, place))
        while stamp_s - self._places[0][0] > 0.25:
            self._places.popleft()
        first_s, first = self._places[0]
        speed = math.dist(place, first) / (stamp_s - first_s) if stamp_s - first_s > 0.1 else math.nan
        return speed if speed == speed else math.inf
