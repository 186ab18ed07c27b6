"""The OpenPose estimator: our own network in OpenPose's layout, and grouping by part affinity fields."""
from __future__ import annotations

from pathlib import Path

import torch

from pose_ros.estimators.bottom_up import BottomUpEstimator
from pose_ros.estimators.device import choose_device, choose_precision
from pose_ros.estimators.estimator import EstimatorSettings
from pose_ros.estimators.maps import fold_batch_norms
from pose_ros.grouping.settings import GroupingSettings
from pose_ros.networks.checkpoint import load_openpose
from pose_ros.skeletons import OPENPOSE18
from pose_ros.weights import find_weights, sha256_of


def load(settings: EstimatorSettings, grouping: GroupingSettings) -> BottomUpEstimator:
    """The estimator with the weights in the package, or with a file of the user's own.

    Raises:
        SettingError: the device does not exist, or cannot do what the settings ask for.
        WeightsError: the weights are missing, damaged or made for another network.
        EstimatorError: the network does not fit into the device's memory.
    """
    device = choose_device(settings.device)
    dtype = choose_precision(settings.precision, device)
    path = Path(settings.weights).expanduser() if settings.weights else find_weights('openpose')
    network, _ = load_openpose(path)
    fold_batch_norms(network)
    if settings.threads:
        torch.set_num_threads(settings.threads)
    return BottomUpEstimator('openpose', f'openpose@{sha256_of(path)[:12]}', network, OPENPOSE18,
                             device=device, dtype=dtype, settings=settings, grouping=grouping)
