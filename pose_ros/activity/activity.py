"""What a person does: the result, and the interface of all that recognise it."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Protocol

from pose_ros.activity.body import Body
from pose_ros.activity.movement import Movement

UNKNOWN = 'unknown'


class Kind(IntEnum):
    """What an activity tells; the values of `PersonActivity.kind`."""

    POSTURE = 0
    FALL = 1
    GESTURE = 2
    EXERCISE = 3
    GAIT = 4


@dataclass(frozen=True)
class Activity:
    """One thing a person does.

    Attributes:
        kind: which recogniser told it.
        label: such as walking or wave; `unknown` where it cannot be told.
        score: 0..1; 0 = unknown.
        since_s: stamp of the image since which it holds [s].
        count: repetitions or steps so far.
        values: by name with unit, such as step_length_m; NaN = unknown.
        advice: what to do better; empty = nothing.
    """

    kind: Kind
    label: str
    score: float
    since_s: float
    count: int = 0
    values: Mapping[str, float] = field(default_factory=dict)
    advice: str = ''


class Recognizer(Protocol):
    """Watches one person over time."""

    def update(self, body: Body, movement: Movement) -> list[Activity]:
        """What holds at the stamp of this body; stamps grow from call to call.

        Args:
            body: the person now; NaN where a point is not known.
            movement: of the same person up to now.
        """
        ...
