"""retarget_node records a demonstration on a real graph, and performs what was recorded."""
from __future__ import annotations

import numpy as np
import pytest
from conftest import wait_until
from nodes.retarget_rig import RetargetRig
from std_srvs.srv import SetBool, Trigger

from pose_ros.bridge.demonstration_bag import read_demonstration
from pose_ros.bridge.robot import Replay, RetargetStatus, joint_path_from_msg
from pose_ros.demonstrations.demonstration import MARK_BEGIN, MARK_END
from pose_ros.retargeting.rehearsal import violations
from pose_ros.retargeting.sim_controller import commanded
from pose_ros.skeletons import COCO17

pytest.importorskip('toppra')


def record(rig, folder):
    """Follows a person for a while and records it."""
    rig.start(record_folder=str(folder))
    refused = rig.call(Trigger, 'mark')
    assert not refused.success and '~/record first' in refused.message
    wait_until(lambda: rig.call(SetBool, 'enable', data=True).success, what='enabled')
    rig.wait_for(RetargetStatus.TRACKING)
    assert rig.call(SetBool, 'record', data=True).success
    begun = len(rig.states)
    assert rig.call(Trigger, 'mark').message == MARK_BEGIN
    wait_until(lambda: len(rig.states) > begun + 150, what='some seconds of motion')
    assert rig.call(Trigger, 'mark').message == MARK_END
    assert rig.call(SetBool, 'record', data=False).success
    return next(folder.iterdir())


def test_what_was_recorded_is_performed(graph, tmp_path):
    rig = RetargetRig(graph)
    path = record(rig, tmp_path / 'recordings')
    read = read_demonstration(path)
    assert read.about.robot == 'arm7' and read.about.skeleton.keypoints == COCO17.keypoints and read.about.config
    assert [mark.label for mark in read.marks if mark.label in (MARK_BEGIN, MARK_END)] == [MARK_BEGIN, MARK_END]
    assert len(read.persons.stamps) > 10 and len(read.commands) > 20 and len(read.measured) > 20
    assert np.abs(read.measured.at(read.commands.stamps) - read.commands.positions).max() < 0.3

    rig.showing = False
    wait_until(lambda: rig.call(SetBool, 'enable', data=False).success, what='disabled')
    rig.comes_to_rest()
    rig.paths.clear()
    answer = rig.call(Replay, 'replay', path=str(path), segment=0, stretch=1.5)
    assert answer.success and 'times as long as wanted' in answer.message, answer.message
    rig.wait_for(RetargetStatus.DISABLED, 'performed')
    for positions in commanded([joint_path_from_msg(path) for path in rig.paths]):
        assert violations(rig.sim.robot.limits, positions, 0.01) == (0, 0, 0)
    refused = rig.call(Replay, 'replay', path=str(path), segment=7)
    assert not refused.success and 'has 1 segments, got number 7' in refused.message
    refused = rig.call(Replay, 'replay', path=str(tmp_path / 'gone'))
    assert not refused.success and 'there is no recording' in refused.message
