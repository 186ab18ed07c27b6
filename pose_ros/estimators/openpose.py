"""The OpenPose estimator: our own network in OpenPose's layout, and grouping by part affinity fields."""
from __future__ import annotations

from pose_ros.estimators.bottom_up import BottomUpEstimator, Figures, Group
from pose_ros.estimators.calibration import Calibration
from pose_ros.estimators.device import choose_device, choose_precision, use_threads
from pose_ros.estimators.estimator import Estimator, EstimatorSettings
from pose_ros.estimators.map_networks import load_map_network
from pose_ros.estimators.posenet import MID_OFFSETS, PoseNet
from pose_ros.grouping.paf import group
from pose_ros.grouping.settings import GroupingSettings
from pose_ros.networks.onnx_session import output_names
from pose_ros.skeletons import OPENPOSE18
from pose_ros.weights import locate, sha256_of


def load(settings: EstimatorSettings, grouping: GroupingSettings) -> Estimator:
    """The estimator with the weights in the package, or with a file of the user's own.

    A PoseNet, whose offsets say where the rest of a person is, brings its own decoder.

    Raises:
        SettingError: the device does not exist, or cannot do what the settings ask for.
        WeightsError: the weights are missing, damaged or made for another network.
        EstimatorError: the network does not fit into the device's memory.
    """
    path = locate(settings.weights, 'openpose')
    if path.suffix == '.onnx' and MID_OFFSETS in output_names(path):
        return PoseNet(path, settings.threads, f'posenet@{sha256_of(path)[:12]}')
    return load_bottom_up('openpose', settings, grouping, group)


def load_bottom_up(name: str, settings: EstimatorSettings, grouping: GroupingSettings,
                   group: Group, figures: Figures = dict) -> BottomUpEstimator:
    """The same network with any grouping; see `load`.

    Args:
        name: of the estimator.
        figures: see `BottomUpEstimator`.
    """
    device = choose_device(settings.device)
    dtype = choose_precision(settings.precision, device)
    path = locate(settings.weights, 'openpose')
    loaded = load_map_network(path, settings.threads)
    calibration = Calibration.of_checkpoint(loaded.facts, name)
    use_threads(settings.threads)
    return BottomUpEstimator(name, f'{name}@{sha256_of(path)[:12]}', loaded.network, OPENPOSE18, device=device,
                             dtype=dtype, settings=settings, grouping=grouping, group=_calibrated(group, calibration),
                             size=loaded.size, figures=figures)


def _calibrated(group: Group, calibration: Calibration) -> Group:
    return lambda *found: [calibration.apply(person) for person in group(*found)]
