"""Processes that train together make the same step."""
import subprocess
import sys

import torch

from pose_ros.training.parallel import average_gradients, process_count

# A script of its own: processes are spawned, and import what they run by name.
SCRIPT = """
import sys
import torch
from pose_ros.training.parallel import average_gradients, process_count, run_processes

def check(rank, folder):
    weight = torch.nn.Parameter(torch.zeros(3))
    weight.grad = torch.full((3,), float(rank))
    average_gradients([weight, torch.nn.Parameter(torch.zeros(1))])
    torch.save((process_count(), weight.grad), f'{folder}/{rank}.pt')

if __name__ == '__main__':
    run_processes(check, 2, sys.argv[1])
"""


def test_gradients_are_averaged_over_the_processes(tmp_path):
    (tmp_path / 'check.py').write_text(SCRIPT)
    subprocess.run([sys.executable, tmp_path / 'check.py', tmp_path], check=True, timeout=120)
    for rank in range(2):
        count, gradient = torch.load(tmp_path / f'{rank}.pt')
        assert count == 2 and gradient.tolist() == [.5] * 3


FAILING = """
import sys
from pose_ros.errors import DatasetError
from pose_ros.training.parallel import run_processes

def fail(rank):
    if rank == 0:
        raise DatasetError('cannot write state.pt: the disk is full')
    import torch
    torch.distributed.barrier()

if __name__ == '__main__':
    try:
        run_processes(fail, 2)
    except DatasetError as error:
        print(error)
"""


def test_when_one_process_fails_all_end_and_the_reason_is_named(tmp_path):
    (tmp_path / 'fail.py').write_text(FAILING)
    command = [sys.executable, tmp_path / 'fail.py']
    ended = subprocess.run(command, check=True, timeout=120, capture_output=True, text=True)
    assert ended.stdout.strip().endswith('failed: cannot write state.pt: the disk is full')


def test_one_process_needs_no_others():
    weight = torch.nn.Parameter(torch.zeros(3))
    weight.grad = torch.ones(3)
    average_gradients([weight])
    assert process_count() == 1 and weight.grad.tolist() == [1] * 3
