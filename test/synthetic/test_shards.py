"""Shards: scenes come back as they were written; damage and full disks are named."""
import numpy as np
import pytest

from pose_ros.errors import DatasetError
from pose_ros.skeletons import COCO17, OPENPOSE18
from pose_ros.synthetic.scene import Scene, openpose_from_coco
from pose_ros.synthetic.shards import Shards, write_shard


def scenes(count: int) -> list[Scene]:
    random = np.random.default_rng(count)
    image = np.full((32, 32, 3), 90, np.uint8)
    return [Scene(image, random.uniform(0, 32, (i % 3, 18, 3)).astype(np.float32)) for i in range(count)]


def test_scenes_come_back(tmp_path):
    written = scenes(5)
    write_shard(tmp_path / 'a.npz', written)
    read = list(Shards(tmp_path))
    assert len(read) == 5
    for before, after in zip(written, read):
        np.testing.assert_array_equal(after.persons, before.persons)
        assert abs(after.image.astype(int) - before.image).max() <= 2


def test_new_shards_are_found_on_refresh(tmp_path):
    write_shard(tmp_path / 'a.npz', scenes(2))
    shards = Shards(tmp_path)
    write_shard(tmp_path / 'b.npz', scenes(3))
    shards.refresh()
    assert len(shards) == 5


def test_processes_share_the_shards_and_together_hold_all(tmp_path):
    for i in range(5):
        write_shard(tmp_path / f'{i}.npz', scenes(i + 1))
    parts = [len(Shards(tmp_path, part, 3)) for part in range(3)]
    assert sum(parts) == len(Shards(tmp_path)) == 15 and min(parts) > 0
    assert len(Shards(tmp_path, 6, 7)) == 15, 'fewer shards than processes: all hold all'


def test_a_damaged_shard_is_named(tmp_path):
    (tmp_path / 'a.npz').write_bytes(b'PK broken')
    with pytest.raises(DatasetError, match=r'a\.npz is damaged'):
        Shards(tmp_path)


def test_an_unwritable_folder_is_named(tmp_path):
    with pytest.raises(DatasetError, match='cannot write'):
        write_shard(tmp_path / 'none' / 'a.npz', scenes(1))


def test_the_neck_is_between_the_shoulders_and_needs_both():
    coco = np.zeros((2, 17, 3), np.float32)
    coco[:, COCO17.index('left_shoulder')] = 10, 4, 2
    coco[0, COCO17.index('right_shoulder')] = 6, 8, 1
    neck = openpose_from_coco(coco)[:, OPENPOSE18.index('neck')]
    np.testing.assert_array_equal(neck, [[8, 6, 1], [0, 0, 0]])
