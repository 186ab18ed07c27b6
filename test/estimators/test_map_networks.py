import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from networks.caffemodels import caffemodel
from networks.onnx_files import mixing_network

from pose_ros.errors import WeightsError
from pose_ros.estimators import EstimatorSettings, load
from pose_ros.estimators.map_networks import load_map_network, pixels_of
from pose_ros.networks.cmu_openpose import CmuOpenPose
from pose_ros.networks.lightweight_openpose import LightweightOpenPose
from pose_ros.networks.openpose_layout import Pixels
from pose_ros.training.references import load_reference
from pose_ros.training.tfpose import PERSON_SCORE
from pose_ros.weights import CHECKPOINTS, entry_of, file_of

IMAGE = np.full((48, 64, 3), 200, np.uint8)


@pytest.fixture(scope='module')
def files(tmp_path_factory):
    """One file of each kind of other people's networks, without training."""
    folder = tmp_path_factory.mktemp('weights')
    torch.manual_seed(0)
    torch.save(LightweightOpenPose().state_dict(), folder / 'light.pth')
    layers = [(name, [conv.weight.detach().numpy(), conv.bias.detach().numpy()])
              for name, conv in CmuOpenPose().layers.items()]
    (folder / 'cmu.caffemodel').write_bytes(caffemodel(layers))
    mixing_network(folder / 'any.onnx', (57,))
    mixing_network(folder / 'fixed.onnx', (57,), size=(96, 64), batch=1)
    return folder


@pytest.mark.parametrize('name', ['light.pth', 'cmu.caffemodel', 'any.onnx', 'fixed.onnx'])
@pytest.mark.parametrize('estimator', ['openpose', 'deepcut'])
def test_every_kind_of_file_becomes_an_estimator(files, name, estimator):
    model = load(EstimatorSettings(estimator=estimator, weights=str(files / name), device='cpu', input_size=160))
    found = model.estimate([IMAGE, np.zeros((300, 90, 3), np.uint8)])
    assert len(found) == 2
    assert model.name == estimator and model.model.startswith(f'{estimator}@')
    model.close()


def test_an_image_fits_into_the_only_size(files):
    loaded = load_map_network(files / 'fixed.onnx')
    assert loaded.size == (96, 64)
    model = load(EstimatorSettings(weights=str(files / 'fixed.onnx'), device='cpu', input_size=2048))
    for height, width in ((10, 300), (300, 10), (64, 96), (65, 96), (480, 640)):
        box = model._letterbox(np.zeros((height, width, 3), np.uint8), loaded.network.multiple)
        assert box.input_width <= 96 and box.input_height <= 64
        assert box.input_width == 96 or box.input_height == 64


def test_the_input_is_openposes_unless_a_file_beside_says_otherwise(tmp_path):
    path = tmp_path / 'net.onnx'
    assert pixels_of(path) == Pixels('bgr', (128.0,) * 3, (1 / 256,) * 3, None)
    path.with_name('net.onnx.json').write_text(json.dumps({'colour': 'rgb', 'mean': [0, 0, 0], 'size': [432, 368]}))
    assert pixels_of(path) == Pixels('rgb', (0, 0, 0), (1 / 256,) * 3, (432, 368))


def test_the_input_of_registered_weights_is_registered(monkeypatch, tmp_path):
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path))
    entry = entry_of('lightweight_openpose')
    assert pixels_of(file_of(entry)) == Pixels(entry.colour, entry.mean, entry.scale)


@pytest.mark.parametrize('text', ['{', '[]', '{"colour": "grey"}', '{"mean": [1, 2]}', '{"scale": ["a", "b", "c"]}',
                                  '{"size": [100, 96]}', '{"size": [0, 0]}', '{"more": 1}', '{"mean": 3}'])
def test_a_malformed_file_beside_is_named(tmp_path, text):
    (tmp_path / 'net.onnx.json').write_text(text)
    with pytest.raises(WeightsError, match='cannot use net.onnx.json'):
        pixels_of(tmp_path / 'net.onnx')


@pytest.mark.parametrize('name', ['net', 'net.tflite', 'net.pt'])
def test_other_endings_are_answered_with_the_known(tmp_path, name):
    (tmp_path / name).write_bytes(b'')
    with pytest.raises(WeightsError, match=f'{name} is of no known kind; allowed: files that end in .safetensors'):
        load_map_network(tmp_path / name)


def test_a_network_for_another_skeleton_is_refused(tmp_path):
    mixing_network(path := tmp_path / 'coco17.onnx', (17, 32))
    with pytest.raises(WeightsError, match='allowed: 19 heatmaps and 38 PAFs'):
        load(EstimatorSettings(weights=str(path), device='cpu'))


def test_tf_pose_finds_through_weights_whom_it_finds_through_its_own_code(tmp_path):
    graph = Path(__file__).resolve().parents[3] / 'shared/data/weights/tfpose_v2_small/mobilenet_v2_small_368x432.pb'
    if not graph.exists():
        pytest.skip(f'no {graph}')
    (tmp_path / 'net.pb').symlink_to(graph)
    (tmp_path / 'net.pb.json').write_text(json.dumps({
        'colour': 'bgr', 'mean': [127.5] * 3, 'scale': [1 / 127.5] * 3, 'size': [432, 368]}))
    clip = cv2.VideoCapture(str(CHECKPOINTS.parent / 'demo_data' / 'walkers.mp4'))
    image = np.ascontiguousarray(clip.read()[1][..., ::-1])
    settings = EstimatorSettings(weights=str(tmp_path / 'net.pb'), half_scale=False, min_person_score=PERSON_SCORE,
                                 input_size=2048)
    (ours,), (theirs,) = load(settings).estimate([image]), load_reference(graph).estimate([image])
    assert len(ours) == len(theirs) >= 1
    for one, other in zip(ours, theirs):
        assert one.score == pytest.approx(other.score, abs=.01)
        np.testing.assert_allclose(one.keypoints, other.keypoints, atol=.5)
