"""What moves a robot needs the extras `robot` and `learning`; without them those tests are skipped."""
import importlib.util

import pytest

MISSING = [name for name in ('pinocchio', 'pink', 'daqp', 'coal', 'movement_primitives', 'toppra')
           if importlib.util.find_spec(name) is None]
NEEDED_BY = ('detour', 'feasibility', 'performance', 'primitives', 'replay', 'timing', 'transfer')

collect_ignore = [f'test_{name}.py' for name in NEEDED_BY] if MISSING else []


def pytest_report_header():
    needs = f'no {", ".join(MISSING)} (pip install pose_ros[robot,learning])'
    return f'tests of learnt motions skipped: {needs}' if MISSING else None


@pytest.fixture(scope='session')
def robot():
    """An arm of the package."""
    from pose_ros.retargeting.robot import load_robot
    return load_robot('arm7')


@pytest.fixture(scope='session')
def shown(robot):
    """A person who showed six motions, as the arm was commanded."""
    from pose_ros.benchmarks.motions import add_noise
    from pose_ros.benchmarks.taught import seen, teach
    from pose_ros.demonstrations.transfer import transferred
    return transferred(seen(add_noise(teach()[0])), robot)
