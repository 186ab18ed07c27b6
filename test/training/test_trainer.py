"""Training: it learns, stops and goes on as if it had not stopped."""
import numpy as np
import pytest
import torch

from pose_ros.errors import DatasetError, SettingError, WeightsError
from pose_ros.networks.checkpoint import load_openpose
from pose_ros.networks.openpose import OpenPoseNet, OpenPoseShape
from pose_ros.synthetic.generator import shard_path
from pose_ros.synthetic.scene import Scene
from pose_ros.synthetic.shards import write_shard
from pose_ros.training.batches import Batch, BatchStream
from pose_ros.training.losses import map_losses
from pose_ros.training.settings import TrainSettings
from pose_ros.training.train import reached, train, write_checkpoint
from pose_ros.training.trainer import Trainer, learning_rate

SMALL = OpenPoseShape(widths=(8, 8, 8, 8), blocks=(0, 0, 0, 0), features=8)


def settings(**values) -> TrainSettings:
    small = TrainSettings(batch=2, sizes_px=[64], photo_share=0.0, cutout_share=0.0, empty_share=0.0, hint_share=0.0)
    return small.changed(**{'workers': 0, 'device': 'cpu', 'held_out_scenes': 0, **values})


def batch(seed: int = 0) -> Batch:
    draw = torch.Generator().manual_seed(seed)
    maps = torch.rand(2, 57, 8, 8, generator=draw).half()
    images = torch.randint(0, 255, (2, 3, 64, 64), dtype=torch.uint8, generator=draw)
    hints, hinted = torch.zeros(2, 401, 4, 4).half(), torch.zeros(2, dtype=torch.bool)
    return Batch(images, maps, torch.ones_like(maps), hints, hinted)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / 'scenes').mkdir()
    persons = np.random.default_rng(0).uniform(40, 100, (1, 18, 3)).astype(np.float32)
    persons[..., 2] = 2
    scenes = [Scene(np.full((128, 128, 3), 40 * i, np.uint8), persons) for i in range(4)]
    write_shard(shard_path(tmp_path / 'scenes', 0), scenes)
    return tmp_path


def test_steps_lower_the_loss():
    trainer = Trainer(settings(), OpenPoseNet(SMALL))
    losses = [trainer.learn(batch()).total for _ in range(15)]
    assert losses[-1] < losses[0]


def test_a_perfect_answer_costs_nothing_and_ignored_cells_neither():
    target = torch.rand(1, 57, 4, 4)
    weight = torch.ones_like(target)
    weight[..., 0] = 0
    wrong = target.clone()
    wrong[..., 0] += 5
    total, heat, paf = map_losses([(wrong[:, :19], wrong[:, 19:])], target, weight)
    assert total == heat == paf == 0


def test_a_resumed_run_goes_on_as_if_it_had_not_stopped(tmp_path):
    straight = Trainer(settings(), OpenPoseNet(SMALL))
    for i in range(4):
        straight.learn(batch(i))
        if i == 1:
            straight.save(tmp_path / 'state.pt')
    resumed = Trainer(settings(), OpenPoseNet(SMALL))
    resumed.resume(tmp_path / 'state.pt')
    assert (resumed.step, resumed.samples) == (2, 4)
    for i in (2, 3):
        resumed.learn(batch(i))
    for ours, theirs in ((straight.net, resumed.net), (straight.average.net, resumed.average.net)):
        for name, value in ours.state_dict().items():
            torch.testing.assert_close(theirs.state_dict()[name], value, msg=name)


def test_a_damaged_state_is_named(tmp_path):
    (tmp_path / 'state.pt').write_bytes(b'broken')
    with pytest.raises(DatasetError, match='cannot resume'):
        Trainer(settings(), OpenPoseNet(SMALL)).resume(tmp_path / 'state.pt')
    with pytest.raises(DatasetError, match='cannot write'):
        Trainer(settings(), OpenPoseNet(SMALL)).save(tmp_path / 'none' / 'state.pt')


@pytest.mark.parametrize('call', ['fsync', 'replace'])
def test_a_full_disk_is_named_and_the_last_state_and_checkpoint_survive(folder, monkeypatch, call):
    plan = settings(folder=str(folder), output=str(folder / 'net.safetensors'), samples=2, scenes=4)
    train(plan)
    before = {name: (folder / name).read_bytes() for name in ('state.pt', 'net.safetensors')}
    trainer = Trainer(plan)

    def full(*_) -> None:
        raise OSError(28, 'No space left on device')

    monkeypatch.setattr('os.fsync' if call == 'fsync' else 'pathlib.Path.replace', full)
    with pytest.raises(DatasetError, match='No space left'):
        trainer.save(folder / 'state.pt')
    with pytest.raises(WeightsError, match='No space left'):
        write_checkpoint(trainer)
    assert before == {name: (folder / name).read_bytes() for name in before}
    assert not list(folder.glob('*.partial'))


