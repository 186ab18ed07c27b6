from pathlib import Path

import numpy as np
import pytest
import torch

from pose_ros.errors import WeightsError
from pose_ros.estimators import EstimatorSettings, load
from pose_ros.networks.checkpoint import save_openpose
from pose_ros.networks.openpose import OpenPoseNet, OpenPoseShape
from pose_ros.skeletons import COCO17, OPENPOSE18
from pose_ros.weights import sha256_of


@pytest.fixture(scope='module')
def small(tmp_path_factory):
    """A checkpoint of a small network without training."""
    path = tmp_path_factory.mktemp('weights') / 'small.safetensors'
    torch.manual_seed(0)
    save_openpose(path, OpenPoseNet(OpenPoseShape(widths=(8, 8, 8, 8), blocks=(1, 1, 1, 1), features=8)), {})
    return path


def settings(path, **values):
    return EstimatorSettings(weights=str(path), device='cpu', **values)


def test_weights_of_the_users_own(small):
    estimator = load(settings(small, threads=1))
    assert estimator.name == 'openpose'
    assert estimator.model == f'openpose@{sha256_of(small)[:12]}'
    assert estimator.device == 'cpu'
    assert estimator.skeleton is OPENPOSE18
    assert torch.get_num_threads() == 1
    found = estimator.estimate([np.zeros((48, 64, 3), np.uint8), np.full((100, 50, 3), 255, np.uint8)])
    assert len(found) == 2


def test_the_same_image_gives_the_same_people(small):
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (120, 160, 3), dtype=np.uint8)
    estimator = load(settings(small, min_person_score=0.0))
    one, other = (estimator.estimate([image])[0] for _ in range(2))
    assert [person.keypoints.tolist() for person in one] == [person.keypoints.tolist() for person in other]


@pytest.mark.parametrize('content', [b'', b'not weights at all', b'\x10\0\0\0\0\0\0\0{"broken": 1    '])
def test_damaged_weights_are_named(content, tmp_path):
    path = tmp_path / 'mine.safetensors'
    path.write_bytes(content)
    with pytest.raises(WeightsError, match='mine.safetensors'):
        load(settings(path))


def test_missing_weights_are_named(tmp_path):
    with pytest.raises(WeightsError, match='nothing.safetensors'):
        load(settings(tmp_path / 'nothing.safetensors'))


def test_the_embedded_weights_find_nobody_in_a_blank_image():
    from pose_ros.weights import CHECKPOINTS
    if not (CHECKPOINTS / 'weights.json').exists():
        pytest.skip('no weights are embedded yet')
    estimator = load(EstimatorSettings(device='cpu', input_size=128))
    assert estimator.estimate([np.full((96, 128, 3), 127, np.uint8)]) == [[]]


def test_a_posenet_brings_its_own_decoder():
    path = Path(__file__).resolve().parents[3] / 'shared/data/weights/posenet_coral/posenet_075_s16_float_dynamic.onnx'
    if not path.exists():
        pytest.skip(f'no {path}')
    estimator = load(settings(path, threads=1))
    assert estimator.skeleton is COCO17 and estimator.model == f'posenet@{sha256_of(path)[:12]}'
    assert estimator.estimate([np.full((96, 128, 3), 127, np.uint8)]) == [[]]
