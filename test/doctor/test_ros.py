"""Domains and discovery ranges that cannot work, or work with a drawback, are named."""
import pytest

from pose_ros.doctor import ros
from pose_ros.doctor.ros import check_domain, check_ros, check_tf


@pytest.mark.parametrize(
    ('environment', 'status'),
    [
        ({}, 'ok'),
        ({'ROS_DOMAIN_ID': '42', 'ROS_AUTOMATIC_DISCOVERY_RANGE': 'LOCALHOST'}, 'ok'),
        ({'ROS_DOMAIN_ID': '150'}, 'warn'),
        ({'ROS_AUTOMATIC_DISCOVERY_RANGE': 'EVERYWHERE'}, 'warn'),
        ({'ROS_LOCALHOST_ONLY': '1'}, 'warn'),
        ({'ROS_DOMAIN_ID': '233'}, 'fail'),
        ({'ROS_DOMAIN_ID': 'robot'}, 'fail'),
        ({'ROS_DOMAIN_ID': '-1'}, 'fail'),
    ],
)
def test_domains(environment, status):
    found = check_domain(environment)
    assert found.status == status
    assert bool(found.remedy) == (status != 'ok')
    assert environment.get('ROS_DOMAIN_ID', '0') in found.detail


def test_two_ros_at_once_are_named(monkeypatch):
    monkeypatch.delenv('ROS_DISTRO', raising=False)
    if check_ros().status != 'ok' or 'site-packages' not in check_ros().detail:
        pytest.skip('needs the ROS wheels in this environment')
    monkeypatch.setenv('ROS_DISTRO', 'kilted')
    assert check_ros().status == 'warn'


@pytest.mark.parametrize(('there', 'status', 'part'), [
    ({'tf2_ros', 'tf2_msgs', 'hri_msgs'}, 'ok', 'read by tf2_ros; hri_msgs'),
    ({'tf2_msgs'}, 'ok', 'read by pose_ros itself; without hri_msgs'),
    (set(), 'warn', 'no tf2_msgs'),
])
def test_who_reads_tf(monkeypatch, there, status, part):
    monkeypatch.setattr(ros, 'find_spec', lambda name: name if name in there else None)
    found = check_tf()
    assert (found.status, bool(found.remedy)) == (status, status != 'ok') and part in found.detail
