"""torchvision's own model with random weights, against ours with the same."""
import pytest
import torch
from torchvision.models.detection import keypointrcnn_resnet50_fpn
from torchvision.models.detection.roi_heads import heatmaps_to_keypoints

from pose_ros.errors import WeightsError
from pose_ros.networks.torchvision_rcnn import load_torchvision

HEIGHT, WIDTH = 64, 96


@pytest.fixture(scope='module')
def torchvisions():
    """Of torchvision, with random weights and statistics; like its COCO weights without an epsilon."""
    torch.manual_seed(2)
    model = keypointrcnn_resnet50_fpn(weights=None, weights_backbone=None, min_size=HEIGHT, max_size=WIDTH).eval()
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.eps = 0.0
            torch.nn.init.uniform_(module.running_mean, -.1, .1)
            torch.nn.init.uniform_(module.running_var, .5, 2)
    model.roi_heads.detections_per_img = 5
    return model


def test_torchvisions_weights_give_torchvisions_people(torchvisions, tmp_path):
    torch.save(torchvisions.state_dict(), path := tmp_path / 'net.pth')
    ours = load_torchvision(path)
    ours.roi_heads.detections_per_img = 5
    image = torch.rand(3, HEIGHT, WIDTH, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        (mine,), (theirs,) = ours(image[None]), torchvisions([image])
        keypoints, _ = heatmaps_to_keypoints(mine.logits, mine.boxes)
    assert len(theirs['boxes'])
    torch.testing.assert_close(mine.boxes, theirs['boxes'], atol=1e-3, rtol=1e-4)
    torch.testing.assert_close(mine.scores, theirs['scores'], atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(keypoints, theirs['keypoints'], atol=1e-3, rtol=1e-4)


def test_weights_of_torchvision_are_compared_name_by_name(torchvisions, tmp_path):
    state = torchvisions.state_dict()
    name = 'roi_heads.keypoint_predictor.kps_score_lowres.weight'
    torch.save(state | {name: torch.zeros(512, 18, 4, 4)}, path := tmp_path / 'net.pth')
    with pytest.raises(WeightsError, match=f'tensor {name!r} of net.pth has shape'):
        load_torchvision(path)
