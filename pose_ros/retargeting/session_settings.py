"""The settings of a session and of all its parts."""
from __future__ import annotations

from dataclasses import dataclass

from pose_ros.retargeting.follower import FollowerSettings
from pose_ros.retargeting.point_filter import PointFilterSettings
from pose_ros.retargeting.safety_settings import SafetySettings
from pose_ros.retargeting.shadow_settings import ShadowSettings
from pose_ros.settings import Settings, setting


@dataclass(frozen=True)
class SessionSettings(Settings):
    """How a session watches people and robot."""

    lead_s: float = setting(0.02, 'Paths begin so far ahead of time, so that messages arrive before they count [s]',
                            low=0.0, high=0.2)
    follow_error_rad: float = setting(0.3, 'A joint further than this from where it was told to be is a fault: the '
                                      'controller refuses, or something holds the robot [rad]', low=0.01, high=3.2)
    stuck_timeout_s: float = setting(3.0, 'A trajectory that stands still for so long is given up [s]', low=0.1,
                                     high=60.0)
    watch_distance: bool = setting(True, 'Slow down and hold when anyone comes near; needs to know where the camera '
                                   'stands')


@dataclass(frozen=True)
class SessionParts:
    """The settings of all parts."""

    session: SessionSettings = SessionSettings()
    safety: SafetySettings = SafetySettings()
    points: PointFilterSettings = PointFilterSettings()
    shadow: ShadowSettings = ShadowSettings()
    follower: FollowerSettings = FollowerSettings()
