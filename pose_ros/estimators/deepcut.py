"""The DeepCut estimator: the maps of an OpenPose network, grouped by the best joint partition and labelling."""
from __future__ import annotations

from pose_ros.estimators.bottom_up import BottomUpEstimator
from pose_ros.estimators.estimator import EstimatorSettings
from pose_ros.estimators.openpose import load_bottom_up
from pose_ros.grouping.deepcut import DeepCut
from pose_ros.grouping.multicut_costs import load_regressions
from pose_ros.grouping.settings import GroupingSettings
from pose_ros.skeletons import OPENPOSE18
from pose_ros.weights import find_weights


def load(settings: EstimatorSettings, grouping: GroupingSettings) -> BottomUpEstimator:
    """The estimator with the weights in the package, or with a network of the user's own.

    Raises:
        SettingError, WeightsError, EstimatorError: see `openpose.load`.
    """
    deepcut = DeepCut(load_regressions(find_weights('deepcut'), OPENPOSE18))
    return load_bottom_up('deepcut', settings, grouping, deepcut.group, lambda: deepcut.figures)
