import numpy as np
import pytest
import torch

from estimators.drawing_network import DrawingNetwork, PointNetwork
from pose_ros.benchmarks.scenes import make_scene
from pose_ros.errors import EstimatorError, ImageError
from pose_ros.estimators.bottom_up import BottomUpEstimator
from pose_ros.estimators.estimator import EstimatorSettings
from pose_ros.grouping.paf import group_maps
from pose_ros.grouping.settings import GroupingSettings
from pose_ros.skeletons import OPENPOSE18

CPU = torch.device('cpu')
OFFSETS = torch.tensor(np.random.default_rng(0).uniform(-60, 60, (18, 2)), dtype=torch.float32)


def estimator(network, **settings):
    values = {'input_size': 656, 'min_person_score': 0.0, 'half_scale': False, **settings}
    return BottomUpEstimator('drawing', 'drawing@0', network, OPENPOSE18, device=CPU, dtype=torch.float32,
                             settings=EstimatorSettings(**values), grouping=GroupingSettings())


def grey(width, height, value=90):
    return np.full((height, width, 3), value, np.uint8)


def spot(width, height, x, y, radius):
    """A grey image with a white disk."""
    rows, columns = np.mgrid[:height, :width]
    image = grey(width, height)
    image[(columns - x) ** 2 + (rows - y) ** 2 <= radius ** 2] = 255
    return image


@pytest.mark.parametrize('width, height, input_size', [(656, 368, 656), (640, 480, 384), (1280, 720, 384),
                                                       (481, 641, 320), (1919, 1079, 368), (333, 250, 352)])
def test_people_come_back_to_image_pixels(width, height, input_size):
    x, y = width // 2 + 3, height // 2 - 2
    found, = estimator(PointNetwork(OFFSETS, OPENPOSE18), input_size=input_size).estimate(
        [spot(width, height, x, y, max(width, height) / 30)])
    scale = max(width, height) / input_size
    assert len(found) == 1
    np.testing.assert_allclose(found[0].keypoints, np.array([x, y]) + OFFSETS.numpy() * scale, atol=0.15 * scale)


def test_the_network_sees_rgb_in_0_to_1_channels_last():
    network = DrawingNetwork()
    image = grey(656, 368)
    image[...] = (255, 128, 0)
    estimator(network).estimate([image])
    asked, = network.asked
    assert asked.shape == (1, 3, 368, 656)
    assert asked.is_contiguous(memory_format=torch.channels_last)
    np.testing.assert_allclose(asked[0, :, 5, 7], [1, 128 / 255, 0], atol=1e-6)


def test_images_of_one_input_size_are_one_batch_and_the_order_stays():
    network = DrawingNetwork()
    images = [grey(656, 368), grey(368, 656), grey(1312, 736), grey(656, 367)]
    together = estimator(network).estimate(images)
    assert [len(asked) for asked in network.asked] == [3, 1]
    for image, persons in zip(images, together):
        alone, = estimator(DrawingNetwork()).estimate([image])
        assert len(alone) == len(persons) > 0
        for one, other in zip(alone, persons):
            np.testing.assert_array_equal(one.keypoints, other.keypoints)


def test_the_last_stage_is_grouped():
    scene = make_scene(5, 46, 82, 0)
    found, = estimator(DrawingNetwork(scene)).estimate([grey(656, 368)])
    expected = group_maps(scene.heatmaps, scene.pafs, OPENPOSE18, GroupingSettings(), 8)
    assert len(found) == 5
    for one, other in zip(found, expected):
        np.testing.assert_allclose(one.keypoints, other.keypoints, atol=1e-3)


def test_tuning_holds_from_the_next_call_on():
    network = DrawingNetwork()
    subject = estimator(network)
    assert len(subject.estimate([grey(656, 368)])[0]) == 5
    smaller = EstimatorSettings(input_size=128, min_person_score=0.0, half_scale=False)
    subject.tune(smaller, GroupingSettings(min_keypoints=18))
    subject.estimate([grey(656, 368)])
    assert network.asked[-1].shape == (1, 3, 80, 128)
    subject.tune(EstimatorSettings(input_size=656, min_person_score=1.0, half_scale=False), GroupingSettings())
    assert subject.estimate([grey(656, 368)]) == [[]]
    assert subject.memory_mb == 0


def test_no_images_no_persons():
    assert estimator(DrawingNetwork()).estimate([]) == []


def test_low_scores_are_dropped():
    everyone, = estimator(DrawingNetwork()).estimate([grey(656, 368)])
    scores = sorted(person.score for person in everyone)
    middle = (scores[1] + scores[2]) / 2
    some, = estimator(DrawingNetwork(), min_person_score=middle).estimate([grey(656, 368)])
    assert sorted(person.score for person in some) == scores[2:]


