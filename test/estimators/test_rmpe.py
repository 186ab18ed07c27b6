"""The RMPE estimator from crop to image, with networks that draw what they are told."""
import numpy as np
import pytest
import torch
from torch import nn

from pose_ros.errors import EstimatorError, WeightsError
from pose_ros.estimators import EstimatorSettings
from pose_ros.estimators.rmpe import RmpeFinder, load, read_crops
from pose_ros.grouping.settings import GroupingSettings
from pose_ros.image import Letterbox
from pose_ros.networks.crop_pose import CROP_HEIGHT, CROP_WIDTH, CropPose
from pose_ros.networks.keypoint_rcnn import SmallRcnn
from pose_ros.networks.openpose import OpenPoseNet, OpenPoseShape
from pose_ros.networks.rmpe import RmpeNet, save_rmpe
from pose_ros.networks.stn import transform_images

SHAPE = OpenPoseShape(widths=(8, 8, 8, 8), blocks=(0, 0, 0, 0), features=8)
IMAGE = np.random.default_rng(0).integers(0, 255, (120, 160, 3), np.uint8)


class FixedTheta(nn.Module):
    """A localiser that always says the same."""

    def __init__(self, theta):
        super().__init__()
        self.theta = theta

    def forward(self, crops):
        return self.theta.expand(len(crops), 2, 3)


class Brightness(nn.Module):
    """A pose network that takes the brightness of its picture for every heatmap."""

    stride = 8

    def forward(self, images):
        heat = nn.functional.interpolate(images[:, :1], scale_factor=1 / 8, mode='area')
        return [(heat.expand(-1, 19, -1, -1), heat.expand(-1, 38, -1, -1))]


def bright_spot(x, y):
    """A crop with a Gaussian spot."""
    across = torch.exp(-(torch.arange(float(CROP_WIDTH)) - x) ** 2 / 98)
    down = torch.exp(-(torch.arange(float(CROP_HEIGHT)) - y) ** 2 / 98)
    return (down[:, None] * across).expand(1, 3, -1, -1)


def pose_network(theta=None):
    net = CropPose(SHAPE, transformer=theta is not None).eval()
    net.net = Brightness()
    if theta is not None:
        net.localiser = FixedTheta(torch.tensor([theta]))
    return net


@pytest.mark.parametrize('flip', [False, True])
@pytest.mark.parametrize('theta', [None, [[1., 0, 0], [0, 1, 0]], [[.8, .1, .2], [-.1, .9, -.1]],
                                   [[1.3, 0, 0], [.2, 1.2, .1]]])
def test_whatever_the_transformer_does_the_spot_is_where_it_is(theta, flip):
    with torch.inference_mode():
        points, scores = read_crops(pose_network(theta), bright_spot(57.3, 88.8), flip)
    assert points.shape == (1, 18, 2) and (scores > .3).all()
    np.testing.assert_allclose(points[0, 0], [57.3, 88.8], atol=1)


def test_moved_points_lie_at_the_peaks_of_the_dewarped_maps():
    theta = torch.tensor([[[.8, .1, .2], [-.1, .9, -.1]]])
    picture = transform_images(bright_spot(60., 90.), theta)
    from pose_ros.networks.stn import inverse
    back = transform_images(picture, inverse(theta))[0, 0]
    row, column = divmod(int(back.argmax()), CROP_WIDTH)
    assert abs(row - 90) <= 1 and abs(column - 60) <= 1


@pytest.fixture(scope='module')
def finder():
    torch.manual_seed(0)
    return RmpeFinder(RmpeNet(SmallRcnn(SHAPE), pose_network([[.9, 0, .1], [0, .9, 0]])).eval())


@pytest.mark.parametrize('boxes', [np.zeros((0, 4)), np.array([[20., 20, 20, 20]]), np.array([[-50., -50, -20, -20]]),
                                   np.array([[0., 0, 1e4, 1e4]]), np.tile([10., 10, 60, 100], (100, 1))],
                         ids=['none', 'no area', 'outside', 'huge', 'a hundred'])
def test_every_box_gives_a_valid_answer(finder, boxes):
    with torch.inference_mode():
        found = finder.poses(IMAGE, boxes, np.full(len(boxes), .9))
    people = len(found.boxes)
    assert people == len(boxes) and found.keypoints.shape == (people, 18, 2) and found.scores.shape == (people, 18)
    assert np.isfinite(found.keypoints).all() and ((found.scores >= 0) & (found.scores <= 1)).all()


def test_maps_that_are_not_finite_are_refused():
    broken = pose_network()
    broken.net = type('Broken', (nn.Module,), {'forward': lambda self, x: [(torch.full((len(x), 19, 20, 16), torch.nan),
                                                                            None)]})()
    with pytest.raises(EstimatorError, match='NaN'), torch.inference_mode():
        read_crops(broken, torch.rand(1, 3, CROP_HEIGHT, CROP_WIDTH))


def test_without_a_box_there_is_nobody():
    net = RmpeNet(SmallRcnn(SHAPE), pose_network()).eval()
    finder = RmpeFinder(net)
    net.detector.roi_heads.score_thresh = 1.1
    box = Letterbox.fit(160, 120, 96, 32)
    with torch.inference_mode():
        found, = finder.find(torch.rand(1, 3, 96, 96), [IMAGE], [box], EstimatorSettings(), GroupingSettings())
    assert found.keypoints.shape == (0, 18, 2) and found.scores.shape == (0, 18) and found.boxes.shape == (0,)


@pytest.mark.parametrize('transformer', [True, False])
def test_a_checkpoint_becomes_an_estimator(tmp_path, transformer):
    path = tmp_path / 'rmpe.safetensors'
    save_rmpe(path, RmpeNet(SmallRcnn(SHAPE), CropPose(SHAPE, transformer)).eval(), {})
    model = load(EstimatorSettings(weights=str(path), input_size=96, min_person_score=0.0), GroupingSettings())
    persons, nobody = model.estimate([IMAGE, np.zeros((1, 1, 3), np.uint8)])
    assert model.name == 'rmpe' and len(model.model) == len('rmpe@') + 12 and model.skeleton.name == 'openpose18'
    assert all(person.skeleton is model.skeleton for person in [*persons, *nobody])


def test_weights_of_another_network_are_refused(tmp_path):
    from pose_ros.networks.checkpoint import save_openpose
    save_openpose(tmp_path / 'openpose.safetensors', OpenPoseNet(SHAPE), {})
    with pytest.raises(WeightsError, match=r'pose_ros\.openpose.*pose_ros\.rmpe'):
        load(EstimatorSettings(weights=str(tmp_path / 'openpose.safetensors')), GroupingSettings())
