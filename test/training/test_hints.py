"""Hints: only known ones count, and a missing teacher is named."""
import pytest
import torch

from pose_ros.errors import WeightsError
from pose_ros.training.hints import HINTS, HintHead, Teacher, hint_loss


def test_only_images_with_hints_count():
    hints = torch.rand(2, HINTS, 3, 3)
    predicted = hints.clone()
    predicted[1] += 1
    assert hint_loss(predicted, hints, torch.tensor([True, False])) == 0
    assert hint_loss(predicted, hints, torch.tensor([True, True])) > 0
    assert hint_loss(predicted, hints, torch.tensor([False, False])) == 0


def test_hints_are_predicted_on_the_cells_of_stride_16():
    head = HintHead((8, 16, 24, 32))
    levels = [torch.rand(1, 16, 8, 8), torch.rand(1, 24, 4, 4), torch.rand(1, 32, 2, 2)]
    assert head(levels).shape == (1, HINTS, 4, 4)


def test_a_missing_teacher_is_named(tmp_path):
    pytest.importorskip('onnx', reason='needs the `train` extra (onnx)')
    pytest.importorskip('onnxruntime', reason='needs the `train` extra (onnxruntime)')
    with pytest.raises(WeightsError, match='is no PoseNet'):
        Teacher(tmp_path / 'none.onnx')
