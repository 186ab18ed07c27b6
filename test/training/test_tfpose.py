"""tf-pose's channels are put into our order, and its people back into the photo."""
import numpy as np
import pytest

from pose_ros.benchmarks.scenes import make_scene
from pose_ros.errors import WeightsError
from pose_ros.grouping.settings import GroupingSettings
from pose_ros.skeletons import OPENPOSE18
from pose_ros.training import tfpose
from pose_ros.training.tfpose import HEIGHT, PAF_CHANNELS, STRIDE, WIDTH, TfPose, blob

ROWS, COLUMNS = HEIGHT // STRIDE, WIDTH // STRIDE


class Net:
    """Answers with the maps of a known scene in the layout of tf-pose."""

    def __init__(self, scene):
        self.output = np.zeros((1, 57, ROWS, COLUMNS), np.float32)
        self.output[0, :18], self.output[0, PAF_CHANNELS] = scene.heatmaps[:18], scene.pafs

    def setInput(self, made):
        assert made.shape == (1, 3, HEIGHT, WIDTH) and abs(made).max() <= 1.01

    def forward(self):
        return self.output


def test_every_paf_channel_is_used_once():
    assert sorted(PAF_CHANNELS) == list(range(19, 57))


def test_people_come_back_in_the_photos_pixels(monkeypatch, tmp_path):
    scene = make_scene(5, ROWS, COLUMNS, 0)
    monkeypatch.setattr(tfpose, 'open_graph', lambda path: Net(scene))
    estimator = TfPose(tmp_path / 'graph.pb', GroupingSettings())
    found, = estimator.estimate([np.zeros((2 * HEIGHT, 2 * WIDTH, 3), np.uint8)])
    assert len(found) == 5 and found[0].skeleton == OPENPOSE18
    for truth in (scene.keypoints + 0.5) * 2 - 0.5:
        assert min(np.nanmean(abs(person.keypoints - truth)) for person in found) < 2 * STRIDE


def test_the_blob_is_bgr_in_minus_one_to_one():
    made = blob(np.full((4, 4, 3), (255, 0, 127), np.uint8))
    np.testing.assert_allclose(made[0, :, 0, 0], (0, -1, 1), atol=0.01)


def test_a_missing_graph_is_named(tmp_path):
    with pytest.raises(WeightsError, match='cannot open the network .*none.pb'):
        TfPose(tmp_path / 'none.pb')
