"""The batched read-out of maps, against torchvision's loop."""
import numpy as np
import pytest
import torch
from torchvision.models.detection.roi_heads import heatmaps_to_keypoints

from pose_ros.errors import EstimatorError
from pose_ros.estimators.readout import read_bells, read_logits


def bells(people, seed=0):
    """(P, 17, 56, 56) logits as the head makes them: 28 cells, enlarged."""
    random = torch.Generator().manual_seed(seed)
    x, y = (torch.rand(people, 17, 1, 1, generator=random) * 23 + 2 for _ in range(2))
    spread = torch.rand(people, 17, 1, 1, generator=random) + .75
    cells = torch.arange(28.)
    logits = (8 - ((cells - x) ** 2 + (cells[:, None] - y) ** 2) / (2 * spread ** 2)).clamp(min=-6)
    logits = logits + .05 * torch.randn(logits.shape, generator=random)
    return torch.nn.functional.interpolate(logits, scale_factor=2, mode='bilinear')


def boxes_of(people, size, seed=0):
    random = torch.Generator().manual_seed(seed)
    corner = torch.rand(people, 2, generator=random) * 100
    return torch.cat([corner, corner + size * (1 + .3 * torch.rand(people, 2, generator=random))], 1)


def theirs(logits, boxes):
    return heatmaps_to_keypoints(logits, boxes)[0][..., :2].numpy()


@pytest.mark.parametrize('size', [56, 80, 160, 318, 638])
def test_it_is_torchvisions_to_half_a_pixel(size):
    logits = bells(5, seed=size)
    boxes = boxes_of(5, size)
    # Two pixels may be equally high in float32; then either may be chosen.
    assert abs(read_logits(logits, boxes)[0] - theirs(logits, boxes)).max() <= .51


@pytest.mark.parametrize('size', [9, 12, 20])
@pytest.mark.parametrize('lower', [0, 20])
def test_small_boxes_agree_to_a_pixel(size, lower):
    logits = bells(5) - lower
    boxes = boxes_of(5, size)
    assert abs(read_logits(logits, boxes)[0] - theirs(logits, boxes)).max() <= 1


def test_boxes_of_many_sizes_do_not_disturb_each_other():
    logits = bells(3)
    boxes = torch.cat([boxes_of(1, 30), boxes_of(1, 700), boxes_of(1, 90)])
    together, sure = read_logits(logits, boxes)
    alone = [read_logits(logits[i:i + 1], boxes[i:i + 1]) for i in range(3)]
    np.testing.assert_allclose(together, np.concatenate([points for points, _ in alone]), atol=.01)
    np.testing.assert_allclose(sure, np.concatenate([one for _, one in alone]), rtol=1e-6)


def test_probabilities_say_how_much_lies_there():
    logits = torch.zeros(1, 2, 56, 56)
    logits[0, 1, 20, 30] = 30
    _, sure = read_logits(logits, torch.tensor([[0., 0, 56, 56]]))
    assert sure[0, 1] == pytest.approx(1) and 0 < sure[0, 0] < 81.1 / 56 ** 2


def test_a_bell_is_found_between_the_cells():
    centres = torch.rand(4, 18, 2, generator=torch.Generator().manual_seed(0)) * torch.tensor([12., 16]) + 2
    x, y = (centres[..., axis, None, None] for axis in (0, 1))
    heatmaps = .8 * torch.exp(-((torch.arange(16.) - x) ** 2 + (torch.arange(20.)[:, None] - y) ** 2) / (2 * .875 ** 2))
    cells, scores = read_bells(heatmaps)
    assert abs(cells - centres.numpy()).max() < .01 and ((scores > .4) & (scores <= .8)).all()


def test_maxima_at_the_border_stay_inside():
    maps = torch.zeros(1, 4, 20, 16)
    for keypoint, (row, column) in enumerate([(0, 0), (0, 15), (19, 0), (19, 15)]):
        maps[0, keypoint, row, column] = 1
    points, _ = read_logits(maps, torch.tensor([[0., 0, 16, 20]]))
    bells, _ = read_bells(maps)
    cells = np.concatenate([points - .5, bells])
    assert (cells >= -.5).all() and (cells <= [15.5, 19.5]).all()
    assert abs(cells - [[0, 0], [15, 0], [0, 19], [15, 19]]).max() <= .5


def test_nobody_gives_nothing():
    for points, sure in (read_logits(torch.zeros(0, 17, 56, 56), torch.zeros(0, 4)),
                         read_bells(torch.zeros(0, 17, 20, 16))):
        assert points.shape == (0, 17, 2) and sure.shape == (0, 17)


def test_a_box_without_area_gives_finite_points():
    points, sure = read_logits(bells(1), torch.tensor([[5., 5, 5, 5]]))
    assert np.isfinite(points).all() and np.isfinite(sure).all()


def test_maps_that_are_not_finite_are_refused():
    logits = torch.zeros(2, 17, 56, 56)
    logits[1, 3, 4, 4] = torch.nan
    with pytest.raises(EstimatorError, match='NaN'):
        read_logits(logits, boxes_of(2, 50))
    with pytest.raises(EstimatorError, match='NaN'):
        read_bells(logits)
