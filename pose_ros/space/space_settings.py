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
