"""The parameters of activity_node itself; those of the recognisers are with them."""
from __future__ import annotations

from dataclasses import dataclass

from pose_ros.settings import Settings, setting


@dataclass(frozen=True)
class ActivityNodeSettings(Settings):
    """What activity_node looks for; read when it is configured."""

    exercises: str = setting('', 'YAML file of exercises to count; empty takes that of the package')
    gestures: str = setting('', 'Folder of recorded gestures; empty = none are known, and none can be recorded')
    gesture_name: str = setting('gesture', 'Name of the next gesture that is recorded')
    camera_pitch_deg: float = setting(0.0, 'How far the camera looks down, where points are in its optical frame [deg]',
                                      low=-90.0, high=90.0)
    forget_s: float = setting(5.0, 'Who is away for longer counts as new [s]', low=0.1, high=600.0)
    timeout_s: float = setting(2.0, 'No people message for longer is reported as an error [s]', low=0.1, high=3600.0)
    autostart: bool = setting(True, 'Configure and activate by itself when started', read_only=True)
