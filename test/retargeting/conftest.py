"""Retargeting needs the extra `robot`; without it its tests are skipped."""
import importlib.util

import pytest

MISSING = [name for name in ('pinocchio', 'pink', 'daqp', 'coal') if importlib.util.find_spec(name) is None]
ROBOTS = ('arm7', 'torso14', 'torso17')

collect_ignore_glob = ['test_*.py'] if MISSING else []


def pytest_report_header():
    return f'retargeting tests skipped: no {", ".join(MISSING)} (pip install pose_ros[robot])' if MISSING else None


@pytest.fixture(params=ROBOTS)
def robot(request):
    """Each robot of the package."""
    from pose_ros.retargeting.robot import load_robot
    return load_robot(request.param)
