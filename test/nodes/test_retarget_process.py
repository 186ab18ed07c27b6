"""retarget_node, a simulated robot and a person as processes: killed in motion, the arm comes to rest by itself."""
import pytest

from pose_ros.benchmarks.retarget_node import killed, stage, violations


@pytest.mark.parametrize('physics', ['kinematic', 'mujoco'])
def test_the_robot_rests_within_300_ms_after_the_node_was_killed(physics):
    if physics == 'mujoco':
        pytest.importorskip('mujoco', reason="needs the extra `mujoco`: pip install 'pose_ros[mujoco]'")
    rest_ms, _ = killed(physics=physics)
    assert rest_ms < 300


def test_what_the_robot_is_told_breaks_no_limit():
    calm = {'safety.soft_timeout_s': 1.0, 'safety.hard_timeout_s': 3.0, 'session.follow_error_rad': 2.0}
    with stage(**calm) as here:
        here.follow()
        here.wait_for_motion()
        assert here.spinner.until(lambda: sum(map(len, here.watch.commands())) > 200)
        assert violations('arm7', here.watch) == 0
