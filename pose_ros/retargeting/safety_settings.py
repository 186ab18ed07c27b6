"""The settings of the safety state machine."""
from __future__ import annotations

from dataclasses import dataclass

from pose_ros.settings import Settings, setting


@dataclass(frozen=True)
class SafetySettings(Settings):
    """When the robot slows, stops and starts."""

    soft_timeout_s: float = setting(0.15, 'Silence after which the robot brakes [s]', low=0.01, high=1.0)
    hard_timeout_s: float = setting(0.5, 'Silence after which it holds and must be armed again [s]', low=0.05, high=5.0)
    disable_timeout_s: float = setting(5.0, 'Holding for so long disables [s]', low=0.5, high=600.0)
    robot_timeout_s: float = setting(0.5, "Silence of the robot's joint states after which it holds [s]", low=0.05,
                                     high=10.0)
    max_age_s: float = setting(0.3, 'Older images do not count [s]', low=0.02, high=5.0)
    max_ahead_s: float = setting(0.05, 'Stamps further in the future do not count [s]', low=0.0, high=5.0)
    arming_error_deg: float = setting(20.0, 'Worst bone that the robot must be able to match before it moves [deg]',
                                      low=1.0, high=180.0)
    ramp_s: float = setting(2.0, 'Time from slow to full speed after arming [s]', low=0.0, high=60.0)
    ramp_start: float = setting(0.1, 'Part of the speed limits at the beginning of the ramp', low=0.01, high=1.0)
    slow_distance_m: float = setting(1.0, 'Below this distance between anyone and the robot it slows down [m]', low=0.0,
                                     high=10.0)
    stop_distance_m: float = setting(0.4, 'Below this distance it holds [m]', low=0.0, high=10.0)
    require_heartbeat: bool = setting(False, 'Silence on the emergency stop topic is an emergency')
    heartbeat_timeout_s: float = setting(0.5, 'Longest silence on the emergency stop topic [s]', low=0.05, high=10.0)
