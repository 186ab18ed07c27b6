"""Steps: cadence, step length and speed.

A step ends where the ankles are furthest apart along the way that the person goes (after Zeni et al. 2008: heel strike
is where the ankle is foremost against the hips).
"""
from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from statistics import median

from pose_ros.activity.activity import Activity, Kind
from pose_ros.activity.body import Body
from pose_ros.activity.movement import Movement
from pose_ros.activity.turning_points import Turn, TurningPoints
from pose_ros.settings import Settings, setting


@dataclass(frozen=True)
class GaitSettings(Settings):
    """What a step is."""

    least_step_m: float = setting(0.25, 'Smaller changes of the distance between the ankles are no step [m]',
                                  low=0.02, high=1.0)
    least_speed_mps: float = setting(0.3, 'Steps are only counted in people who go faster [m/s]', low=0.0, high=2.0)
    pause_s: float = setting(1.5, 'Walking has ended when no step has come for so long [s]', low=0.3, high=10.0)
    steps: int = setting(6, 'Latest steps that the figures are made of', low=2, high=100)


class GaitRecognizer:
    """Tells of the gait from the third step on."""

    def __init__(self, settings: GaitSettings | None = None) -> None:
        self._settings = settings or GaitSettings()
        self._turns = TurningPoints(self._settings.least_step_m)
        self._steps: deque[Turn] = deque(maxlen=self._settings.steps)
        self._speeds: deque[float] = deque(maxlen=self._settings.steps)
        self._count = 0
        self._since_s = self._seen_s = math.nan

    def update(self, body: Body, movement: Movement) -> list[Activity]:
        """Nothing or `gait`."""
        if movement.speed_mps > self._settings.least_speed_mps:
            self._walk(body, movement)
        if not body.stamp_s - self._seen_s <= self._settings.pause_s:
            self._steps.clear()
            self._speeds.clear()
        return [self._gait(body)] if len(self._steps) > 2 else []

    def _walk(self, body: Body, movement: Movement) -> None:
        left, right, (ahead_x, ahead_y) = body['left_ankle'], body['right_ankle'], movement.velocity
        apart_m = ((left[0] - right[0]) * ahead_x + (left[1] - right[1]) * ahead_y) / movement.speed_mps
        turn = self._turns.update(body.stamp_s, apart_m)
        if turn is None:
            return
        if not self._steps:
            self._since_s = turn.stamp_s
        self._seen_s = body.stamp_s
        self._count += 1
        self._steps.append(turn)
        self._speeds.append(movement.speed_mps)

    def _gait(self, body: Body) -> Activity:
        taken_s = self._steps[-1].stamp_s - self._steps[0].stamp_s
        values = {'cadence_per_min': 60 * (len(self._steps) - 1) / taken_s,
                  'step_length_m': median(abs(step.value) for step in self._steps),
                  'speed_mps': median(self._speeds)}
        return Activity(Kind.GAIT, 'gait', body.score, self._since_s, self._count, values)
