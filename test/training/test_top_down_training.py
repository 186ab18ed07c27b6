"""Tiny runs of both trainings: they learn, stop and go on, and write what the estimators load."""
import json
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import torch

from pose_ros.errors import DatasetError, WeightsError
from pose_ros.networks.checkpoint import save_openpose
from pose_ros.networks.keypoint_rcnn import SmallRcnn, load_small_rcnn, save_small_rcnn
from pose_ros.networks.openpose import OpenPoseNet, OpenPoseShape
from pose_ros.networks.rmpe import load_rmpe
from pose_ros.training import mask_rcnn, rmpe
from pose_ros.training.augment import Labelled
from pose_ros.training.detector_boxes import fit_to_detector
from pose_ros.training.fine_tuning import FineTuning
from pose_ros.training.top_down_files import run_folder
from pose_ros.training.top_down_settings import TopDownTraining
from pose_ros.training.train_top_down import train_top_down

SHAPE = OpenPoseShape(widths=(8, 8, 8, 8), blocks=(0, 0, 0, 0), features=8)


class OnePerson:
    """Nearly the same view every time."""

    def sample(self, random, size):
        image = np.full((size, size, 3), 60, np.uint8)
        points = np.random.default_rng(0).uniform(.3, .7, (18, 2)) * size + random.normal(0, 1, (18, 2))
        image[int(.3 * size):int(.7 * size), int(.3 * size):int(.7 * size)] = 220
        return Labelled(image, np.concatenate([points, np.full((18, 1), 2)], 1)[None].astype(np.float32))


@pytest.fixture
def settings(tmp_path, monkeypatch):
    """Of a network; both tasks see one person only."""
    for module in (mask_rcnn, rmpe):
        monkeypatch.setattr(module, 'build_sources', lambda settings: [(OnePerson(), 1.0)])
    torch.manual_seed(0)
    save_openpose(tmp_path / 'openpose.safetensors', OpenPoseNet(SHAPE), {})
    save_small_rcnn(tmp_path / 'detector.safetensors', SmallRcnn(SHAPE), {})
    monkeypatch.setattr(mask_rcnn, 'SIZES_PX', (64,))

    def make(network, **values):
        files = {name: str(tmp_path / f'{file}.safetensors')
                 for name, file in (('start', 'openpose'), ('detector', 'detector'), ('output', network))}
        return TopDownTraining(network=network, batch=2, folder=str(tmp_path), frozen_share=0.0,
                               **{'samples': 24, **files, **values})
    return make


def task_of(settings):
    return (mask_rcnn.MaskRcnnTask if settings.network == 'mask_rcnn' else rmpe.RmpeTask)(settings)


def run(settings):
    task = task_of(settings)
    tuning = FineTuning(task, settings)
    tuning.learn()
    return task, tuning


def test_mask_rcnn_learns_goes_on_and_writes_what_can_be_loaded(settings):
    task, tuning = run(settings('mask_rcnn'))
    assert tuning.samples == 24 and tuning.step == 12
    wanted = settings('mask_rcnn', samples=28)
    _, again = run(wanted)
    assert again.samples == 28 and again.step == 14
    _, facts = load_small_rcnn(wanted.output)
    assert facts['samples'] == 28 and 'folder' not in facts
    entry, = json.loads((Path(wanted.folder) / 'weights.json').read_text())
    assert entry['name'] == 'mask_rcnn' and entry['skeleton'] == 'openpose18'
    assert not torch.equal(task.started.encoder.stem[0].weight, OpenPoseNet(SHAPE).encoder.stem[0].weight)


@pytest.mark.parametrize('transformer', [True, False])
def test_rmpe_learns_and_writes_what_can_be_loaded(settings, transformer):
    wanted = settings('rmpe', transformer=transformer, samples=8)
    _, tuning = run(wanted)
    net, facts = load_rmpe(wanted.output)
    assert tuning.samples == 8 and facts['transformer'] == transformer
    assert (net.pose.localiser is not None) == transformer


