"""retarget_node on a real graph: it follows, stops, answers, and its messages end at rest."""
from __future__ import annotations

import numpy as np
import pytest
from conftest import wait_until
from nodes.retarget_rig import RetargetRig
from std_srvs.srv import SetBool

from pose_ros.bridge.robot import RetargetStatus


@pytest.fixture
def rig(graph) -> RetargetRig:
    return RetargetRig(graph)


def test_it_follows_a_person_when_enabled(rig):
    rig.start()
    assert not rig.moves()
    wait_until(lambda: rig.call(SetBool, 'enable', data=True).success, what='enabled')
    rig.wait_for(RetargetStatus.TRACKING)
    wait_until(rig.moves, what='motion')
    wait_until(lambda: len(rig.paths) > 20, what='trajectories')
    assert all(not np.any(path.points[-1].velocities) for path in rig.paths)
    rig.showing = False
    rig.comes_to_rest()
