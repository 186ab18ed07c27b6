import numpy as np

from pose_ros.image import Crop
from pose_ros.networks.crop_pose import CROP_HEIGHT, CROP_WIDTH
from pose_ros.training.augment import Labelled
from pose_ros.training.crops import MOST_OF_A_VIEW, cut, stream_crops
from pose_ros.training.person_boxes import person_boxes


class SpotSource:
    """Views with a white spot at every keypoint of one person."""

    def sample(self, random, size):
        image, person = np.zeros((size, size, 3), np.uint8), np.zeros((18, 3), np.float32)
        person[:, :2] = np.rint(random.uniform(60, 260, (18, 2)))
        person[:, 2] = 2
        for x, y, _ in person.astype(int):
            image[y - 1:y + 2, x - 1:x + 2] = 255
        return Labelled(image, person[None])


def test_keypoints_go_with_the_picture():
    batch = next(stream_crops(np.random.default_rng(0), [(SpotSource(), 1.0)], 4, None))
    assert batch.crops.shape == (4, 3, CROP_HEIGHT, CROP_WIDTH) and batch.keypoints.shape == (4, 18, 3)
    for crop, keypoints in zip(batch.crops, batch.keypoints):
        for x, y, _ in keypoints.round().int().tolist():
            assert crop[0, y - 1:y + 2, x - 1:x + 2].max() > .3


def test_without_a_generator_the_true_box_is_in_the_middle():
    batch = next(stream_crops(np.random.default_rng(0), [(SpotSource(), 1.0)], 4, None))
    middle = (batch.boxes[:, :2] + batch.boxes[:, 2:]) / 2
    np.testing.assert_allclose(middle, np.tile([(CROP_WIDTH - 1) / 2, (CROP_HEIGHT - 1) / 2], (4, 1)), atol=1)


def test_a_view_without_people_gives_a_crop_with_nobody():
    view = Labelled(np.zeros((320, 320, 3), np.uint8), np.zeros((0, 18, 3), np.float32))
    (crop, keypoints, box), = cut(np.random.default_rng(0), view, None)
    assert crop.shape == (CROP_HEIGHT, CROP_WIDTH, 3) and (keypoints[:, 2] == 0).all() and np.isnan(box).all()


def test_a_crowd_gives_a_few_crops_of_different_people():
    random = np.random.default_rng(0)
    persons = np.stack([SpotSource().sample(random, 320).persons[0] for _ in range(9)])
    found = cut(random, Labelled(np.zeros((320, 320, 3), np.uint8), persons), None)
    boxes = {tuple(np.round(box, 3)) for _, _, box in found}
    assert len(found) == MOST_OF_A_VIEW == len(boxes)


def test_a_crop_knows_the_way_back():
    box = person_boxes(SpotSource().sample(np.random.default_rng(0), 320).persons)[0]
    crop = Crop.fit(box, CROP_WIDTH, CROP_HEIGHT, 1.25)
    points = np.random.default_rng(1).random((5, 2)) * 300
    np.testing.assert_allclose(crop.to_image(crop.to_crop(points)), points)