def test_layers_that_rest_do_not_change(settings):
    wanted = settings('mask_rcnn', samples=4).changed(frozen_share=1.0)
    task, _ = run(wanted)
    start, _ = mask_rcnn.load_openpose(wanted.start)
    assert all(torch.equal(value, start.state_dict()[name]) for name, value in task.started.state_dict().items())


def test_a_damaged_state_is_named(settings):
    wanted = settings('mask_rcnn')
    folder = run_folder(wanted, task_of(wanted).origin)
    folder.mkdir(parents=True)
    (folder / 'state.pt').write_bytes(b'x')
    with pytest.raises(DatasetError, match='cannot resume'):
        run(wanted)


def test_another_network_to_begin_with_is_another_run(settings):
    first, _ = run(settings('mask_rcnn'))
    save_openpose(settings('mask_rcnn').start, first.started, {})
    task, tuning = run(settings('mask_rcnn', samples=4))
    assert task.origin != first.origin and tuning.samples == 4
    save_openpose(settings('mask_rcnn').start, first.started, {'calibration': 'new'})
    assert task_of(settings('mask_rcnn')).origin == task.origin


def test_a_run_that_is_cut_off_leaves_the_checkpoint_as_it_was_and_goes_on(settings):
    wanted = settings('mask_rcnn', minutes_between_saves=0.0)
    Path(wanted.output).write_bytes(b'old')
    tuning = FineTuning(task_of(wanted), wanted)
    with pytest.raises(KeyboardInterrupt), cut_off_after(tuning, 3):
        tuning.learn()
    assert Path(wanted.output).read_bytes() == b'old'
    assert FineTuning(task_of(wanted), wanted).samples == 6
    run(wanted)
    assert load_small_rcnn(wanted.output)[1]['samples'] == 24


@contextmanager
def cut_off_after(tuning, steps):
    """Interrupts a run after some steps."""
    left, losses = iter(range(steps)), tuning._task.losses

    def cut_off(*rest):
        if next(left, None) is None:
            raise KeyboardInterrupt
        return losses(*rest)

    tuning._task.losses = cut_off
    yield


@pytest.mark.parametrize('frozen_share', [0.0, 0.5, 1.0])
def test_what_it_will_cost_changes_nothing(settings, frozen_share):
    wanted = settings('mask_rcnn').changed(frozen_share=frozen_share)
    tuning = FineTuning(task_of(wanted), wanted)
    before = {name: value.clone() for name, value in tuning._task.net.state_dict().items()}
    assert tuning.cost_s() > 0
    assert all(torch.equal(before[name], value) for name, value in tuning._task.net.state_dict().items())
    tuning.samples = wanted.samples
    assert tuning.cost_s() == 0


def test_the_command_says_its_cost_and_writes_once(settings, capsys):
    wanted = settings('mask_rcnn', samples=4)
    assert train_top_down(wanted) == Path(wanted.output)
    assert 'mask_rcnn: 4 pictures to go, about 0 CPU minutes' in capsys.readouterr().out
    train_top_down(wanted)
    assert 'mask_rcnn: 0 pictures to go' in capsys.readouterr().out


def test_without_a_network_to_begin_with_it_says_so(settings):
    with pytest.raises(WeightsError, match='no checkpoint'):
        run(settings('mask_rcnn').changed(start='nowhere.safetensors'))


def test_targets_are_in_torchvisions_pixels():
    view = OnePerson().sample(np.random.default_rng(0), 64)
    target = mask_rcnn.target(view.persons, np.array([[10., 10, 50, 50]], np.float32))
    np.testing.assert_allclose(target['keypoints'][0, :, :2], view.persons[0, :, :2] + .5)
    assert target['boxes'].tolist() == [[10.5, 10.5, 50.5, 50.5]] and (target['keypoints'][..., 2] == 1).all()


def test_a_detector_that_finds_nobody_teaches_no_boxes():
    torch.manual_seed(0)
    assert fit_to_detector(SmallRcnn(SHAPE).eval(), [(OnePerson(), 1.0)], np.random.default_rng(0), views=2,
                           size=64) is None
