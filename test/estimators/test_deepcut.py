import numpy as np
import pytest
import torch

from estimators.drawing_network import DrawingNetwork
from pose_ros.benchmarks.scenes import make_scene, score
from pose_ros.errors import EstimatorError
from pose_ros.estimators import EstimatorSettings, load
from pose_ros.estimators.bottom_up import BottomUpEstimator
from pose_ros.grouping.deepcut import DeepCut
from pose_ros.grouping.multicut_costs import load_regressions
from pose_ros.grouping.settings import GroupingSettings
from pose_ros.skeletons import OPENPOSE18
from pose_ros.weights import find_weights

SETTINGS = EstimatorSettings(estimator='deepcut', device='cpu', input_size=656, min_person_score=0.0, half_scale=False)
IMAGE = np.full((368, 656, 3), 90, np.uint8)


def deepcut_on(network):
    """DeepCut on the maps that a network draws."""
    grouping = DeepCut(load_regressions(find_weights('deepcut'), OPENPOSE18))
    return BottomUpEstimator('deepcut', 'deepcut@0', network, OPENPOSE18, device=torch.device('cpu'),
                             dtype=torch.float32, settings=SETTINGS, grouping=GroupingSettings(), group=grouping.group,
                             figures=lambda: grouping.figures)


def test_people_come_back_in_image_px():
    scene = make_scene(5, 46, 82, 0)
    persons, = deepcut_on(DrawingNetwork(scene)).estimate([IMAGE])
    result = score(scene, persons)
    assert (result.found, result.false, result.wrong) == (5, 0, 0) and result.error_px < 0.5


def test_each_result_carries_its_objective_and_gap():
    estimator = deepcut_on(DrawingNetwork(make_scene(5, 46, 82, 0)))
    assert estimator.figures['deepcut_parts'] == 0
    estimator.estimate([IMAGE])
    figures = estimator.figures
    assert figures['deepcut_objective'] < 0 == figures['deepcut_gap']
    assert figures['deepcut_parts'] == figures['deepcut_parts_proven'] >= 5


def test_maps_with_nan_are_an_error_and_the_next_image_is_served():
    network = DrawingNetwork(bad=float('nan'))
    estimator = deepcut_on(network)
    with pytest.raises(EstimatorError, match='NaN'):
        estimator.estimate([IMAGE])
    network.bad = None
    assert len(estimator.estimate([IMAGE])[0]) == 5


def test_the_shipped_one_finds_nobody_in_a_blank_image_and_says_who_it_is():
    estimator = load(SETTINGS.changed(input_size=128))
    assert estimator.estimate([np.full((96, 128, 3), 127, np.uint8)]) == [[]]
    assert estimator.name == 'deepcut' and estimator.model.startswith('deepcut@') and estimator.skeleton is OPENPOSE18
