"""Watches all people of one camera: every recogniser for every track."""
from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from pose_ros.activity.activity import UNKNOWN, Activity, Kind, Recognizer
from pose_ros.activity.body import body_of
from pose_ros.activity.exercise import ExerciseRecognizer, Rule
from pose_ros.activity.fall import FallRecognizer, FallSettings
from pose_ros.activity.gait import GaitRecognizer, GaitSettings
from pose_ros.activity.gesture import Gesture, GestureRecognizer
from pose_ros.activity.limb_motion import GestureSettings
from pose_ros.activity.movement import Movement, MovementSettings
from pose_ros.activity.posture import PostureRecognizer, PostureSettings
from pose_ros.activity.signals import SignalRecognizer, SignalSettings
from pose_ros.activity.steady import Steady
from pose_ros.types import Person


@dataclass(frozen=True)
class ActivitySettings:
    """The settings of all recognisers, and what they look for.

    Attributes:
        rules: exercises to count.
        gestures: that a user has recorded.
    """

    movement: MovementSettings = MovementSettings()
    posture: PostureSettings = PostureSettings()
    fall: FallSettings = FallSettings()
    gait: GaitSettings = GaitSettings()
    signals: SignalSettings = SignalSettings()
    gesture: GestureSettings = GestureSettings()
    rules: Sequence[Rule] = ()
    gestures: Sequence[Gesture] = ()

    def recognizers(self) -> list[Recognizer]:
        """Fresh ones, for one person."""
        return [PostureRecognizer(self.posture), FallRecognizer(self.fall), GaitRecognizer(self.gait),
                SignalRecognizer(self.signals), GestureRecognizer(self.gestures, self.gesture),
                *(ExerciseRecognizer(rule) for rule in self.rules)]


@dataclass
class _Watched:
    steady: Steady
    movement: Movement
    recognizers: list[Recognizer]
    stamp_s: float = -math.inf
    activities: list[Activity] = field(default_factory=list)


class ActivityWatcher:
    """What the people of one camera do; people without a track_id are not watched.

    Args:
        settings: of the recognisers.
        forget_s: so long after somebody was last there, they count as new [s].
    """

    def __init__(self, settings: ActivitySettings | None = None, forget_s: float = 5.0) -> None:
        self._settings, self._forget_s = settings or ActivitySettings(), forget_s
        self._people: dict[int, _Watched] = {}
        self._stamp_s = -math.inf

    def update(self, persons: Sequence[Person], stamp_s: float, upright: np.ndarray) -> dict[int, list[Activity]]:
        """What everyone does, by track_id.

        Args:
            persons: of one image, with points; without, their posture is unknown.
            stamp_s: of the image [s]. Going backwards starts anew.
            upright: (3, 3) rotation from the frame of the points to one with z up.
        """
        if stamp_s < self._stamp_s:
            self._people.clear()
        self._stamp_s = stamp_s
        found = {person.track_id: self._watch(person, stamp_s, upright) for person in persons if person.track_id >= 0}
        gone = [track_id for track_id, one in self._people.items() if stamp_s - one.stamp_s > self._forget_s]
        for track_id in gone:
            del self._people[track_id]
        return found

    def _watch(self, person: Person, stamp_s: float, upright: np.ndarray) -> list[Activity]:
        body = body_of(person, stamp_s, upright)
        one = self._people.get(person.track_id)
        if one is None:
            one = _Watched(Steady(self._settings.movement), Movement(self._settings.movement),
                           self._settings.recognizers())
            self._people[person.track_id] = one
        elif stamp_s == one.stamp_s:
            return one.activities
        body, one.stamp_s = one.steady.update(body), stamp_s
        one.movement.update(body)
        one.activities = [activity for recognizer in one.recognizers
                          for activity in recognizer.update(body, one.movement)]
        return one.activities


def posture_of(activities: Sequence[Activity]) -> str:
    """The posture among them."""
    return next((one.label for one in activities if one.kind is Kind.POSTURE), UNKNOWN)
