"""Processes that render: they share the work, say why they failed, and end with the block."""
import importlib
import multiprocessing
import sys
from functools import partial

import pytest

from pose_ros.errors import DatasetError
from pose_ros.synthetic.render_processes import RenderProcesses

# A module of its own: processes are spawned, and import what they run by name.
WORK = """
import os
import time
from pose_ros.errors import DatasetError

def touch(folder, seeds):
    for seed in seeds:
        (folder / f'{seed}').write_text(str(os.getpid()))

def fail(seeds):
    if 1 in seeds:
        raise DatasetError('the disk is full')
    time.sleep(600)

def die(seeds):
    os._exit(9)
"""


@pytest.fixture
def work(tmp_path_factory, monkeypatch):
    folder = tmp_path_factory.mktemp('work')
    (folder / 'rendering_work.py').write_text(WORK)
    monkeypatch.syspath_prepend(str(folder))
    yield importlib.import_module('rendering_work')
    del sys.modules['rendering_work']


def test_every_seed_is_rendered_once_by_one_of_the_processes(work, tmp_path):
    with RenderProcesses(partial(work.touch, tmp_path), range(5), 2) as processes:
        while processes.wait(20):
            pass
    by = {path.read_text() for path in tmp_path.iterdir()}
    assert sorted(path.name for path in tmp_path.iterdir()) == list('01234') and len(by) == 2


@pytest.mark.parametrize(('name', 'reason'), [('fail', 'the disk is full'), ('die', 'exit code 9')])
def test_the_first_failure_is_named_and_ends_the_others(work, name, reason):
    do = getattr(work, name)
    with pytest.raises(DatasetError, match=reason), RenderProcesses(do, range(4), 2) as processes:
        while processes.wait(20):
            pass
    assert not multiprocessing.active_children()


def test_nothing_to_render_starts_nothing(work):
    with RenderProcesses(work.fail, [], 3) as processes:
        assert not processes.wait(0)
        assert not multiprocessing.active_children()
