"""Tops between cells, against the whole surface as torch enlarges it, and against parabolas known beforehand."""
import numpy as np
import pytest
import torch

from pose_ros.estimators.subpixel import bicubic_top, highest, vertex


@pytest.mark.parametrize('wide, high', [(56, 56), (200, 333), (638, 638)])
def test_the_top_is_that_of_the_whole_map_enlarged(wide, high):
    random = np.random.default_rng(wide)
    place = random.uniform(3, 52, (20, 2)).astype(np.float32)
    x, y = (place[:, axis, None, None] for axis in (0, 1))
    cells = np.arange(56, dtype=np.float32)
    maps = np.exp(-((cells - x) ** 2 + (cells[:, None] - y) ** 2) / 12)
    whole, step = np.array([56, 56]), np.tile(np.float32([56 / wide, 56 / high]), (20, 1))
    found = bicubic_top(around_of(maps), highest(maps), whole, step)
    enlarged = torch.nn.functional.interpolate(torch.from_numpy(maps)[None], size=(high, wide), mode='bicubic')[0]
    pixel = highest(enlarged.numpy())
    assert abs((found + .5) / step - (pixel + .5)).max() <= .51


def around_of(maps):
    padded = np.pad(maps, ((0, 0), (4, 4), (4, 4)), mode='edge')
    return np.stack([one[row:row + 9, column:column + 9] for one, (column, row) in zip(padded, highest(maps))])


def test_a_parabola_has_its_vertex_where_it_is():
    tops = np.random.default_rng(0).uniform(1.6, 5.4, (30, 2))
    cells = np.arange(8)
    maps = -(cells - tops[:, :1, None]) ** 2 - 2 * (cells[:, None] - tops[:, 1:, None]) ** 2
    chosen = highest(maps)
    np.testing.assert_allclose(chosen + vertex(maps, chosen), tops)


def test_borders_plateaus_and_unknown_neighbours_move_nothing():
    maps = np.zeros((3, 5, 6))
    maps[0, 0, 5] = 1
    maps[2, 2, 3], maps[2, 2, 2], maps[2, 1, 3] = 1, -np.inf, -np.inf
    assert not vertex(maps, np.array([[5, 0], [3, 2], [3, 2]])).any()
