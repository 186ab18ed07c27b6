import numpy as np

from pose_ros.estimators.fake import FakeEstimator
from pose_ros.skeletons import OPENPOSE18
from pose_ros.synthetic.scene import Scene
from pose_ros.training import held_out_evaluation as room
from pose_ros.training.calibration_settings import CalibrationSettings
from pose_ros.types import Person

POINTS = np.random.default_rng(0).uniform(20, 80, (18, 2))
LABELLED = Scene(np.ones((100, 100, 3), np.uint8), np.column_stack([POINTS, np.full(18, 2)])[None].astype(np.float32))
EMPTY = Scene(np.zeros((100, 100, 3), np.uint8), np.zeros((0, 18, 3), np.float32))


def test_each_set_has_its_figures(monkeypatch):
    monkeypatch.setattr(room, 'held_out_scenes', lambda *_: [LABELLED, EMPTY])
    monkeypatch.setattr(room, 'held_out_people', lambda *_: ([LABELLED], [[[0, 0, 5, 5]]]))
    monkeypatch.setattr(room, 'held_out_empty', lambda *_: [EMPTY, EMPTY, EMPTY])
    everywhere = FakeEstimator(lambda _: [Person(OPENPOSE18, POINTS, np.ones(18), 0.9)])
    got = list(room.evaluate_held_out(everywhere, CalibrationSettings()))
    assert [(name, count, figures.persons) for name, count, figures in got] == [
        ('synthetic scenes', 2, 1), ('photos with people', 1, 1), ('photos without people', 3, 0)]
    assert got[0][2].recall == got[1][2].recall == got[2][2].false_per_negative == 1.0
    assert got[0][2].false_per_negative == 1.0 and np.isnan(got[1][2].false_per_negative)
