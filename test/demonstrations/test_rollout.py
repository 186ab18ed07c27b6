import numpy as np
import pytest

from pose_ros.demonstrations.replay import motions, plan_replay, segments_of
from pose_ros.demonstrations.rollout import learnt, recorded
from pose_ros.errors import DatasetError


def test_one_motion_makes_a_dmp_and_several_a_promp(robot, shown):
    taught = motions(shown, segments_of(shown))
    for number in (1, 6):
        rolled = learnt(taught[:number], goal=robot.home, duration=3.0)
        np.testing.assert_allclose(rolled.positions[-1], robot.home, atol=1e-9)
        assert rolled.duration == pytest.approx(3.0)
    with pytest.raises(DatasetError, match='needs 5 demonstrations, got 3'):
        learnt(taught[:3])
    with pytest.raises(DatasetError, match='no motion was shown'):
        learnt([])


def test_a_rollout_becomes_a_recording_that_can_be_replayed(robot, shown):
    taught = motions(shown, segments_of(shown))[2]
    rolled = learnt([taught], goal=0.9 * taught.positions[-1])
    motion, _ = plan_replay(recorded(rolled, shown.about), robot)
    np.testing.assert_allclose(motion.positions[-1], 0.9 * taught.positions[-1], atol=1e-3)
