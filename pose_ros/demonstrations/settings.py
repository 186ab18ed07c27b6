"""How recordings are cut and exported."""
from __future__ import annotations

from dataclasses import dataclass

from pose_ros.settings import Settings, setting


@dataclass(frozen=True)
class SegmentSettings(Settings):
    """How a recording is cut."""

    by: str = setting('speed', 'What separates motions', choices=('speed', 'gesture', 'marks'))
    still: float = setting(0.08, 'Arms that are slower rest [m/s]', low=0.01, high=1.0)
    dwell_s: float = setting(0.5, 'Shortest rest between two motions [s]', low=0.1, high=10.0)
    shortest_s: float = setting(0.3, 'Shortest motion [s]', low=0.1, high=10.0)


@dataclass(frozen=True)
class GestureSettings(Settings):
    """What a raised hand is."""

    hand: str = setting('left', 'The hand that is raised between motions', choices=('left', 'right'))
    above: float = setting(0.25, 'It is raised while it is so far above its shoulder [m]', low=0.0, high=1.0)
    hold_s: float = setting(0.5, 'Shortest raise [s]', low=0.1, high=5.0)


@dataclass(frozen=True)
class EpisodeSettings(Settings):
    """How recordings become episodes."""

    rate_hz: int = setting(30, 'Frames per second', low=1, high=1000)
    state: str = setting('measured', 'Joint positions that are the state', choices=('measured', 'commanded'))
    task: str = setting('follow the person', 'What is done, in words')
    images: bool = setting(True, 'Take camera images along, where they were recorded')
