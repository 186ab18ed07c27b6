"""What people did during a recording, condensed from the activities of every image."""
from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from pose_ros.activity.activity import Activity, Kind

# Shorter interruptions of a label, or of somebody's presence, are none.
_GAP_S = 1.0
_LASTING = {Kind.POSTURE, Kind.FALL, Kind.GESTURE}


@dataclass
class Span:
    """A time during which a label held [s]."""

    label: str
    start_s: float
    end_s: float

    @property
    def duration_s(self) -> float:
        """[s]."""
        return self.end_s - self.start_s


@dataclass
class PersonDiary:
    """One person's recording.

    Attributes:
        track_id: who.
        present: spans in which the person was in the picture.
        spans: of postures, falls and gestures, by kind, in order of their start.
        repetitions: the highest count of each exercise.
        advice: what was told of each exercise, and how often.
        gaits: figures of the gait, by name with unit, one number per image in which they were known.
    """

    track_id: int
    present: list[Span] = field(default_factory=list)
    spans: dict[Kind, list[Span]] = field(default_factory=lambda: {kind: [] for kind in _LASTING})
    repetitions: dict[str, int] = field(default_factory=dict)
    advice: dict[str, set[str]] = field(default_factory=dict)
    gaits: dict[str, list[float]] = field(default_factory=dict)
    steps: int = 0

    @property
    def falls(self) -> list[Span]:
        """Every fall, from the moment of falling until the person was up again, or until the end."""
        return [span for span in self.spans[Kind.FALL] if span.label == 'fallen']

    @property
    def gait(self) -> dict[str, float]:
        """The median of each figure of the gait."""
        return {name: median(values) for name, values in self.gaits.items()}

    def shares(self) -> dict[str, float]:
        """Which share of the time in the picture each posture took, the longest first."""
        total = sum(span.duration_s for span in self.spans[Kind.POSTURE]) or math.inf
        spent: dict[str, float] = {}
        for span in self.spans[Kind.POSTURE]:
            spent[span.label] = spent.get(span.label, 0.0) + span.duration_s / total
        return dict(sorted(spent.items(), key=lambda item: -item[1]))

    def note(self, stamp_s: float, activities: Sequence[Activity]) -> None:
        """Takes the activities of one image in."""
        _lengthen(self.present, 'present', stamp_s, stamp_s)
        for one in activities:
            if one.kind in _LASTING:
                start_s = one.since_s if one.kind is Kind.FALL else stamp_s
                _lengthen(self.spans[one.kind], one.label, start_s, stamp_s)
            elif one.kind is Kind.EXERCISE:
                self._note_exercise(one)
            else:
                self._note_gait(one)

    def _note_exercise(self, one: Activity) -> None:
        self.repetitions[one.label] = max(self.repetitions.get(one.label, 0), one.count)
        told = self.advice.setdefault(one.label, set())
        told.update(part for part in one.advice.split('; ') if part)

    def _note_gait(self, one: Activity) -> None:
        self.steps = max(self.steps, one.count)
        for name, value in one.values.items():
            if math.isfinite(value):
                self.gaits.setdefault(name, []).append(value)


def _lengthen(spans: list[Span], label: str, start_s: float, stamp_s: float) -> None:
    """Lengthens the last span of this label, or begins a new one."""
    last = next((span for span in reversed(spans) if span.label == label), None)
    if last and stamp_s - last.end_s <= _GAP_S and (spans[-1] is last or label != 'unknown'):
        last.end_s = stamp_s
    else:
        spans.append(Span(label, start_s, stamp_s))


class Diary:
    """Everyone's diary of one recording."""

    def __init__(self) -> None:
        self.people: dict[int, PersonDiary] = {}
        self.start_s = math.inf
        self.end_s = -math.inf

    def note(self, stamp_s: float, found: Mapping[int, Sequence[Activity]]) -> list[int]:
        """Takes what everyone does in one image in; who has just fallen."""
        self.start_s, self.end_s = min(self.start_s, stamp_s), max(self.end_s, stamp_s)
        fallen = []
        for track_id, activities in found.items():
            person = self.people.setdefault(track_id, PersonDiary(track_id))
            falls = len(person.falls)
            person.note(stamp_s, activities)
            if len(person.falls) > falls:
                fallen.append(track_id)
        return fallen

    def lasting(self, least_s: float) -> list[PersonDiary]:
        """Those who were in the picture for so long, by track_id; shorter tracks are mostly errors of the network."""
        return [person for _, person in sorted(self.people.items())
                if sum(span.duration_s for span in person.present) >= least_s]
