"""Gestures that a user has shown a few times, found again."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pose_ros.activity.activity import Activity, Kind
from pose_ros.activity.body import Body
from pose_ros.activity.limb_motion import GestureSettings, LimbMotion, MotionCutter
from pose_ros.activity.movement import Movement
from pose_ros.errors import RuleError


@dataclass(frozen=True, eq=False)
class Gesture:
    """A gesture that a user has shown.

    Attributes:
        name: the label.
        examples: at least two, better three.

    Raises:
        RuleError: fewer than two examples.
    """

    name: str
    examples: tuple[LimbMotion, ...]

    def __post_init__(self) -> None:
        if len(self.examples) < 2:
            raise RuleError(f'gesture {self.name} has {len(self.examples)} examples; '
                            f'allowed: 2 or more, each between rests')

    @property
    def spread(self) -> float:
        """How unlike its examples are at most, each against the one that is nearest to it."""
        nearest = [min(one.distance(other) for other in self.examples if other is not one) for one in self.examples]
        return max(nearest)

    def distance(self, motion: LimbMotion) -> float:
        """From the nearest example."""
        return min(motion.distance(example) for example in self.examples)


class GestureRecognizer:
    """Tells of a recorded gesture when it has ended."""

    def __init__(self, gestures: Sequence[Gesture], settings: GestureSettings | None = None) -> None:
        self._settings = settings or GestureSettings()
        self._cutter = MotionCutter(self._settings)
        # Three examples that happen to be alike do not mean that the fourth has to be.
        self._limits = {gesture: self._settings.tolerance * max(gesture.spread, 0.1) for gesture in gestures}
        self._told: tuple[float, Activity] | None = None

    def update(self, body: Body, movement: Movement) -> list[Activity]:
        """Nothing or one gesture."""
        motion = self._cutter.update(body) if self._limits else None
        if motion:
            found = self._find(motion, body.score)
            self._told = (body.stamp_s, found) if found else self._told
        if self._told and body.stamp_s - self._told[0] > self._settings.told_s:
            self._told = None
        return [self._told[1]] if self._told else []

    def _find(self, motion: LimbMotion, score: float) -> Activity | None:
        distances = {gesture: gesture.distance(motion) / limit for gesture, limit in self._limits.items()}
        best = min(distances, key=lambda gesture: distances[gesture])
        if distances[best] > 1:
            return None
        return Activity(Kind.GESTURE, best.name, score * (1 - distances[best] / 2), motion.begun_s)
