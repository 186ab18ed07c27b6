"""The summary: percentiles of what was measured, null for what was not."""
import json

import numpy as np
import pytest

from pose_ros.demo.recording import Figures
from pose_ros.demo.summary import Summary


def summary_of(figures, frames_in=100):
    return Summary.of(figures, source='clip.mp4', complete=True, frames_in=frames_in, device='cpu', ground_truth=None)


def test_percentiles_and_counts():
    figures = Figures(stamps_ns=list(range(0, 90 * 10**8, 10**8)), latencies_ms=list(np.arange(101.0)),
                      processing_ms=[4.0], persons=7, dropped=6, model='fake@0')
    summary = summary_of(figures)
    assert summary.latency_ms == pytest.approx({'p50': 50, 'p95': 95, 'p99': 99})
    assert (summary.published, summary.dropped, summary.dropped_reported) == (90, 10, 6)
    assert summary.rate_hz == pytest.approx(10)


def test_what_was_not_measured_is_null_in_the_file(tmp_path):
    summary_of(Figures(), frames_in=0).save(tmp_path / 'summary.json')
    content = json.loads((tmp_path / 'summary.json').read_text())
    assert content['latency_ms'] == {'p50': None, 'p95': None, 'p99': None}
    assert content['rate_hz'] is None and content['ground_truth'] is None and content['dropped'] == 0
