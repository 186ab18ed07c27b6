import pytest
import torch

from pose_ros.errors import EstimatorError, SettingError
from pose_ros.estimators.device import choose_device, choose_precision, memory_errors

CUDA = torch.cuda.is_available()


def test_auto_prefers_cuda():
    assert choose_device('auto') == torch.device('cuda:0' if CUDA else 'cpu')
    assert choose_device('cpu') == torch.device('cpu')


@pytest.mark.parametrize('name', ['', 'gpu', 'cuda:99', 'cuda:x', 'CPU', *([] if CUDA else ['cuda', 'cuda:0'])])
def test_devices_that_do_not_exist_are_refused_with_those_that_do(name):
    with pytest.raises(SettingError, match=r'is not allowed here; allowed: auto \| cpu'):
        choose_device(name)


@pytest.mark.parametrize('name, device, dtype', [
    ('auto', 'cpu', torch.float32), ('fp32', 'cpu', torch.float32), ('auto', 'cuda:0', torch.float16),
    ('fp32', 'cuda:0', torch.float32), ('fp16', 'cuda:0', torch.float16)])
def test_precision_follows_the_device(name, device, dtype):
    assert choose_precision(name, torch.device(device)) == dtype


def test_the_cpu_has_no_fp16():
    with pytest.raises(SettingError, match="'fp16' is not allowed on the CPU"):
        choose_precision('fp16', torch.device('cpu'))


def test_real_memory_runs_out():
    with pytest.raises(EstimatorError, match='cpu ran out of memory'), memory_errors(torch.device('cpu')):
        torch.empty(2 ** 60, dtype=torch.uint8)


def test_other_errors_pass():
    with pytest.raises(RuntimeError, match='shape'), memory_errors(torch.device('cpu')):
        torch.zeros(3).reshape(2, 2)
