"""The whole of `pose-ros calibrate` with a small network and a stand-in for the held-out data."""
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import torch

from pose_ros.errors import DatasetError, SettingError, WeightsError
from pose_ros.estimators.calibration import Calibration
from pose_ros.estimators.fake import FakeEstimator
from pose_ros.networks.checkpoint import load_openpose, read_facts, save_openpose
from pose_ros.networks.crop_pose import CropPose
from pose_ros.networks.keypoint_rcnn import SmallRcnn, load_small_rcnn, save_small_rcnn
from pose_ros.networks.openpose import OpenPoseNet, OpenPoseShape
from pose_ros.networks.rmpe import RmpeNet, save_rmpe
from pose_ros.skeletons import OPENPOSE18
from pose_ros.synthetic.scene import Scene
from pose_ros.training import calibrate as room
from pose_ros.training.calibrate import calibrate, f1_by_threshold
from pose_ros.training.calibration import Answers, Outcomes
from pose_ros.training.calibration_settings import CalibrationSettings
from pose_ros.training.reliability import draw_reliability
from pose_ros.types import Person
from pose_ros.weights import find_weights, register

SHAPE = OpenPoseShape((8, 8, 8, 8), (1, 1, 1, 1), 8, 1)
PEOPLE = np.concatenate([np.random.default_rng(0).uniform(20, 80, (40, 1, 18, 2)), np.full((40, 1, 18, 1), 2)], -1)


def found(image):
    """The person of picture i, of score i / 40; a wrong one in every other picture."""
    i = int(image[0, 0, 0])
    points = PEOPLE[i, 0, :, :2] + (0 if i % 2 else 300)
    return [Person(OPENPOSE18, points, np.full(18, (i + 1) / 41), (i + 1) / 41)]


@pytest.fixture
def checkpoint(tmp_path, monkeypatch):
    """A registered checkpoint, held-out data and an estimator that is right in every other picture."""
    torch.manual_seed(0)
    save_openpose(tmp_path / 'net.safetensors', OpenPoseNet(SHAPE), {'samples': 7})
    register('openpose', 'net.safetensors', 'Apache-2.0', 'openpose18', tmp_path)
    scenes = [Scene(np.full((100, 100, 3), i, np.uint8), people.astype(np.float32)) for i, people in enumerate(PEOPLE)]
    monkeypatch.setattr(room, 'held_out_scenes', lambda *_: scenes)
    monkeypatch.setattr(room, 'held_out_people', lambda *_: (scenes[:2], [[], []]))
    monkeypatch.setattr(room, 'held_out_empty', lambda *_: scenes[:1])
    monkeypatch.setattr(room, 'load', lambda settings: FakeEstimator(found))
    return tmp_path / 'net.safetensors'


def test_the_checkpoint_keeps_its_weights_and_facts_and_stays_registered(checkpoint):
    before, _ = load_openpose(checkpoint)
    calibration, parts = calibrate(CalibrationSettings(checkpoint=str(checkpoint), estimators=['openpose']))['openpose']
    after, facts = load_openpose(checkpoint)
    assert all(torch.equal(a, b) for a, b in zip(before.state_dict().values(), after.state_dict().values()))
    assert facts['samples'] == 7 and facts['calibration'] == {'openpose': asdict(calibration)}
    assert Calibration.of_checkpoint(facts, 'openpose') == calibration
    assert find_weights('openpose', checkpoint.parent) == checkpoint
    assert parts['synthetic scenes'].persons.right.sum() == 20 and parts['synthetic scenes'].people == 40


def test_the_best_threshold_keeps_the_right_and_drops_the_wrong():
    scores = np.linspace(0.02, 0.98, 200)
    answers = Answers(Outcomes(scores, scores > 0.42), Outcomes.joined([]), people=116)
    f1 = f1_by_threshold(Calibration(), {'scenes': answers, 'photos': answers})
    assert max(f1, key=f1.get) in (0.4, 0.45) and f1[0.05] < f1[0.4] > f1[0.7]