def test_a_damaged_shard_state_or_missing_teacher_stops_the_run_and_harms_nothing(folder):
    plan = settings(folder=str(folder), output=str(folder / 'net.safetensors'), samples=2, scenes=4)
    checkpoint = train(plan).read_bytes()
    more = plan.changed(samples=4)
    with pytest.raises(WeightsError, match='is no PoseNet'):
        train(more.changed(hint_share=.5, teacher=str(folder / 'none.onnx')))
    (folder / 'scenes' / 'odd.npz').write_bytes(b'half a shard')
    with pytest.raises(DatasetError, match=r'odd\.npz is damaged'):
        train(more)
    (folder / 'scenes' / 'odd.npz').unlink()
    (folder / 'state.pt').write_bytes((folder / 'state.pt').read_bytes()[:1000])
    with pytest.raises(DatasetError, match='cannot resume'):
        train(more)
    assert (folder / 'net.safetensors').read_bytes() == checkpoint


def test_photos_that_are_missing_or_unlabelled_are_named(folder):
    plan = settings(folder=str(folder), output=str(folder / 'net.safetensors'), samples=2, scenes=4)
    unlabelled = folder / 'photos' / 'some_source' / 'with_people'
    unlabelled.mkdir(parents=True)
    (unlabelled / 'a.jpg').write_bytes(b'')
    for share in ('photo_share', 'empty_share'):
        with pytest.raises(DatasetError, match='no photo'):
            train(plan.changed(**{share: .5}, photos=str(folder / 'photos'), further_photos=str(folder / 'none')))


def test_the_learning_rate_rises_stays_and_falls_to_zero():
    plan = settings(samples=100_000, decay_share=.25, learning_rate=1e-3)
    assert learning_rate(plan, 0, 0) < 1e-4
    assert learning_rate(plan, 1000, 50_000) == learning_rate(plan, 2000, 75_000) == pytest.approx(1e-3)
    assert learning_rate(plan, 3000, 87_500) == pytest.approx(5e-4)
    assert learning_rate(plan, 4000, 100_000) == 0


def test_batches_are_those_of_their_seed(folder):
    plan = settings(folder=str(folder))
    first, again = (next(iter(BatchStream(plan, seed=3))) for _ in range(2))
    assert first.images.shape == (2, 3, 64, 64) and first.maps.shape == first.weights.shape == (2, 57, 8, 8)
    assert torch.equal(first.images, again.images) and torch.equal(first.maps, again.maps)
    other = next(iter(BatchStream(plan, seed=3, rank=1)))
    assert other.images.shape == first.images.shape and not torch.equal(other.images, first.images)


def test_train_writes_a_checkpoint_and_goes_on_when_asked_for_more(folder):
    plan = settings(folder=str(folder), output=str(folder / 'net.safetensors'), samples=4, scenes=4)
    assert load_openpose(train(plan))[1]['samples'] == 4
    assert load_openpose(train(plan.changed(samples=6)))[1]['samples'] == 6


def test_what_was_reached_is_said_in_words(folder, monkeypatch):
    plan = settings(folder=str(folder), output=str(folder / 'net.safetensors'), samples=2, scenes=4, held_out_scenes=2)
    scenes = [Scene(np.full((64, 64, 3), 90, np.uint8), np.zeros((0, 18, 3), np.float32))] * 2
    for name, given in (('scenes', scenes), ('people', (scenes, [])), ('empty', scenes)):
        monkeypatch.setattr(f'pose_ros.training.train.held_out_{name}', lambda *_, given=given: given)
    train(plan.changed(held_out_scenes=0))
    assert reached(plan).startswith('reached on 6 held-out scenes and photos: nan of 0 people')


def test_missing_data_is_named(tmp_path):
    with pytest.raises(DatasetError, match='no photos'):
        train(settings(folder=str(tmp_path), photos=str(tmp_path / 'none')))


@pytest.mark.parametrize('wrong', [
    {'samples': 0}, {'photo_share': 1.5}, {'device': 'abacus'}, {'sizes_px': [100]}, {'sizes_px': []}, {'processes': 3},
    {'photo_share': .6, 'empty_share': .6}])
def test_settings_are_checked(wrong):
    with pytest.raises(SettingError):
        settings(**wrong)
