"""The benchmarks of people in space: small versions of them, judged as the issue asks."""
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from pose_ros.benchmarks import lifting, monocular, tracking
from pose_ros.training.tracking_evaluation import evaluate_tracks


@pytest.mark.parametrize('people', [1, 5])
def test_identities_are_kept_and_better_than_by_byte_track(people):
    clip = tracking.crowd(people, length_s=5.0)
    ours, theirs = (evaluate_tracks(clip.truth, track(clip)[0]) for track in (tracking.tracked, tracking.byte_tracked))
    assert ours.idf1 > theirs.idf1 and ours.switches <= theirs.switches


def test_every_row_of_lifting_is_a_number_and_the_bars_hold(monkeypatch):
    monkeypatch.setattr(lifting, 'SCENES', 3)
    monkeypatch.setattr(lifting, 'FRAMES', 3)
    values = {row.name: row.value for row in lifting.rows()}
    assert len(values) == 4 * 3 + 3 + 9 and np.isfinite(list(values.values())).all()
    for noise in lifting.NOISES:
        name = f'lifting.depth.{noise}'
        assert values[f'{name}.median_mm'] <= 25 and values[f'{name}.p95_mm'] <= 80
        assert values[f'{name}.on_background'] == 0 and values[f'{name}.found'] > 0.9
    assert values['lifting.three_cameras.5.median_mm'] <= 10


def test_rows_of_tracking_name_what_they_measure(monkeypatch):
    monkeypatch.setattr(tracking, 'PEOPLE', (1,))
    rows = tracking.rows()
    assert {row.name.rpartition('.')[2] for row in rows} == {'cpu_p50_ms', 'idf1', 'mota', 'switches'}
    assert all(set(asdict(row)) == {'name', 'value', 'unit'} and np.isfinite(row.value) for row in rows)


def test_monocular_rows_are_numbers_and_as_good_as_the_card_says(monkeypatch):
    monkeypatch.setattr(monocular, 'PEOPLE', 40)
    monkeypatch.setattr(monocular, 'CAPTURED', Path('nowhere'))
    values = {row.name: row.value for row in monocular.rows()}
    assert len(values) == 4 + 3 and np.isfinite(list(values.values())).all()
    assert values['monocular.stick.pa_mpjpe'] < 85 and values['monocular.stick.root_error'] < 0.08
    assert 1.0 < values['monocular.stick.chi2_median'] < 5.0
