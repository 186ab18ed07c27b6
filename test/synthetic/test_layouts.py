"""People in the places of labelled ones: a body seen from a known side is found again."""
from types import SimpleNamespace

import numpy as np
import pytest

from pose_ros.errors import DatasetError
from pose_ros.synthetic.layouts import FEWEST_LABELLED, MOST_PEOPLE, Casting, Layouts
from pose_ros.synthetic.renderer import View
from pose_ros.synthetic.rotations import Z, rotation

TO_CAMERA = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0.]])


def write_labels(path, photos: int = 6) -> None:
    random = np.random.default_rng(0)
    image_id = np.repeat(np.arange(photos), 3)
    keypoints = random.integers(10_000, 50_000, (len(image_id), 17, 2)).astype(np.uint16)
    np.savez(path, image_id=image_id.astype(np.int32), kps=keypoints, vis=random.integers(0, 3, (len(image_id), 17)))


def test_layouts_fill_the_picture_with_well_labelled_people(tmp_path):
    write_labels(tmp_path / 'labels.npz')
    layouts, random = Layouts(tmp_path / 'labels.npz'), np.random.default_rng(1)
    for _ in range(20):
        people = layouts.sample(random, 200)
        extents = [np.ptp(person[person[:, 2] > 0, :2], axis=0).max() for person in people]
        assert 1 <= len(people) <= MOST_PEOPLE and people.shape[1:] == (17, 3)
        assert ((people[..., 2] > 0).sum(1) >= FEWEST_LABELLED).all() and max(extents) > 55


@pytest.mark.parametrize('content', [None, b'no archive'])
def test_missing_or_damaged_labels_are_named(tmp_path, content):
    if content is not None:
        (tmp_path / 'labels.npz').write_bytes(content)
    with pytest.raises(DatasetError, match=r'cannot read label sets from .*labels\.npz'):
        Layouts(tmp_path / 'labels.npz')


@pytest.mark.parametrize('seed', range(4))
def test_the_body_and_the_side_that_labels_were_made_from_are_found_again(seed):
    random = np.random.default_rng(seed)
    bodies = [SimpleNamespace(keypoints=random.normal(0, .5, (17, 3))) for _ in range(5)]
    focal, size, number = 300.0, 256, int(random.integers(5))
    casting = Casting.of(bodies, TO_CAMERA)
    turned = TO_CAMERA @ rotation(Z, 45)
    view = View(turned, np.array([.3, -.2, 60.0]), focal)  # from afar: perspective is nearly weak
    person = np.column_stack([view.project(bodies[number].keypoints, size), np.full(17, 2)])
    person[random.choice(17, 6, replace=False), 2] = 0
    found = casting.cast(person, focal, size)
    assert found is not None
    body, again = found
    assert body is bodies[number]
    np.testing.assert_allclose(again.rotation, turned, atol=1e-9)
    np.testing.assert_allclose(again.translation, view.translation, rtol=.02, atol=.02)


def test_nobody_is_cast_who_stands_quite_differently():
    line = np.zeros((17, 3))
    line[:, 2] = np.linspace(0, 1.8, 17)
    casting = Casting.of([SimpleNamespace(keypoints=line)], TO_CAMERA)
    scattered = np.column_stack([np.random.default_rng(0).uniform(0, 200, (17, 2)), np.full(17, 2)])
    assert casting.cast(scattered, 300.0, 256) is None
