"""The settings of the shadow configuration."""
from __future__ import annotations

from dataclasses import dataclass

from pose_ros.settings import Settings, setting


@dataclass(frozen=True)
class ShadowSettings(Settings):
    """How the shadow configuration converges."""

    iterations: int = setting(4, 'Most steps per frame', low=1, high=100)
    tolerance: float = setting(1e-2, 'Converged when no joint moves further in a step [rad]', low=1e-9, high=1.0)
    calm: float = setting(0.5, 'Cost of leaving the motion of the last frame: keeps joints that the bones hardly '
                               'determine from chasing noise', low=1e-3, high=10.0)
    stuck_deg: float = setting(12.0, 'A bone further off than this, times its weight, is badly solved [deg]', low=0.1,
                               high=180.0)
    stuck_frames: int = setting(8, 'After so many badly solved frames other starting poses are tried', low=1,
                                high=10000)
