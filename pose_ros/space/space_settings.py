"""The settings of people in space and time."""
from __future__ import annotations

from dataclasses import dataclass

from pose_ros.settings import Settings, setting

LIFTS = ('depth', 'monocular', 'off')


@dataclass(frozen=True)
class SpaceSettings(Settings):
    """Which steps are taken; how, is told by the settings of each step."""

    lift: str = setting('depth', 'Where points [m] come from: a depth image, the image alone (a network that knows '
                                 'bodies), or nowhere', choices=LIFTS)
    limb_orientations: bool = setting(False, 'Give the orientation of every limb in space')
    hinge_memory_s: float = setting(1.0, 'A straight elbow or knee keeps its last hinge axis for this long [s]',
                                    low=0.0, high=60.0)
    same_place_m: float = setting(0.5, 'Someone whom all cameras lost and who comes back this near is the same [m]',
                                  low=0.0, high=10.0)
    same_speed_m_s: float = setting(1.0, 'Growth of that distance with the time away [m/s]', low=0.0, high=10.0)
    remember_s: float = setting(3.0, 'Time after which someone whom all cameras lost is forgotten [s]',
                                low=0.0, high=60.0)
