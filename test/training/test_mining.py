"""Hard negatives: where the network sees people in empty photos is written down and read again."""
import cv2
import numpy as np
import pytest
import torch
from torch import nn

from pose_ros.errors import DatasetError
from pose_ros.training.mining import Miner, read_places, seen_places


class Bright(nn.Module):
    """Sees a nose wherever a cell is bright."""

    stride = 8

    def forward(self, images):
        heat = torch.zeros(len(images), 19, images.shape[2] // 8, images.shape[3] // 8)
        heat[:, 0] = nn.functional.avg_pool2d(images.mean(1, keepdim=True), 8)[:, 0]
        return [(heat, torch.zeros(1))]


def photo(x: int, y: int) -> np.ndarray:
    image = np.zeros((200, 320, 3), np.uint8)
    image[y - 14:y + 15, x - 14:x + 15] = 255
    return image


@pytest.mark.parametrize(('x', 'y'), [(60, 60), (250, 150)])
def test_places_are_given_in_the_photos_own_pixels(x, y):
    places = seen_places(Bright(), torch.device('cpu'), photo(x, y), 320)
    assert places and np.linalg.norm(np.array(places[0]) - (x, y)) < 16
    assert not seen_places(Bright(), torch.device('cpu'), np.zeros((200, 320, 3), np.uint8), 320)


def test_what_was_seen_is_kept_and_forgotten_when_it_is_seen_no_more(tmp_path):
    paths = [tmp_path / 'a.png', tmp_path / 'b.png']
    for path in paths:
        cv2.imwrite(str(path), photo(100, 100))
    miner = Miner(paths, tmp_path / 'seen.json')
    assert read_places(tmp_path / 'seen.json') == []
    miner.look(Bright(), torch.device('cpu'), count=2)
    assert {name for name, _ in read_places(tmp_path / 'seen.json')} == {'a.png', 'b.png'}
    cv2.imwrite(str(paths[0]), photo(100, 100) * 0)
    miner.look(Bright(), torch.device('cpu'), count=2)
    assert {name for name, _ in read_places(tmp_path / 'seen.json')} == {'b.png'}


def test_a_folder_that_is_not_there_is_named(tmp_path):
    cv2.imwrite(str(tmp_path / 'a.png'), photo(50, 50))
    with pytest.raises(DatasetError, match='cannot write'):
        Miner([tmp_path / 'a.png'], tmp_path / 'none' / 'seen.json').look(Bright(), torch.device('cpu'))
