"""RMPE's networks: a crop's heatmaps, and one file for detector, transformer and pose network."""
import pytest
import torch

from pose_ros.errors import WeightsError
from pose_ros.networks.crop_pose import CROP_HEIGHT, CROP_WIDTH, CropPose
from pose_ros.networks.keypoint_rcnn import SmallRcnn, save_small_rcnn
from pose_ros.networks.openpose import OpenPoseShape
from pose_ros.networks.rmpe import RmpeNet, load_rmpe, save_rmpe

SHAPE = OpenPoseShape(widths=(8, 8, 8, 8), blocks=(0, 0, 0, 0), features=8)


def test_a_crop_gives_a_map_per_keypoint_and_the_way_back():
    heatmaps, theta = CropPose(SHAPE).eval()(torch.rand(2, 3, CROP_HEIGHT, CROP_WIDTH))
    assert heatmaps.shape == (2, 18, 20, 16) and theta.shape == (2, 2, 3)


def test_without_a_transformer_there_is_no_way_back():
    heatmaps, theta = CropPose(SHAPE, transformer=False).eval()(torch.rand(1, 3, CROP_HEIGHT, CROP_WIDTH))
    assert heatmaps.shape == (1, 18, 20, 16) and theta is None


@pytest.mark.parametrize('transformer', [True, False])
def test_it_comes_back_as_saved(tmp_path, transformer):
    net = RmpeNet(SmallRcnn(SHAPE), CropPose(SHAPE, transformer)).eval()
    save_rmpe(tmp_path / 'net.safetensors', net, {'samples': 7})
    again, facts = load_rmpe(tmp_path / 'net.safetensors')
    assert facts == {'samples': 7} and (again.pose.localiser is not None) == transformer
    assert again.state_dict().keys() == net.state_dict().keys()
    assert not any('keypoint_head' in name for name in again.state_dict())


def test_weights_of_another_network_are_refused(tmp_path):
    save_small_rcnn(tmp_path / 'net.safetensors', SmallRcnn(SHAPE), {})
    with pytest.raises(WeightsError, match='pose_ros.mask_rcnn'):
        load_rmpe(tmp_path / 'net.safetensors')
