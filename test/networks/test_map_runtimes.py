from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from networks.onnx_files import mixing_network
from onnx import TensorProto, helper

from pose_ros.errors import WeightsError
from pose_ros.networks.map_runtimes import open_onnx_maps, open_tensorflow_maps
from pose_ros.networks.openpose_layout import PAF_ORDER, OpenPoseLayout, Pixels, split_maps
from pose_ros.skeletons import OPENPOSE18

TF_POSE = Path(__file__).resolve().parents[3] / 'shared/data/weights/tfpose_v2_small/mobilenet_v2_small_368x432.pb'
BGR_UNIT = Pixels('bgr', (128.0,) * 3, (1 / 256,) * 3)
# OpenPose's own table (poseParameters.cpp): the pairs of its COCO model, and the channels of each pair's x and y.
PAIRS = '1-2 1-5 2-3 3-4 5-6 6-7 1-8 8-9 9-10 1-11 11-12 12-13 1-0 0-14 14-16 0-15 15-17 2-16 5-17'
CHANNELS = '12,13 20,21 14,15 16,17 22,23 24,25 0,1 2,3 4,5 6,7 8,9 10,11 28,29 30,31 34,35 32,33 36,37 18,19 26,27'


def run(network, images):
    with torch.inference_mode():
        (heatmaps, pafs), = network(images)
    return heatmaps, pafs


def test_limbs_stand_in_our_order():
    assert [tuple(map(int, pair.split('-'))) for pair in PAIRS.split()] == list(map(tuple, OPENPOSE18.limb_indices))
    assert PAF_ORDER.tolist() == [int(channel) for pair in CHANNELS.split() for channel in pair.split(',')]


def test_the_network_gets_the_pixels_that_it_wants():
    asked = []

    def network(pixels):
        asked.append(pixels)
        return torch.zeros(1, 19, 2, 4), torch.zeros(1, 38, 2, 4)

    image = torch.tensor([0.0, 128 / 255, 1.0])[None, :, None, None].expand(1, 3, 16, 32)
    run(OpenPoseLayout(network, BGR_UNIT), image)
    run(OpenPoseLayout(network, Pixels('rgb', (0.0, 128.0, 255.0), (1.0, 2.0, 3.0))), image)
    np.testing.assert_allclose(asked[0][0, :, 5, 7], [127 / 256, 0, -0.5], atol=1e-6)
    np.testing.assert_allclose(asked[1][0, :, 5, 7], [0, 0, 0], atol=1e-4)


def test_a_network_of_one_size_gets_that_size_and_its_margin_is_cut_off():
    asked = []

    def network(pixels):
        asked.append(tuple(pixels.shape))
        maps = torch.arange(6 * 8.0).reshape(1, 1, 6, 8)
        return maps.expand(1, 19, 6, 8), maps.expand(1, 38, 6, 8)

    heatmaps, pafs = run(OpenPoseLayout(network, Pixels(size=(64, 48))), torch.zeros(1, 3, 32, 48))
    assert asked == [(1, 3, 48, 64)] and heatmaps.shape == (1, 19, 4, 6) and pafs.shape == (1, 38, 4, 6)
    np.testing.assert_array_equal(heatmaps[0, 0], np.arange(48).reshape(6, 8)[:4, :6])


@pytest.mark.parametrize('outputs', [(57,), (19, 38), (38, 19), (19, 38, 19, 38)])
@pytest.mark.parametrize('batch', [1, None])
def test_an_onnx_network_gives_its_maps(tmp_path, outputs, batch):
    weights = mixing_network(path := tmp_path / 'net.onnx', outputs, batch=batch)
    images = torch.rand(2, 3, 32, 48)
    layout = OpenPoseLayout(open_onnx_maps(path, threads=1), Pixels('rgb', (0.0,) * 3, (1 / 255,) * 3))
    heatmaps, pafs = run(layout, images)
    small = torch.nn.functional.avg_pool2d(images, 8).numpy()
    both = {19: None, 38: None, 57: None} | {len(weight): weight for weight in weights}
    heat, paf = (both[57][:19], both[57][19:]) if both[57] is not None else (both[19], both[38])
    np.testing.assert_allclose(heatmaps, np.einsum('kc,nchw->nkhw', heat, small), atol=1e-5)
    np.testing.assert_allclose(pafs, np.einsum('kc,nchw->nkhw', paf[PAF_ORDER], small), atol=1e-5)


def test_an_onnx_network_says_which_size_it_takes(tmp_path):
    mixing_network(path := tmp_path / 'net.onnx', (57,), size=(96, 64))
    assert open_onnx_maps(path, threads=1).size == (96, 64)


def test_another_input_is_refused_at_once(tmp_path):
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ['n', 'h', 'w', 3]) for name in ('in', 'out')]
    graph = helper.make_graph([helper.make_node('Relu', ['in'], ['out'])], 'channels last', ends[:1], ends[1:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 13)], ir_version=8)
    onnx.save(model, path := tmp_path / 'net.onnx')
    with pytest.raises(WeightsError, match=r'net.onnx takes .*; allowed: one input \(N, 3, H, W\)'):
        open_onnx_maps(path, threads=1)


@pytest.mark.parametrize('outputs', [(17,), (19,), (19, 20), (56,)])
def test_another_layout_is_refused_at_once(tmp_path, outputs):
    mixing_network(path := tmp_path / 'net.onnx', outputs)
    with pytest.raises(WeightsError, match='net.onnx gives .*; allowed: 19 heatmaps and 38 PAFs, or 57'):
        open_onnx_maps(path, threads=1)


@pytest.mark.parametrize('open_', [open_onnx_maps, lambda path: open_tensorflow_maps(path, None)])
@pytest.mark.parametrize('content', [None, b'', b'no network at all'])
def test_damaged_files_are_named(tmp_path, open_, content):
    path = tmp_path / 'net.file'
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(WeightsError, match='net.file'):
        open_(path)


def test_a_tensorflow_graph_gives_its_maps():
    if not TF_POSE.exists():
        pytest.skip(f'no {TF_POSE}')
    maps = open_tensorflow_maps(TF_POSE, (432, 368))
    heatmaps, pafs = maps(torch.zeros(2, 3, 368, 432))
    assert heatmaps.shape == (2, 19, 46, 54) and pafs.shape == (2, 38, 46, 54)
    torch.testing.assert_close(heatmaps[0], heatmaps[1])


def test_a_wrong_size_is_told():
    if not TF_POSE.exists():
        pytest.skip(f'no {TF_POSE}')
    with pytest.raises(WeightsError, match='does not take an image of 48x40 px'):
        open_tensorflow_maps(TF_POSE, (48, 40))


def test_the_last_maps_count():
    first, last = (np.full((1, 57, 2, 2), value) for value in (0, 1))
    assert split_maps([first, last])[0].min() == 1
    assert split_maps([np.zeros((1, 3)), np.zeros((1, 17, 2, 2))]) is None
