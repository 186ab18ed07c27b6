"""The Mask R-CNN estimator, from file to persons."""
import numpy as np
import pytest
import torch

from pose_ros.errors import EstimatorError, WeightsError
from pose_ros.estimators import EstimatorSettings
from pose_ros.estimators.calibration import chance
from pose_ros.estimators.mask_rcnn import MaskRcnnFinder, load
from pose_ros.grouping.settings import GroupingSettings
from pose_ros.image import Letterbox
from pose_ros.networks.keypoint_rcnn import SmallRcnn, save_small_rcnn
from pose_ros.networks.openpose import OpenPoseShape
from pose_ros.skeletons import OPENPOSE18

SHAPE = OpenPoseShape(widths=(8, 8, 8, 8), blocks=(0, 0, 0, 0), features=8)


class OneBox:
    """Stands in for a network: one box, the logits of one spot in it; mirrored images give the mirrored."""

    multiple = 32

    def __init__(self, bad=False, box=(10., 20, 66, 76)):
        self.bad, self.box = bad, box

    def features(self, images):
        return {'mirrored': bool(images[0, 0, 0, 0] < images[0, 0, 0, -1])}

    def boxes(self, features, images):
        return [(torch.tensor([self.box]), torch.tensor([.8]))]

    def logits(self, features, boxes, images):
        logits = torch.full((1, 18, 56, 56), -5.)
        column = 55 - 12 if features['mirrored'] else 12
        for keypoint in range(18):
            logits[0, keypoint, 30, column] = torch.nan if self.bad else 9
        return (logits,)


def find(flip=False, **network):
    image = np.zeros((96, 128, 3), np.uint8)
    image[:, :64] = 255
    box = Letterbox.fit(128, 96, 128, 32)
    batch = torch.from_numpy(box.apply(image)).permute(2, 0, 1)[None] / 255
    with torch.inference_mode():
        return MaskRcnnFinder(OneBox(**network), OPENPOSE18).find(batch, [image], [box], EstimatorSettings(flip=flip),
                                                            GroupingSettings())[0]


@pytest.mark.parametrize('flip', [False, True])
def test_keypoints_lie_where_the_logits_say(flip):
    found = find(flip)
    np.testing.assert_allclose(found.keypoints[0, 3], [10 + 12, 20 + 30], atol=.1)
    assert found.scores.shape == (1, 18) and (found.scores > .5).all() and found.boxes == pytest.approx([.8])


def test_a_box_without_area_gives_points_where_it_is():
    found = find(box=(30., 40, 30, 40))
    assert found.keypoints.shape == (1, 18, 2) and abs(found.keypoints - (30, 40)).max() <= 1


def test_maps_that_are_not_finite_are_refused():
    with pytest.raises(EstimatorError, match='NaN'):
        find(bad=True)


def test_a_checkpoint_becomes_an_estimator(tmp_path):
    path = tmp_path / 'net.safetensors'
    torch.manual_seed(0)
    save_small_rcnn(path, SmallRcnn(SHAPE), {})
    model = load(EstimatorSettings(weights=str(path), input_size=96, min_person_score=0.0),
                 GroupingSettings(peak_threshold=0.01))
    image = np.random.default_rng(0).integers(0, 255, (60, 90, 3), np.uint8)
    persons, _ = model.estimate([image, np.zeros((1, 1, 3), np.uint8)])
    assert model.name == 'mask_rcnn' and model.skeleton is OPENPOSE18 and len(persons)
    assert all(0 <= person.score <= 1 and (person.scores <= 1).all() for person in persons)


def test_the_calibration_of_a_checkpoint_is_used(tmp_path):
    torch.manual_seed(0)
    network, image = SmallRcnn(SHAPE), np.random.default_rng(0).integers(0, 255, (60, 90, 3), np.uint8)
    found = []
    for offset in (0., 2.):
        path = tmp_path / f'{offset}.safetensors'
        save_small_rcnn(path, network, {'calibration': {'mask_rcnn': {'person_slope': 1., 'person_offset': offset}}})
        found.append(load(EstimatorSettings(weights=str(path), input_size=96, min_person_score=0.0),
                          GroupingSettings(peak_threshold=0.01)).estimate([image])[0])
    raw, sure = ([person.score for person in persons] for persons in found)
    np.testing.assert_allclose(sure, chance(np.array(raw), 1, 2))


def test_without_a_box_there_is_nobody():
    network = SmallRcnn(SHAPE).eval()
    network.roi_heads.score_thresh = 1.1
    box = Letterbox.fit(96, 64, 96, 32)
    with torch.inference_mode():
        found, = MaskRcnnFinder(network, OPENPOSE18).find(torch.rand(1, 3, 64, 96), [np.zeros((64, 96, 3), np.uint8)],
                                                          [box], EstimatorSettings(flip=True), GroupingSettings())
    assert found.keypoints.shape == (0, 18, 2) and found.scores.shape == (0, 18) and found.boxes.shape == (0,)


def test_a_file_that_is_no_network_of_torchvision_is_refused(tmp_path):
    path = tmp_path / 'net.pth'
    torch.save({'x': torch.zeros(1)}, path)
    with pytest.raises(WeightsError, match='net.pth'):
        load(EstimatorSettings(weights=str(path)), GroupingSettings())
