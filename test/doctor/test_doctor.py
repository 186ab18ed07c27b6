"""The doctor looks at everything, never raises, and gives a remedy with every complaint."""
import sys

import pytest

from pose_ros.doctor import diagnose
from pose_ros.doctor.check import Check, guarded
from pose_ros.doctor.doctor import CHECKS


@pytest.fixture(scope='module')
def findings():
    return diagnose()


def test_every_check_gives_one_finding_under_its_name(findings):
    assert [found.name for found in findings] == [name for name, _, _ in CHECKS]


def test_whatever_is_not_fine_comes_with_a_remedy(findings):
    assert not [found for found in findings if found.status != 'ok' and not found.remedy]
    assert all(found.detail for found in findings)


def test_this_environment_can_run_nodes(findings):
    status = {found.name: found.status for found in findings}
    assert {name: status[name] for name in ('python', 'torch', 'ros', 'messages', 'middleware')} == dict.fromkeys(
        ('python', 'torch', 'ros', 'messages', 'middleware'), 'ok')


@pytest.mark.parametrize('error', [RuntimeError('operator torchvision::nms does not exist'), OSError(), KeyError('x')])
def test_a_check_that_breaks_is_a_finding(error):
    def broken():
        raise error

    found = guarded('torch', broken, 'install it')
    assert (found.name, found.status, found.remedy) == ('torch', 'fail', 'install it')
    assert type(error).__name__ in found.detail


def test_without_ros_and_torch_the_rest_is_still_looked_at(monkeypatch):
    for name in ('rclpy', 'torch', 'pose_ros.msg'):
        monkeypatch.setitem(sys.modules, name, None)  # what an absent package looks like to `import`
    found = {check.name: check for check in diagnose()}
    assert {'ros', 'torch', 'gpu'} <= {name for name, check in found.items() if check.status == 'fail' and check.remedy}
    assert found['python'].status == found['opencv'].status == 'ok'


def test_a_finding_cannot_be_changed():
    with pytest.raises(AttributeError):
        Check('a', 'ok', 'b').status = 'fail'
