"""Every estimator of the registry behind the same parameter and the same message."""
from __future__ import annotations

import pytest
import torch
from conftest import wait_until
from estimators.drawing_network import DrawingNetwork

from pose_ros.estimators import ESTIMATORS, EstimatorSettings, load
from pose_ros.estimators.bottom_up import BottomUpEstimator
from pose_ros.grouping.deepcut import DeepCut
from pose_ros.grouping.multicut_costs import load_regressions
from pose_ros.grouping.settings import GroupingSettings
from pose_ros.skeletons import OPENPOSE18
from pose_ros.weights import find_weights, list_weights

SHIPPED = {weights.name for weights in list_weights() if not weights.url}


@pytest.mark.parametrize('name', [name for name in ESTIMATORS if name in SHIPPED])
def test_a_blank_image_gives_an_empty_message_that_describes_itself(rig, name):
    rig.start(load=load, autostart=False, device='cpu', input_size=128, threads=1)
    assert rig.set(estimator=name) == (True, '') and rig.change('configure') and rig.change('activate')
    persons = rig.listen('persons')
    header = rig.send(100)
    rig.wait_for_persons()
    message = persons[0]
    assert message.header == header and not message.persons
    assert message.model.startswith(f'{name}@') and message.skeleton_format == 'openpose18'
    assert list(message.keypoint_names) == list(OPENPOSE18.keypoints)


def drawn(network):
    """Loads DeepCut on the maps of five people, whatever the image."""
    def make(settings: EstimatorSettings, grouping: GroupingSettings) -> BottomUpEstimator:
        deepcut = DeepCut(load_regressions(find_weights('deepcut'), OPENPOSE18))
        return BottomUpEstimator('deepcut', 'deepcut@0', network, OPENPOSE18, device=torch.device('cpu'),
                                 dtype=torch.float32, settings=settings, grouping=grouping, group=deepcut.group,
                                 figures=lambda: deepcut.figures)
    return make


def test_deepcut_without_time_and_after_nan_still_serves_people(rig):
    network = DrawingNetwork(bad=float('nan'))
    values = {'half_scale': False, 'input_size': 656, 'grouping.solver_ms': 0.0}
    rig.start(load=drawn(network), device='cpu', **values)
    raw = rig.listen('persons_raw')
    rig.send(100)
    rig.wait_for_log('NaN')
    network.bad = None
    rig.send(100)
    wait_until(lambda: any(message.persons for message in raw), what='people')
    assert {len(person.keypoints) for message in raw for person in message.persons} == {18}
    wait_until(lambda: float(rig.status('network')[2].get('deepcut_objective', 0)) < 0, what='the objective')
    figures = rig.status('network')[2]
    assert float(figures['deepcut_gap']) >= 0
    assert 0 <= int(figures['deepcut_parts_proven']) <= int(figures['deepcut_parts'])
