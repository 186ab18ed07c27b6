import importlib.util
from pathlib import Path

import numpy as np
import pytest

MISSING = [name for name in ('h5py', 'matplotlib', 'pinocchio', 'torch') if importlib.util.find_spec(name) is None]
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f'no {", ".join(MISSING)} (pip install pose_ros[robot,learning])')
FILE = Path(__file__).parents[2] / 'examples' / 'behaviour_cloning.py'


@pytest.fixture(scope='module')
def example():
    spec = importlib.util.spec_from_file_location('behaviour_cloning', FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope='module')
def robot(example):
    return example.load_robot('arm7')


@pytest.fixture(scope='module')
def episodes(example, robot, tmp_path_factory):
    path = tmp_path_factory.mktemp('shown') / 'shown.hdf5'
    example.show_and_export(robot, path, count=5)
    return example.load(path)


def test_a_policy_learns_what_was_shown_and_breaks_no_limit(example, robot, episodes, tmp_path):
    held_out, learnt_from = episodes[2:3], episodes[:2] + episodes[3:]
    policy = example.train(learnt_from, epochs=400)
    ways, errors = example.evaluate(robot, policy, held_out)
    assert errors['violations'] == 0
    assert errors['mean error [deg]'] < 0.5 * errors['mean error of an arm that stands [deg]']
    example.plot(robot, held_out, ways, tmp_path / 'joints.png')
    assert (tmp_path / 'joints.png').stat().st_size > 10_000


def test_a_policy_that_learnt_nothing_breaks_no_limit_either(example, robot, episodes):
    random = example.Policy(example.torch.from_numpy(episodes[0][0]).float() * 100)
    way = example.drive(robot, random, robot.home, 1.0)
    assert example.violations(robot.limits, way, 0.01) == (0, 0, 0)
    assert np.abs(way[-1] - robot.home).max() > 0.05
