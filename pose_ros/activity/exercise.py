"""Repetitions of exercises, counted and checked by rules."""
from __future__ import annotations

import math
from dataclasses import dataclass

from pose_ros.activity.activity import Activity, Kind
from pose_ros.activity.body import Body
from pose_ros.activity.movement import Movement

_BEGUN = 0.3  # of the way from rest to turn: before, nobody has begun
_TRIED = 0.6  # of that way: further is a repetition that was not finished, not a fidget


@dataclass(frozen=True)
class Check:
    """What an angle may be during a repetition.

    Attributes:
        angle: one of `body.ANGLES`.
        low_deg, high_deg: allowed at any moment of it [deg].
        advice: for those who leave that range.
    """

    angle: str
    low_deg: float
    high_deg: float
    advice: str

    def fails(self, body: Body) -> bool:
        """Whether the angle is known and out of its range."""
        angle = body.angles[self.angle]
        return angle < self.low_deg or angle > self.high_deg


@dataclass(frozen=True)
class Rule:
    """One exercise: an angle goes from `rest_deg` to `turn_deg` and back, whichever of the two is larger.

    Attributes:
        name: the label.
        angle: one of `body.ANGLES`.
        rest_deg: reached before and after each repetition [deg].
        turn_deg: reached in its middle [deg].
        beyond_deg: whoever goes further does something else [deg]; NaN = nobody.
        shortest_s, longest_s: duration of a repetition of good tempo [s].
        advice: for those who turn back too early.
        checks: of the form.
    """

    name: str
    angle: str
    rest_deg: float
    turn_deg: float
    beyond_deg: float = math.nan
    shortest_s: float = 0.5
    longest_s: float = 10.0
    advice: str = 'go further'
    checks: tuple[Check, ...] = ()

    def progress(self, body: Body) -> float:
        """0 at rest, 1 at the turn, beyond both outside; NaN = unknown."""
        return (body.angles[self.angle] - self.rest_deg) / (self.turn_deg - self.rest_deg)


class ExerciseRecognizer:
    """Counts the repetitions of one rule, and tells of it from the first attempt on.

    Args:
        rule: of the exercise.
        forget_s: so long after the last repetition the exercise has ended, and counts from 0 the next time [s].
    """

    def __init__(self, rule: Rule, forget_s: float = 15.0) -> None:
        self._rule, self._forget_s = rule, forget_s
        self._attempt: _Attempt | None = None
        self._resting = False
        self._count, self._since_s, self._ended_s, self._advice = 0, math.nan, math.nan, ''

    def update(self, body: Body, movement: Movement) -> list[Activity]:
        """Nothing, or this exercise."""
        progress = self._rule.progress(body)
        if progress <= 0:
            self._rest(body.stamp_s)
        elif self._resting and progress > _BEGUN:
            self._attempt, self._resting = _Attempt(self._rule, body.stamp_s), False
        if self._attempt:
            self._attempt.watch(body, progress)
        if body.stamp_s - self._ended_s > self._forget_s:
            self._count, self._since_s, self._ended_s, self._advice = 0, math.nan, math.nan, ''
        if math.isnan(self._ended_s):
            return []
        return [Activity(Kind.EXERCISE, self._rule.name, body.score, self._since_s, self._count, {}, self._advice)]

    def _rest(self, stamp_s: float) -> None:
        attempt, self._attempt, self._resting = self._attempt, None, True
        if attempt is None or not attempt.counts or stamp_s - attempt.begun_s > 3 * self._rule.longest_s:
            return
        self._since_s = attempt.begun_s if math.isnan(self._since_s) else self._since_s
        self._ended_s, self._advice = stamp_s, attempt.advice(stamp_s)
        self._count += attempt.furthest >= 1


class _Attempt:
    """One repetition, or an attempt at it, under way."""

    def __init__(self, rule: Rule, begun_s: float) -> None:
        self._rule, self.begun_s = rule, begun_s
        self.furthest = 0.0
        self._failures = [0] * len(rule.checks)

    @property
    def counts(self) -> bool:
        """Whether it was an attempt at this exercise at all."""
        beyond = (self._rule.beyond_deg - self._rule.rest_deg) / (self._rule.turn_deg - self._rule.rest_deg)
        return self.furthest >= _TRIED and not self.furthest > beyond

    def watch(self, body: Body, progress: float) -> None:
        """Takes one moment in."""
        self.furthest = max(self.furthest, progress if progress == progress else 0.0)
        for index, check in enumerate(self._rule.checks):
            self._failures[index] += check.fails(body)

    def advice(self, ended_s: float) -> str:
        """What to do better, the most important first; '' = nothing."""
        took_s = ended_s - self.begun_s
        # A single image may be wrong.
        found = [check.advice for check, failures in zip(self._rule.checks, self._failures) if failures > 2]
        if self.furthest < 1:
            found.insert(0, self._rule.advice)
        if not self._rule.shortest_s <= took_s <= self._rule.longest_s:
            found.append('slower' if took_s < self._rule.shortest_s else 'faster')
        return '; '.join(found)
