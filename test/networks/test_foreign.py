import numpy as np
import pytest
import torch
from networks.caffemodels import caffemodel

from pose_ros.errors import WeightsError
from pose_ros.networks.cmu_openpose import CmuOpenPose
from pose_ros.networks.foreign import load_cmu, load_lightweight
from pose_ros.networks.lightweight_openpose import LightweightOpenPose

IMAGES = torch.rand(1, 3, 32, 48, generator=torch.Generator().manual_seed(0)) - 0.5


@pytest.fixture(scope='module')
def lightweight():
    torch.manual_seed(0)
    return LightweightOpenPose().eval()


@pytest.fixture(scope='module')
def cmu():
    torch.manual_seed(1)
    return CmuOpenPose().eval()


def maps(network):
    with torch.inference_mode():
        return network(IMAGES)


def layers(network):
    return [(name, [conv.weight.detach().numpy(), conv.bias.detach().numpy()])
            for name, conv in network.layers.items()]


@pytest.mark.parametrize('wrap', [lambda state: state, lambda state: {'state_dict': state, 'iter': 370000},
                                  lambda state: {f'module.{name}': value for name, value in state.items()},
                                  lambda state: {name: value for name, value in state.items() if 'num_b' not in name}])
def test_lightweight_weights_come_back(lightweight, tmp_path, wrap):
    torch.save(wrap(lightweight.state_dict()), path := tmp_path / 'net.pth')
    for one, other in zip(maps(load_lightweight(path)), maps(lightweight)):
        torch.testing.assert_close(one, other)


def test_other_tensors_are_named(lightweight, tmp_path):
    state = lightweight.state_dict()
    first = next(iter(state))
    for change, message in (({first: torch.zeros(1)}, f'tensor {first!r} of net.pth has shape'),
                            ({'other': torch.zeros(1)}, "unknown tensor 'other'"),
                            ({first: torch.full_like(state[first], torch.nan)}, 'not finite')):
        torch.save(state | change, path := tmp_path / 'net.pth')
        with pytest.raises(WeightsError, match=message):
            load_lightweight(path)


@pytest.mark.parametrize('content', [b'', b'no checkpoint', b'PK\x03\x04broken'])
def test_damaged_checkpoints_are_named(tmp_path, content):
    (path := tmp_path / 'net.pth').write_bytes(content)
    with pytest.raises(WeightsError, match='net.pth'):
        load_lightweight(path)


class Unpickled:
    """What would run code when it is read."""

    def __reduce__(self):
        return print, ('executed',)


def test_a_checkpoint_cannot_run_code(tmp_path, capsys):
    torch.save({'state_dict': Unpickled()}, path := tmp_path / 'net.pth')
    with pytest.raises(WeightsError, match='net.pth'):
        load_lightweight(path)
    assert 'executed' not in capsys.readouterr().out


@pytest.mark.parametrize('old', [False, True])
def test_cmu_weights_come_back(cmu, tmp_path, old):
    (path := tmp_path / 'net.caffemodel').write_bytes(caffemodel(layers(cmu), old))
    for one, other in zip(maps(load_cmu(path)), maps(cmu)):
        torch.testing.assert_close(one, other)


def test_cmu_layers_are_those_of_its_description(cmu):
    """Facts of pose_deploy_linevec.prototxt: names, channels and sizes of its 92 convolutions."""
    shapes = {name: tuple(conv.weight.shape) for name, conv in cmu.layers.items()}
    assert len(shapes) == 92
    assert shapes['conv1_1'] == (64, 3, 3, 3) and shapes['conv4_2'] == (512, 512, 3, 3)
    assert shapes['conv4_3_CPM'] == (256, 512, 3, 3) and shapes['conv4_4_CPM'] == (128, 256, 3, 3)
    assert shapes['conv5_4_CPM_L1'] == (512, 128, 1, 1) and shapes['conv5_5_CPM_L2'] == (19, 512, 1, 1)
    assert shapes['Mconv1_stage2_L1'] == (128, 185, 7, 7) and shapes['Mconv7_stage6_L1'] == (38, 128, 1, 1)
    assert sum(conv.weight.numel() + conv.bias.numel() for conv in cmu.layers.values()) == 52311446


def test_cmu_maps_are_an_eighth_of_the_image(cmu):
    heatmaps, pafs = maps(cmu)
    assert heatmaps.shape == (1, 19, 4, 6) and pafs.shape == (1, 38, 4, 6)


def test_a_missing_layer_is_named(cmu, tmp_path):
    (path := tmp_path / 'net.caffemodel').write_bytes(caffemodel(layers(cmu)[1:]))
    with pytest.raises(WeightsError, match=r"net.caffemodel lacks tensor 'layers.conv1_1.bias'"):
        load_cmu(path)


def test_numbers_are_read_as_they_are(cmu, tmp_path):
    (path := tmp_path / 'net.caffemodel').write_bytes(caffemodel(layers(cmu)))
    np.testing.assert_array_equal(load_cmu(path).layers['conv1_1'].bias.detach(), cmu.layers['conv1_1'].bias.detach())
