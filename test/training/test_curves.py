"""Logs are read without the steps that a stopped run made twice."""
import json

import pytest

from pose_ros.errors import DatasetError
from pose_ros.training.curves import plot, read_log

LINE = {'time_s': 0.0, 'samples': 16, 'total': 1.0, 'heat': .5, 'paf': .5, 'hint': 0.0}


def test_repeated_steps_count_once(tmp_path):
    log = tmp_path / 'log.jsonl'
    log.write_text('\n'.join(json.dumps({**LINE, 'step': step, 'total': i}) for i, step in enumerate((1, 2, 2, 3))))
    assert read_log(log)['total'].tolist() == [0, 2, 3]
    pytest.importorskip('matplotlib')
    plot(read_log(log), tmp_path / 'curves.png')
    assert (tmp_path / 'curves.png').stat().st_size > 1000


@pytest.mark.parametrize('content', [None, '', 'no json', '{"samples": 1}'])
def test_a_broken_log_is_named(tmp_path, content):
    log = tmp_path / 'log.jsonl'
    if content is not None:
        log.write_text(content)
    with pytest.raises(DatasetError, match='cannot read the log'):
        read_log(log)
