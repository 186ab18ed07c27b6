"""All parameters of pose_node: those of its own, and those of the parts that it is made of."""
from __future__ import annotations

from collections.abc import Sequence

from pose_ros.estimators.estimator import EstimatorSettings
from pose_ros.filtering.keypoint_filter import FilterSettings
from pose_ros.filtering.smoother import SmootherSettings
from pose_ros.grouping.settings import GroupingSettings
from pose_ros.lifting.fusion import FusionSettings
from pose_ros.lifting.lifting_settings import LiftingSettings
from pose_ros.lifting.monocular import MonocularSettings
from pose_ros.lifting.triangulation import TriangulationSettings
from pose_ros.nodes.settings import DepthSettings, FrameSettings, InputSettings, OutputSettings
from pose_ros.settings import Settings
from pose_ros.space.space_settings import SpaceSettings
from pose_ros.tracking.motion import MotionSettings
from pose_ros.tracking.tracker_settings import TrackerSettings

# Prefix and Settings of each part.
POSE_PARTS: Sequence[tuple[str, type[Settings]]] = (
    ('', InputSettings), ('', OutputSettings), ('', DepthSettings), ('', FrameSettings), ('', EstimatorSettings),
    ('grouping.', GroupingSettings), ('space.', SpaceSettings), ('tracking.', TrackerSettings),
    ('tracking.', MotionSettings), ('filtering.', SmootherSettings), ('filtering.', FilterSettings),
    ('lifting.', LiftingSettings), ('lifting.', MonocularSettings), ('fusion.', FusionSettings),
    ('fusion.', TriangulationSettings))
