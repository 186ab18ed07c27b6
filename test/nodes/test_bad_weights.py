"""A checkpoint that is not what it should be fails the configuration with the reason; a good one then works."""
from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from pose_ros.estimators import Estimator, EstimatorSettings, load
from pose_ros.networks.checkpoint import save_openpose
from pose_ros.networks.openpose import OpenPoseNet, OpenPoseShape
from pose_ros.weights import find_weights, register, sha256_of

TINY = OpenPoseShape(widths=(8, 8, 8, 8), blocks=(1, 1, 1, 1), features=8, stages=1)


@pytest.fixture
def good(tmp_path) -> Path:
    torch.manual_seed(0)
    save_openpose(tmp_path / 'good.safetensors', OpenPoseNet(TINY), {})
    return tmp_path / 'good.safetensors'


def _damaged(good: Path) -> Path:
    path = good.with_name('damaged.safetensors')
    path.write_bytes(good.read_bytes()[:5000])
    return path


def _foreign(good: Path) -> Path:
    path = good.with_name('foreign.safetensors')
    save_file({'weight': torch.zeros(3)}, path)
    return path


def _misshapen(good: Path) -> Path:
    path = good.with_name('misshapen.safetensors')
    net = OpenPoseNet(TINY)
    net.shape = OpenPoseShape(widths=(8, 8, 8, 16), blocks=(1, 1, 1, 1), features=8, stages=1)
    save_openpose(path, net, {})
    return path


BAD = {
    'missing': (lambda good: good.with_name('nowhere.safetensors'), ('nowhere.safetensors', 'allowed')),
    'damaged': (_damaged, ('damaged.safetensors', 'allowed')),
    'foreign': (_foreign, ('foreign.safetensors', 'kind', 'allowed')),
    'misshapen': (_misshapen, ('misshapen.safetensors', 'shape (8', 'allowed')),
}


def configure_with_good(rig, good: Path) -> None:
    assert rig.state() == 'unconfigured'
    assert rig.set(weights=str(good)) == (True, '')
    assert rig.change('configure') and rig.change('activate')
    persons = rig.listen('persons')
    rig.send(100)
    rig.wait_for_persons()
    assert persons[0].model == f'openpose@{sha256_of(good)[:12]}'


@pytest.mark.parametrize('kind', BAD)
def test_bad_weights_are_explained_and_good_ones_then_work(rig, good, kind):
    make, parts = BAD[kind]
    rig.start(load=load, weights=str(make(good)), device='cpu')
    rig.wait_for_log('configure', *parts)
    configure_with_good(rig, good)


def test_registered_weights_with_another_digest_are_refused(rig, good):
    wanted = register('openpose', good.name, 'Apache-2.0', 'openpose18', good.parent).sha256
    torch.manual_seed(1)
    save_openpose(good, OpenPoseNet(TINY), {})

    def load_registered(settings: EstimatorSettings, grouping) -> Estimator:
        path = settings.weights or str(find_weights('openpose', good.parent))
        return load(settings.changed(weights=path), grouping)

    rig.start(load=load_registered, device='cpu')
    rig.wait_for_log('configure', good.name, 'sha256', sha256_of(good), wanted)
    configure_with_good(rig, good)
