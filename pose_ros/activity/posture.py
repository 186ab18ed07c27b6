"""Standing, walking, sitting, crouching, bending, lying: from the trunk, the thighs and the height of the hips."""
from __future__ import annotations

import math
from dataclasses import dataclass

from pose_ros.activity.activity import UNKNOWN, Activity, Kind
from pose_ros.activity.body import Body
from pose_ros.activity.holding import Settled
from pose_ros.activity.movement import Movement
from pose_ros.settings import Settings, setting


@dataclass(frozen=True)
class PostureSettings(Settings):
    """Where one posture ends and another begins."""

    settle_s: float = setting(0.6, 'A posture counts when it is seen in most of the images of this time [s]',
                              low=0.0, high=5.0)
    walking_mps: float = setting(0.35, 'Slower people stand [m/s]', low=0.05, high=2.0)
    lying_trunk_deg: float = setting(60.0, 'Trunk of somebody who lies, against upright [deg]', low=30.0, high=90.0)
    lying_hips: float = setting(0.6, 'Hips of somebody who lies are lower, in legs above the floor', low=0.1, high=1.0)
    bending_trunk_deg: float = setting(50.0, 'Trunk of somebody who bends, against upright [deg]', low=20.0, high=90.0)
    sitting_thigh_deg: float = setting(55.0, 'Thighs of somebody who sits, against hanging [deg]', low=20.0, high=90.0)
    balance: float = setting(0.28, 'A trunk further from above the ankles rests on a seat, in legs', low=0.05, high=1.0)


class PostureRecognizer:
    """What the body as a whole does; unknown while trunk or thighs are not seen."""

    def __init__(self, settings: PostureSettings | None = None) -> None:
        self._settings = settings or PostureSettings()
        self._settled = Settled(self._settings.settle_s)

    def update(self, body: Body, movement: Movement) -> list[Activity]:
        """The posture, always one."""
        label = self._settled.update(body.stamp_s, self.of(body, movement))
        score = 0.0 if label == UNKNOWN else self._settled.share * body.score
        return [Activity(Kind.POSTURE, label, score, self._settled.since_s)]

    def of(self, body: Body, movement: Movement) -> str:
        """The posture of one moment."""
        trunk, thigh = body.angles['trunk'], body.angles['thigh']
        hips = movement.hip_height(body)
        if trunk != trunk or thigh != thigh:
            return UNKNOWN
        if trunk > self._settings.lying_trunk_deg and (hips < self._settings.lying_hips or hips != hips):
            return 'lying'
        if trunk > self._settings.bending_trunk_deg:
            return 'bending'
        if thigh > self._settings.sitting_thigh_deg:
            return 'sitting' if self._is_seated(body, movement) else 'crouching'
        return self._upright(movement)

    def _is_seated(self, body: Body, movement: Movement) -> bool:
        """The trunk is not above the feet, so something else must carry it."""
        x, y = ((body.hips[axis] + body['neck'][axis] - body['left_ankle'][axis] - body['right_ankle'][axis]) / 2
                for axis in (0, 1))
        return not math.hypot(x, y) < self._settings.balance * movement.leg_m

    def _upright(self, movement: Movement) -> str:
        speed = movement.speed_mps
        if speed != speed:
            return UNKNOWN
        return 'walking' if speed > self._settings.walking_mps else 'standing'
