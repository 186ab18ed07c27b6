"""How tracks become motions, for command lines that start without numpy."""
from __future__ import annotations

from dataclasses import dataclass

from pose_ros.settings import Settings, setting


@dataclass(frozen=True)
class CaptureSettings(Settings):
    """How tracks become motions."""

    rate_hz: float = setting(30.0, 'Frames per second [Hz]', low=1.0, high=240.0)
    max_gap_s: float = setting(0.5, 'A keypoint missing for longer stays where it was and counts as unknown [s]',
                               low=0.0, high=10.0)
