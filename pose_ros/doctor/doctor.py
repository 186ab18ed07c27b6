"""All checks, in the order in which they are read."""
from __future__ import annotations

from pose_ros.doctor.check import Check, guarded
from pose_ros.doctor.machine import (
    check_gpu,
    check_opencv,
    check_python,
    check_receive_buffer,
    check_rosbags,
    check_shared_memory,
    check_torch,
    check_weights,
)
from pose_ros.doctor.robot import check_robots
from pose_ros.doctor.ros import (
    check_cv_bridge,
    check_domain,
    check_messages,
    check_middleware,
    check_ros,
    check_tf,
)
from pose_ros.doctor.topic import check_topic

_REINSTALL = 'install the package again: `make setup`, or pip install pose_ros'
_NO_ROS = 'source a ROS 2 (Jazzy or newer), or use `make setup`; videos, photos and bags work without'

CHECKS = (
    ('python', check_python, ''),
    ('torch', check_torch, 'install torch and torchvision together, in versions that fit'),
    ('gpu', check_gpu, 'install torch'),
    ('opencv', check_opencv, _REINSTALL),
    ('weights', check_weights, _REINSTALL),
    ('rosbags', check_rosbags, _REINSTALL),
    ('robots', check_robots, 'for retarget_node: pip install "pose_ros[robot]"'),
    ('ros', check_ros, _NO_ROS),
    ('messages', check_messages, 'build them: `make setup`, or colcon build and source install/local_setup.bash'),
    ('middleware', check_middleware, 'unset RMW_IMPLEMENTATION, or install what it names'),
    ('domain', check_domain, ''),
    ('tf', check_tf, _NO_ROS),
    ('cv_bridge', check_cv_bridge, 'uninstall it: pose_ros converts images itself (the one on PyPI is for ROS 1)'),
    ('shared memory', check_shared_memory, ''),
    ('receive buffer', check_receive_buffer, ''),
)


def diagnose(topic: str = '') -> list[Check]:
    """Look at everything that this package needs. Never raises.

    Args:
        topic: of images; if given, also look at it on the live graph, which takes up to ten seconds.
    """
    found = [guarded(name, look, remedy) for name, look, remedy in CHECKS]
    if topic:
        found.append(guarded('topic', lambda: check_topic(topic), 'see the checks above'))
    return found