@pytest.mark.parametrize('image', [np.zeros((8, 8), np.uint8), np.zeros((8, 8, 4), np.uint8), np.zeros((8, 8, 3)),
                                   np.zeros((0, 8, 3), np.uint8)])
def test_bad_images_are_refused_and_the_next_is_served(image):
    subject = estimator(DrawingNetwork())
    with pytest.raises(ImageError, match='must'):
        subject.estimate([grey(656, 368), image])
    assert len(subject.estimate([grey(656, 368)])[0]) == 5


@pytest.mark.parametrize('size', [(1, 1), (1, 500), (700, 2), (3, 3)])
def test_tiny_images_are_no_trouble(size):
    assert len(estimator(DrawingNetwork()).estimate([grey(*size)])) == 1


@pytest.mark.parametrize('error', [torch.cuda.OutOfMemoryError('CUDA out of memory'), MemoryError(),
                                   RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate")])
def test_out_of_memory_is_an_estimator_error_and_the_next_image_is_served(error):
    network = DrawingNetwork(error=error)
    subject = estimator(network)
    with pytest.raises(EstimatorError, match='cpu ran out of memory.*allowed: a smaller input_size'):
        subject.estimate([grey(656, 368)])
    network.error = None
    assert len(subject.estimate([grey(656, 368)])[0]) == 5


def test_a_bug_in_the_network_is_not_hidden():
    with pytest.raises(RuntimeError, match='mat1 and mat2'):
        estimator(DrawingNetwork(error=RuntimeError('mat1 and mat2 shapes'))).estimate([grey(656, 368)])


@pytest.mark.parametrize('bad', [float('nan'), float('inf')])
def test_maps_that_are_not_finite_are_an_error_and_the_next_image_is_served(bad):
    network = DrawingNetwork(bad=bad)
    subject = estimator(network)
    with pytest.raises(EstimatorError, match='finite'):
        subject.estimate([grey(656, 368)])
    network.bad = None
    assert len(subject.estimate([grey(656, 368)])[0]) == 5


def test_closed_estimators_say_so():
    subject = estimator(DrawingNetwork())
    subject.close()
    subject.close()
    with pytest.raises(EstimatorError, match='closed'):
        subject.estimate([grey(656, 368)])


def test_half_scale_asks_for_the_image_at_half_its_size_too():
    network = DrawingNetwork()
    image = np.random.default_rng(1).integers(0, 256, (368, 656, 3)).astype(np.uint8)
    estimator(network, half_scale=True).estimate([image])
    whole, half = network.asked
    assert half.shape == (1, 3, 192, 336)
    torch.testing.assert_close(half[..., :184, :328], torch.nn.functional.avg_pool2d(whole, 2))
    torch.testing.assert_close(half[..., 184:, :], torch.full_like(half[..., 184:, :], 128 / 255))


def test_flip_asks_for_the_mirrored_image_too():
    network = DrawingNetwork()
    image = np.random.default_rng(0).integers(0, 256, (368, 656, 3), dtype=np.uint8)
    estimator(network, flip=True).estimate([image])
    plain, mirrored = network.asked
    torch.testing.assert_close(plain.flip(3), mirrored)


def test_flip_keeps_a_symmetric_answer_where_it_is():
    symmetric = (OFFSETS + OFFSETS[OPENPOSE18.mirror] * torch.tensor([-1, 1])) / 2
    subject = estimator(PointNetwork(symmetric, OPENPOSE18), input_size=640, flip=True)
    person, = subject.estimate([spot(640, 352, 300, 180, 16)])[0]
    np.testing.assert_allclose(person.keypoints, np.array([300, 180]) + symmetric.numpy(), atol=0.2)


@pytest.mark.skipif(not torch.cuda.is_available(), reason='no CUDA device here')
@pytest.mark.parametrize('dtype', [torch.float32, torch.float16])
def test_the_gpu_finds_the_same_people(dtype):
    device = torch.device('cuda:0')
    on_gpu = BottomUpEstimator('drawing', 'drawing@0', DrawingNetwork(), OPENPOSE18, device=device, dtype=dtype,
                               settings=EstimatorSettings(input_size=656), grouping=GroupingSettings())
    for _ in range(2):
        found, = on_gpu.estimate([grey(656, 368)])
        expected, = estimator(DrawingNetwork()).estimate([grey(656, 368)])
        assert len(found) == len(expected)
        for one, other in zip(found, expected):
            np.testing.assert_allclose(one.keypoints, other.keypoints, atol=1.0)