def test_calibrating_twice_gives_the_same(checkpoint):
    settings = CalibrationSettings(checkpoint=str(checkpoint), estimators=['openpose'])
    assert calibrate(settings)['openpose'][0] == calibrate(settings)['openpose'][0]


def test_other_estimators_keep_their_numbers(checkpoint):
    calibrate(CalibrationSettings(checkpoint=str(checkpoint), estimators=['deepcut']))
    calibrate(CalibrationSettings(checkpoint=str(checkpoint), estimators=['openpose']))
    assert set(load_openpose(checkpoint)[1]['calibration']) == {'openpose', 'deepcut'}


def test_each_system_is_calibrated_in_the_file_of_its_own_network(checkpoint, monkeypatch):
    (checkpoint.parent / 'pose_ros' / 'checkpoints').mkdir(parents=True)
    monkeypatch.chdir(checkpoint.parent)
    files = {name: Path(f'pose_ros/checkpoints/{name}.safetensors') for name in ('openpose', 'rmpe', 'mask_rcnn')}
    save_small_rcnn(files['mask_rcnn'], SmallRcnn(SHAPE), {'samples': 3})
    save_rmpe(files['rmpe'], RmpeNet(SmallRcnn(SHAPE), CropPose(SHAPE, True)), {})
    save_openpose(files['openpose'], OpenPoseNet(SHAPE), {})
    results = calibrate(CalibrationSettings())
    facts = {name: read_facts(file)['calibration'] for name, file in files.items()}
    assert {name: set(numbers) for name, numbers in facts.items()} == {
        'openpose': {'openpose', 'deepcut'}, 'rmpe': {'rmpe'}, 'mask_rcnn': {'mask_rcnn'}}
    assert all(facts['openpose' if name == 'deepcut' else name][name] == asdict(found)
               for name, (found, _) in results.items())
    assert load_small_rcnn(files['mask_rcnn'])[1]['samples'] == 3


def test_an_unknown_estimator_is_refused():
    with pytest.raises(SettingError, match='openpose | deepcut | rmpe | mask_rcnn'):
        CalibrationSettings(estimators=['posenet'])


def test_a_checkpoint_that_cannot_be_written_is_as_it_was(checkpoint, monkeypatch):
    content, write = checkpoint.read_bytes(), room.write_facts

    def full(path, facts, output):
        if output == checkpoint:
            raise WeightsError('cannot write the checkpoint: No space left on device')
        write(path, facts, output)

    monkeypatch.setattr(room, 'write_facts', full)
    with pytest.raises(WeightsError, match='No space left'):
        calibrate(CalibrationSettings(checkpoint=str(checkpoint), estimators=['openpose']))
    assert checkpoint.read_bytes() == content and find_weights('openpose', checkpoint.parent)


def test_a_network_that_finds_nobody_is_not_calibrated(checkpoint, monkeypatch):
    content = checkpoint.read_bytes()
    monkeypatch.setattr(room, 'load', lambda settings: FakeEstimator(lambda _: []))
    with pytest.raises(DatasetError, match='0 answers were right and 0 wrong'):
        calibrate(CalibrationSettings(checkpoint=str(checkpoint), estimators=['openpose']))
    assert checkpoint.read_bytes() == content


def test_a_damaged_checkpoint_is_named(tmp_path):
    (tmp_path / 'net.safetensors').write_bytes(json.dumps({}).encode())
    with pytest.raises(WeightsError, match='net.safetensors is damaged'):
        calibrate(CalibrationSettings(checkpoint=str(tmp_path / 'net.safetensors')))


def test_the_diagram_is_drawn(checkpoint, tmp_path):
    pytest.importorskip('matplotlib', reason='matplotlib comes with the extra `train`')
    results = calibrate(CalibrationSettings(checkpoint=str(checkpoint), estimators=['openpose', 'deepcut']))
    draw_reliability(results, tmp_path / 'new' / 'diagram.png')
    assert (tmp_path / 'new' / 'diagram.png').read_bytes().startswith(b'\x89PNG')
