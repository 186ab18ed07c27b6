"""STN, then SDTN, is the identity; points and de-warped maps say the same."""
import pytest
import torch

from pose_ros.networks.stn import (
    Localiser,
    cells_to_normalised,
    inverse,
    normalised_to_cells,
    transform_images,
    transform_points,
)


@pytest.fixture
def thetas():
    torch.manual_seed(0)
    localiser = Localiser(160, 128)
    torch.nn.init.normal_(localiser.last.weight, std=.3)
    torch.nn.init.normal_(localiser.last.bias, std=1)
    return localiser(torch.rand(16, 3, 160, 128)).detach()


def test_an_untrained_localiser_changes_nothing():
    theta = Localiser(160, 128)(torch.rand(2, 3, 160, 128))
    torch.testing.assert_close(theta, torch.eye(2, 3).expand(2, 2, 3))
    images = torch.rand(2, 3, 20, 16)
    torch.testing.assert_close(transform_images(images, theta), images)


def test_no_transform_is_singular(thetas):
    assert (torch.linalg.det(thetas[:, :, :2]) > .19).all() and not torch.allclose(thetas[0], thetas[1])


def test_there_and_back_is_the_identity(thetas):
    points = torch.rand(16, 18, 2) * 2 - 1
    torch.testing.assert_close(transform_points(transform_points(points, thetas), inverse(thetas)), points)
    torch.testing.assert_close(inverse(inverse(thetas)), thetas)


def test_cells_and_normalised_points_go_there_and_back():
    cells = torch.rand(5, 18, 2) * 20
    torch.testing.assert_close(normalised_to_cells(cells_to_normalised(cells, 20, 16), 20, 16), cells)
    corners = cells_to_normalised(torch.tensor([[-.5, -.5], [15.5, 19.5]]), 20, 16)
    torch.testing.assert_close(corners, torch.tensor([[-1., -1.], [1., 1.]]))


def test_points_through_the_transform_lie_where_the_dewarped_map_has_its_peak(thetas):
    """A bell in the pose network's frame, brought back by resampling the map, and by moving its centre."""
    height, width = 80, 64
    centre = torch.tensor([[30., 41.]]).expand(len(thetas), 1, 2)
    x, y = torch.arange(width), torch.arange(height)
    bell = torch.exp(-((x - 30) ** 2 + (y[:, None] - 41) ** 2) / (2 * 3. ** 2)).expand(len(thetas), 1, -1, -1)
    back = transform_images(bell, inverse(thetas))
    mass = back / back.sum((2, 3), keepdim=True)
    mean = torch.stack([(mass * x).sum((2, 3)), (mass * y[:, None]).sum((2, 3))], 2)
    moved = normalised_to_cells(transform_points(cells_to_normalised(centre, height, width), thetas), height, width)
    inside = ((moved > 15) & (moved < torch.tensor([width - 15, height - 15]))).all(2)
    assert inside.sum() > 4
    torch.testing.assert_close(mean[inside], moved[inside], atol=.1, rtol=0)


def test_a_shift_moves_the_image_the_other_way():
    image = torch.zeros(1, 1, 8, 8)
    image[0, 0, 4, 6] = 1
    theta = torch.tensor([[[1., 0, .5], [0, 1, 0]]])
    assert transform_images(image, theta)[0, 0, 4, 4] == 1
