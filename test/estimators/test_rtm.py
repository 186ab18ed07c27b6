"""RTMPose, YOLOX and RTMO by stand-ins of the same inputs and outputs: nobody here could download the real ones."""
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from pose_ros.errors import WeightsError
from pose_ros.estimators import EstimatorSettings, load
from pose_ros.skeletons import COCO17
from pose_ros.weights import entry_of, file_of

SIDE = 640
# One good box and one below the threshold, in px of the detector's input.
DETECTIONS = np.float32([[[100, 50, 300, 450, 0.9], [10, 10, 20, 20, 0.1]]])
KEYPOINTS = np.stack([np.linspace(110, 290, 17), np.linspace(60, 440, 17), np.linspace(0.3, 0.95, 17)], axis=1)


def constant_network(path, size, outputs):
    """Gives the same arrays whatever the image, which it must depend on to be a network at all."""
    width, height = size
    nodes, inits = [helper.make_node('ReduceMax', ['image'], ['most'], keepdims=0)], []
    nodes.append(helper.make_node('Mul', ['most', 'zero'], ['nothing']))
    inits.append(numpy_helper.from_array(np.float32(0), 'zero'))
    for name, array in outputs.items():
        inits.append(numpy_helper.from_array(array.astype(np.float32), f'{name}_value'))
        nodes.append(helper.make_node('Add', [f'{name}_value', 'nothing'], [name]))
    graph = helper.make_graph(
        nodes, 'constant', [helper.make_tensor_value_info('image', TensorProto.FLOAT, [1, 3, height, width])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, list(array.shape)) for name, array in outputs.items()],
        inits)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid('', 13)], ir_version=8), str(path))


def simcc(points, width, height):
    """Rows with their top at the bins of points [px of the crop]."""
    rows = [np.zeros((1, 17, 2 * side)) for side in (width, height)]
    for axis, row in enumerate(rows):
        for k, point in enumerate(points):
            row[0, k, round(2 * point[axis])] = point[2]
    return {'simcc_x': rows[0], 'simcc_y': rows[1]}


@pytest.fixture
def cache(monkeypatch, tmp_path):
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path))
    file_of(entry_of('yolox_s')).parent.mkdir(parents=True)
    return tmp_path


def rmpe(path, **values):
    return load(EstimatorSettings(estimator='rmpe', weights=str(path), device='cpu', threads=1, **values))


def test_rtmo_finds_people_in_px_of_the_image(tmp_path):
    keypoints = np.stack([KEYPOINTS, KEYPOINTS])[None]
    constant_network(path := tmp_path / 'rtmo.onnx', (SIDE, SIDE), {'dets': DETECTIONS, 'keypoints': keypoints})
    estimator = rmpe(path)
    one, other = estimator.estimate([np.zeros((480, 640, 3), np.uint8), np.zeros((960, 1280, 3), np.uint8)])
    assert estimator.skeleton is COCO17 and estimator.model.startswith('rtmo@')
    np.testing.assert_allclose(one[0].keypoints, KEYPOINTS[:, :2], atol=1e-3)
    np.testing.assert_allclose(other[0].keypoints, KEYPOINTS[:, :2] * 2 + 0.5, atol=1e-3)
    np.testing.assert_allclose(one[0].scores, KEYPOINTS[:, 2], atol=1e-6)
    assert len(one) == len(other) == 1


def test_rtmpose_finds_the_pose_in_each_box_of_yolox(cache):
    constant_network(file_of(entry_of('yolox_s')), (SIDE, SIDE), {'dets': DETECTIONS, 'labels': np.zeros((1, 2))})
    in_crop = np.stack([np.linspace(10, 180, 17), np.linspace(20, 240, 17), np.full(17, 0.8)], axis=1).round()
    in_crop[:, 2] = 0.8
    constant_network(path := cache / 'rtmpose.onnx', (192, 256), simcc(in_crop, 192, 256))
    (person,), = rmpe(path).estimate([np.zeros((480, 640, 3), np.uint8)])
    # The box 100..300 x 50..450, a quarter larger and 3 to 4, is 375 x 500 px round its centre.
    scale = 500 / 256
    expected = np.array([200, 250]) + (in_crop[:, :2] + 0.5 - (96, 128)) * scale
    np.testing.assert_allclose(person.keypoints, expected, atol=1.5)
    np.testing.assert_allclose(person.scores, 0.8, atol=1e-6)


def test_rtmpose_asks_for_a_detector(cache):
    constant_network(path := cache / 'rtmpose.onnx', (192, 256), simcc(KEYPOINTS * 0 + 1, 192, 256))
    with pytest.raises(WeightsError, match='needs a person detector; `pose-ros weights pull yolox_s`'):
        rmpe(path)


def test_nobody_is_nobody(tmp_path):
    empty = {'dets': np.zeros((1, 0, 5)), 'keypoints': np.zeros((1, 0, 17, 3))}
    constant_network(path := tmp_path / 'rtmo.onnx', (SIDE, SIDE), empty)
    assert rmpe(path).estimate([np.zeros((10, 20, 3), np.uint8)]) == [[]]


@pytest.mark.parametrize('outputs', [{'dets': DETECTIONS}, {'maps': np.zeros((1, 57, 2, 2))}])
def test_other_networks_are_refused(tmp_path, outputs):
    constant_network(path := tmp_path / 'other.onnx', (SIDE, SIDE), outputs)
    with pytest.raises(WeightsError, match='other.onnx gives .*; allowed: RTMPose .* or RTMO'):
        rmpe(path)
