"""What somebody does in a few words, for pictures."""
from __future__ import annotations

from collections.abc import Sequence

from pose_ros.activity.activity import UNKNOWN, Activity, Kind

_FIRST = (Kind.FALL, Kind.GESTURE, Kind.EXERCISE, Kind.POSTURE)


def caption(activities: Sequence[Activity]) -> str:
    """The most urgent first, a line each: `fallen`, `wave`, `squat 3 (go deeper)`, `walking 1.2 m/s`."""
    by_urgency = sorted((one for one in activities if one.kind in _FIRST), key=lambda one: _FIRST.index(one.kind))
    speeds = [one.values['speed_mps'] for one in activities if one.kind is Kind.GAIT]
    return '\n'.join(_line(one, speeds) for one in by_urgency if one.label != UNKNOWN and _counts(one))


def _counts(activity: Activity) -> bool:
    """An exercise is worth a line once a repetition has succeeded."""
    return activity.kind is not Kind.EXERCISE or activity.count > 0


def _line(activity: Activity, speeds: Sequence[float]) -> str:
    line = activity.label.replace('_', ' ')
    if activity.kind is Kind.EXERCISE:
        line += f' {activity.count}'
    if activity.label == 'walking' and speeds:
        line += f' {speeds[0]:.1f} m/s'
    return f'{line} ({activity.advice})' if activity.advice else line
