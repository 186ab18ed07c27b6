"""All parameters of activity_node: those of its own, and those of the recognisers."""
from __future__ import annotations

from collections.abc import Sequence

from pose_ros.activity.fall import FallSettings
from pose_ros.activity.gait import GaitSettings
from pose_ros.activity.limb_motion import GestureSettings
from pose_ros.activity.movement import MovementSettings
from pose_ros.activity.posture import PostureSettings
from pose_ros.activity.signals import SignalSettings
from pose_ros.nodes.activity_settings import ActivityNodeSettings
from pose_ros.settings import Settings

# Prefix and Settings of each part.
ACTIVITY_PARTS: Sequence[tuple[str, type[Settings]]] = (
    ('', ActivityNodeSettings), ('movement.', MovementSettings), ('posture.', PostureSettings), ('fall.', FallSettings),
    ('gait.', GaitSettings), ('signals.', SignalSettings), ('gesture.', GestureSettings))
