import pytest
import torch

from pose_ros.networks.stn import inverse, normalised_to_cells, transform_images, transform_points
from pose_ros.training.crop_losses import FILLED, centred, draw_bells, heatmap_loss, to_crop_frame
from pose_ros.training.targets import UNKNOWN, UNSURE


def person(visibility=2.):
    points = torch.rand(1, 18, 2, generator=torch.Generator().manual_seed(0)) * torch.tensor([100., 130]) + 10
    return torch.cat([points, torch.full((1, 18, 1), visibility)], 2)


def test_the_truth_costs_nothing_and_nothing_costs_something():
    keypoints = person()
    truth = draw_bells(keypoints[..., :2], 20, 16)
    assert heatmap_loss(truth, keypoints) == 0 and heatmap_loss(torch.zeros_like(truth), keypoints) > .1


@pytest.mark.parametrize('visibility', [UNKNOWN, UNSURE])
def test_what_nobody_knows_costs_nothing_near_the_person(visibility):
    keypoints = person(visibility)
    assert heatmap_loss(draw_bells(keypoints[..., :2], 20, 16), keypoints) < 1e-3


def test_bells_stand_at_the_keypoints():
    bells = draw_bells(torch.tensor([[[8 * 5 + 3.5, 8 * 9 + 3.5]]]), 20, 16)
    assert bells.shape == (1, 1, 20, 16) and bells[0, 0, 9, 5] == 1 and bells.sum() < 7


def test_a_centred_person_fills_the_picture():
    keypoints = person()
    boxes = torch.cat([keypoints[..., :2].amin(1), keypoints[..., :2].amax(1)], 1)
    moved = centred(keypoints, boxes, 160, 128)
    low, high = moved[..., :2].amin(1), moved[..., :2].amax(1)
    torch.testing.assert_close((low + high) / 2, torch.tensor([[63.5, 79.5]]))
    assert ((high - low) / torch.tensor([128., 160])).max() == pytest.approx(FILLED, abs=1e-4)
    assert (moved[..., 2] == 2).all()


def test_without_a_box_nothing_is_known():
    moved = centred(person(0.), torch.full((1, 4), torch.nan), 160, 128)
    assert torch.isfinite(moved).all() and (moved[..., 2] == UNKNOWN).all()
    assert heatmap_loss(torch.rand(1, 18, 20, 16), moved) == 0


def test_maps_brought_back_have_their_peak_where_the_points_go():
    theta = torch.tensor([[[.8, .1, .2], [-.1, .9, -.1]]])
    points = torch.tensor([[[.2, -.3]]])
    bells = draw_bells(normalised_to_cells(points, 160, 128), 20, 16)
    back = to_crop_frame(bells, theta)
    expected = normalised_to_cells(transform_points(points, theta), 20, 16)[0, 0]
    row, column = divmod(int(back[0, 0].argmax()), 16)
    assert abs(column - expected[0]) <= .75 and abs(row - expected[1]) <= .75
    there = transform_images(to_crop_frame(bells, theta), theta, mode='bicubic')
    assert (there - bells).abs().max() < .3 and torch.isfinite(inverse(theta)).all()
