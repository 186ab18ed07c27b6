"""The network's maps: their shapes, their place on the image, and what a mirror does to the shapes."""
import pytest
import torch

from pose_ros.networks.openpose import OpenPoseNet, OpenPoseShape


@pytest.fixture(scope='module')
def net() -> OpenPoseNet:
    torch.manual_seed(0)
    return OpenPoseNet().eval()


@pytest.mark.parametrize(('height', 'width'), [(32, 32), (64, 96), (96, 32)])
def test_every_stage_gives_maps_at_stride_8(net, height, width):
    with torch.inference_mode():
        stages = net(torch.rand(2, 3, height, width))
    assert len(stages) == net.shape.stages
    for heatmaps, pafs in stages:
        assert heatmaps.shape == (2, 19, height // 8, width // 8)
        assert pafs.shape == (2, 38, height // 8, width // 8)


def test_the_number_of_stages_is_free():
    net = OpenPoseNet(OpenPoseShape(stages=3)).eval()
    with torch.inference_mode():
        assert len(net(torch.zeros(1, 3, 32, 32))) == 3


def test_mirrored_weights_mirror_the_maps(net):
    """Even windows at every stride-2 step leave no half-cell shift: the whole network can be mirrored exactly."""
    image = torch.rand(1, 3, 64, 96)
    mirrored = OpenPoseNet().eval()
    mirrored.load_state_dict({k: v.flip(-1) if v.ndim == 4 else v for k, v in net.state_dict().items()})
    with torch.inference_mode():
        for ours, theirs in zip(net(image)[-1], mirrored(image.flip(-1))[-1]):
            torch.testing.assert_close(theirs.flip(-1), ours, atol=1e-5, rtol=1e-4)
