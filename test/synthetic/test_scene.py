"""The renderer draws people where their keypoints are."""
from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip('anny', reason='needs the `train` extra (anny)')
pytest.importorskip('moderngl', reason='needs the `train` extra (moderngl)')

from pose_ros.errors import DatasetError  # noqa: E402
from pose_ros.skeletons import COCO17  # noqa: E402
from pose_ros.synthetic.appearance import sample_appearance, sample_light  # noqa: E402
from pose_ros.synthetic.renderer import View  # noqa: E402
from pose_ros.synthetic.scene import BODIES_TO_CAMERA, Priors, SceneSampler  # noqa: E402


@pytest.fixture(scope='module')
def sampler() -> SceneSampler:
    photos = [np.random.default_rng(0).integers(0, 255, (80, 100, 3), np.uint8)]
    try:
        return SceneSampler(photos, size=128, pool=6)
    except DatasetError as error:
        pytest.skip(str(error))


def test_the_same_seed_gives_the_same_scenes(sampler):
    sampler.restart(3)
    first = [sampler.sample() for _ in range(3)]
    sampler.restart(3)
    for before, again in zip(first, [sampler.sample() for _ in range(3)]):
        np.testing.assert_array_equal(before.persons, again.persons)
        np.testing.assert_array_equal(before.image, again.image)


def test_people_take_the_places_of_labelled_ones(sampler):
    """Of a tall person labelled on the left, whose body is one of the pool, somebody tall on the left is drawn."""
    sampler.restart(5)
    view = View(BODIES_TO_CAMERA, np.array([-.8, 0, 4.5]), 140.0)
    labels = np.column_stack([view.project(sampler._pool[0].keypoints, 128), np.full(17, 2)]).astype(np.float32)
    sampler._priors = Priors(layouts=SimpleNamespace(sample=lambda random, size: labels[None]))
    tall = [scene.persons[0] for scene in (sampler.sample() for _ in range(12)) if len(scene.persons) == 1]
    near = [abs(person[person[:, 2] > 0, 0].mean() - labels[:, 0].mean()) < 15 for person in tall
            if (person[:, 2] > 0).sum() > 10]
    assert np.mean(near) > .4
    sampler._priors = Priors()


def test_labelled_keypoints_lie_in_the_picture(sampler):
    for _ in range(5):
        scene = sampler.sample()
        labelled = scene.persons[scene.persons[..., 2] > 0]
        assert scene.image.shape == (128, 128, 3) and scene.persons.shape[1:] == (18, 3)
        assert ((labelled[:, :2] >= 0) & (labelled[:, :2] <= 127)).all()


def test_people_are_drawn_where_their_keypoints_project(sampler):
    random = np.random.default_rng(1)
    for body in sampler._pool[:4]:
        centre = BODIES_TO_CAMERA @ body.keypoints.mean(0)
        view = View(BODIES_TO_CAMERA, np.array([0, 0, 4.0]) - centre, 160.0)
        sampler._renderer.begin()
        sampler._renderer.draw(body, sample_appearance(random, 1), sample_light(random), view, 7)
        _, owners = sampler._renderer.read()
        rows, columns = np.nonzero(owners == 7)
        pixels = view.project(body.keypoints, 128)
        inside = [owners[round(y), round(x)] == 7 for x, y in pixels[COCO17.index('left_shoulder'):]]
        assert np.mean(inside) > .9
        # The mesh ends where its outermost vertices project: the picture is neither shifted nor mirrored.
        outline = view.project(body.vertices, 128)
        assert abs(columns.min() - outline[:, 0].min()) < 3 and abs(rows.max() - outline[:, 1].max()) < 3
