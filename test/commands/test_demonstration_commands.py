"""`pose-ros segment | replay | learn | export`, as a user types them."""
import importlib.util

import numpy as np
import pytest

from pose_ros.benchmarks.motions import add_noise
from pose_ros.benchmarks.taught import seen, teach
from pose_ros.bridge.demonstration_bag import read_demonstration, write_demonstration

MISSING = [name for name in ('pinocchio', 'movement_primitives', 'toppra', 'h5py')
           if importlib.util.find_spec(name) is None]
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f'no {", ".join(MISSING)} (pip install pose_ros[robot,learning])')


@pytest.fixture(scope='module')
def taught(tmp_path_factory):
    from pose_ros.demonstrations.transfer import transferred
    from pose_ros.retargeting.robot import load_robot
    folder = tmp_path_factory.mktemp('recordings') / 'taught'
    write_demonstration(folder, transferred(seen(add_noise(teach()[0])), load_robot('arm7')))
    return folder


def numbers_in(table):
    return [int(line.split()[1]) for line in table.splitlines() if line.startswith('│')]


def test_segment_lists_the_motions(call, taught):
    status, out, _ = call('segment', taught)
    assert status == 0 and 'arm7 (7 joints)' in out and numbers_in(out) == list(range(6))
    assert numbers_in(call('segment', taught, '--by', 'marks')[1]) == []


def test_replay_tells_what_the_robot_would_do(call, taught):
    status, out, _ = call('replay', taught, '--segment', '2', '--stretch', '2')
    assert status == 0 and 'arm7:' in out and '1.00 times as long as wanted' in out


def test_replay_gives_a_recording_to_another_robot(call, taught, tmp_path):
    status, out, _ = call('replay', taught, '--robot', 'torso14', '--out', 'other')
    assert status == 0 and 'torso14:' in out
    other = read_demonstration(tmp_path / 'other')
    assert other.about.robot == 'torso14' and len(other.commands) > 800


def test_learn_writes_what_replay_performs(call, taught, tmp_path):
    goal = '0 0.5 0 -1.2 0 1.5 0'
    status, out, _ = call('learn', taught, '--segment', '2', '--goal', goal, '--out', 'learnt')
    assert status == 0 and '1 shown, DMP' in out
    np.testing.assert_allclose(read_demonstration(tmp_path / 'learnt').commands.positions[-1],
                               [float(number) for number in goal.split()], atol=1e-6)
    assert call('replay', 'learnt')[0] == 0
    status, out, _ = call('learn', taught, '--duration', '4')
    assert status == 0 and '6 shown, ProMP' in out


def test_export_writes_a_dataset(call, taught, tmp_path):
    status, out, _ = call('export', taught, taught, '--to', 'csv', '--out', 'tables', '--state', 'commanded')
    assert status == 0 and '12 episodes' in out and len(list((tmp_path / 'tables').iterdir())) == 12
    status, out, _ = call('export', taught, '--to', 'csv', '--out', 'one', '--state', 'commanded', '--whole')
    assert status == 0 and '1 episodes' in out


@pytest.mark.parametrize(('arguments', 'message'), [
    (('segment', 'nothing'), 'there is no recording nothing'),
    (('replay', 'TAUGHT', '--segment', '9'), 'has 6 segments, got number 9'),
    (('replay', 'TAUGHT', '--robot', 'no_such'), 'no_such'),
    (('learn', 'TAUGHT', '--segment', '0', '--goal', '1 two'), "numbers between spaces or commas, got '1 two'"),
    (('learn', 'TAUGHT', '--segment', '0', '--goal', '1 2'), 'goal must be 7 finite joint positions'),
    (('learn', 'TAUGHT', '--segment', '9'), 'no motion was shown'),
    (('export', 'TAUGHT', '--to', 'bvh', '--out', 'x', '--state', 'commanded'), "no format 'bvh'"),
    (('export', 'TAUGHT', '--to', 'csv', '--out', 'x'), 'allowed: state = commanded'),
])
def test_errors_are_one_line(call, taught, arguments, message):
    status, _, error = call(*(taught if argument == 'TAUGHT' else argument for argument in arguments))
    assert status == 2 and message in error and 'Traceback' not in error


@pytest.mark.parametrize('command', ['replay', 'learn'])
def test_missing_libraries_are_named(call, taught, monkeypatch, command):
    monkeypatch.setattr('pose_ros.commands.replay.LIBRARIES', ('no_such_library',))
    status, _, error = call(command, taught)
    assert status == 2 and "this needs no_such_library: pip install 'pose_ros[robot,learning]'" in error
