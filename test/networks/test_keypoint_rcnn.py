"""The small Mask R-CNN, and torchvision's own through the same code."""
import pytest
import torch
from torch import nn
from torchvision.models.detection import KeypointRCNN
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.roi_heads import heatmaps_to_keypoints
from torchvision.ops import MultiScaleRoIAlign

from pose_ros.errors import WeightsError
from pose_ros.networks.keypoint_rcnn import SmallRcnn, from_torchvision, load_small_rcnn, save_small_rcnn
from pose_ros.networks.openpose import OpenPoseNet, OpenPoseShape

SHAPE = OpenPoseShape(widths=(8, 8, 8, 8), blocks=(0, 0, 0, 0), features=8)


@pytest.fixture(scope='module')
def net():
    torch.manual_seed(0)
    return SmallRcnn(SHAPE).eval()


def targets(*boxes):
    boxes = torch.tensor(boxes).reshape(-1, 4)
    keypoints = torch.cat([boxes[:, None, :2].expand(-1, 18, 2) + 3, torch.ones(len(boxes), 18, 1)], 2)
    return {'boxes': boxes, 'labels': torch.ones(len(boxes), dtype=torch.int64), 'keypoints': keypoints}


def test_its_answer_has_the_promised_shapes(net):
    with torch.inference_mode():
        found = net(torch.rand(2, 3, 96, 128))
    assert len(found) == 2
    for one in found:
        people = len(one.scores)
        assert people and one.boxes.shape == (people, 4) and one.logits.shape == (people, 18, 56, 56)
        assert (one.scores.diff() <= 0).all() and (one.boxes >= 0).all()
        assert (one.boxes <= torch.tensor([128, 96, 128, 96])).all()


def test_an_image_alone_gives_what_it_gives_in_a_batch(net):
    images = torch.rand(2, 3, 64, 96)
    with torch.inference_mode():
        both, alone = net(images), net(images[1:])
    torch.testing.assert_close(both[1].boxes, alone[0].boxes, atol=1e-3, rtol=1e-3)
    torch.testing.assert_close(both[1].logits, alone[0].logits, atol=1e-3, rtol=1e-3)


def test_an_image_without_people_teaches_finitely():
    net = SmallRcnn(SHAPE).train()
    losses = net.losses(torch.rand(2, 3, 64, 64), [targets(), targets([4., 4, 40, 60])])
    assert set(losses) == {'loss_objectness', 'loss_rpn_box_reg', 'loss_classifier', 'loss_box_reg', 'loss_keypoint'}
    total = sum(losses.values())
    total.backward()
    assert torch.isfinite(total) and net.openpose.encoder.stem[0].weight.grad.abs().sum() > 0


def test_logits_begin_as_what_the_heatmaps_say(net):
    head = net.roi_heads.keypoint_head
    rois = torch.zeros(1, 8 + 19 + 38, 14, 14)
    rois[0, 8 + 4, 9, 5] = .9
    with torch.inference_mode():
        silent = SmallRcnn(SHAPE).roi_heads.keypoint_head
        for weight in silent.body.parameters():
            weight.zero_()
        logits = silent(rois)
    assert logits.shape == (1, 18, 56, 56) and head.gain.shape == (18, 1, 1)
    row, column = divmod(int(logits[0, 4].argmax()), 56)
    assert abs(row - 37.5) <= 1 and abs(column - 21.5) <= 1
    assert (logits[0, 3] == logits[0, 3, 0, 0]).all()


def test_it_comes_back_as_saved(net, tmp_path):
    save_small_rcnn(tmp_path / 'net.safetensors', net, {'samples': 7})
    again, facts = load_small_rcnn(tmp_path / 'net.safetensors')
    assert facts == {'samples': 7} and isinstance(again.openpose, OpenPoseNet) and again.openpose.shape == SHAPE
    for name, tensor in net.state_dict().items():
        torch.testing.assert_close(again.state_dict()[name], tensor, atol=1e-3, rtol=1e-3)


def test_weights_of_another_network_are_refused(tmp_path):
    from pose_ros.networks.checkpoint import save_openpose
    save_openpose(tmp_path / 'openpose.safetensors', OpenPoseNet(SHAPE), {})
    with pytest.raises(WeightsError, match='pose_ros.openpose'):
        load_small_rcnn(tmp_path / 'openpose.safetensors')


def test_torchvisions_own_model_gives_torchvisions_boxes_and_keypoints():
    """Random weights, a small backbone; torchvision's forward against ours and its read-out."""
    torch.manual_seed(1)
    backbone = nn.Sequential(nn.Conv2d(3, 16, 8, stride=8), nn.ReLU())
    backbone.out_channels = 16
    pools = [MultiScaleRoIAlign(['0'], size, 2) for size in (7, 14)]
    model = KeypointRCNN(backbone, 2, rpn_anchor_generator=AnchorGenerator(((32, 64),), ((1.0, 2.0),)),
                         box_roi_pool=pools[0], keypoint_roi_pool=pools[1], box_detections_per_img=6,
                         min_size=128).eval()
    images = torch.rand(1, 3, 128, 160)
    with torch.inference_mode():
        theirs, = model(list(images))
        network = from_torchvision(model)
        network.backbone = backbone_dictionary(backbone)
        ours, = network(images)
        keypoints, _ = heatmaps_to_keypoints(ours.logits, ours.boxes)
    torch.testing.assert_close(ours.boxes, theirs['boxes'])
    torch.testing.assert_close(ours.scores, theirs['scores'])
    assert len(ours.boxes)
    torch.testing.assert_close(keypoints, theirs['keypoints'])


def backbone_dictionary(backbone):
    class Named(nn.Module):
        def forward(self, images):
            return {'0': backbone(images)}
    return Named()
