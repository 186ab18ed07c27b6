"""Checks of ROS 2: which one, the messages, the middleware, the domain, tf, cv_bridge."""
from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from pose_ros.doctor.check import Check

# The major version of rclpy tells the distribution where ROS_DISTRO is not set, as with the wheels.
DISTRIBUTIONS = {'3': 'humble', '4': 'iron', '7': 'jazzy', '9': 'kilted'}
LARGEST_DOMAIN = 232
LARGEST_PORTABLE_DOMAIN = 101
RANGES = ('SUBNET', 'LOCALHOST', 'SYSTEM_DEFAULT', 'OFF')


def check_ros() -> Check:
    """rclpy: where it comes from, and that there is only one ROS."""
    import rclpy

    major = version('rclpy').split('.')[0]
    distribution = DISTRIBUTIONS.get(major, f'unknown (rclpy {major})')
    sourced = os.environ.get('ROS_DISTRO', '')
    home = Path(str(rclpy.__file__)).parent
    detail = f'{distribution}, rclpy {version("rclpy")} in {home}'
    if sourced and home.is_relative_to(sys.prefix) and sys.prefix != sys.base_prefix:
        remedy = 'use one of them: a new terminal without `source`, or an environment without the ROS wheels'
        return Check('ros', 'warn', f'{detail}, and {sourced} is sourced too', remedy)
    return Check('ros', 'ok', detail)


def check_messages() -> Check:
    """The generated messages, through the serializer and back."""
    from rclpy.serialization import deserialize_message, serialize_message

    from pose_ros import msg

    data = serialize_message(msg.PersonPoseArray(persons=[msg.PersonPose(keypoints=[msg.Keypoint()])]))
    deserialize_message(data, msg.PersonPoseArray)
    return Check('messages', 'ok', f'pose_ros.msg in {Path(str(msg.__file__)).parent}')


def check_middleware() -> Check:
    """The DDS that rclpy loads."""
    from rclpy.utilities import get_rmw_implementation_identifier

    return Check('middleware', 'ok', get_rmw_implementation_identifier())


def check_domain(environment: Mapping[str, str] = os.environ) -> Check:
    """Who can be seen: both ends need the same ROS_DOMAIN_ID and a discovery range that reaches the other."""
    domain = environment.get('ROS_DOMAIN_ID', '') or '0'
    reach = environment.get('ROS_AUTOMATIC_DISCOVERY_RANGE', '') or 'SUBNET'
    detail = f'ROS_DOMAIN_ID {domain}, discovery range {reach}'
    if not domain.isdecimal() or int(domain) > LARGEST_DOMAIN:
        return Check('domain', 'fail', detail, f'set ROS_DOMAIN_ID to 0 .. {LARGEST_PORTABLE_DOMAIN}')
    if reach.upper() not in RANGES:
        return Check('domain', 'warn', detail, f'set ROS_AUTOMATIC_DISCOVERY_RANGE to one of {", ".join(RANGES)}')
    if environment.get('ROS_LOCALHOST_ONLY', '0') == '1':
        remedy = 'set ROS_AUTOMATIC_DISCOVERY_RANGE=LOCALHOST instead; ROS_LOCALHOST_ONLY overrides it'
        return Check('domain', 'warn', f'{detail}, ROS_LOCALHOST_ONLY 1', remedy)
    if int(domain) > LARGEST_PORTABLE_DOMAIN:
        remedy = f'0 .. {LARGEST_PORTABLE_DOMAIN} keeps clear of ports that the system hands out'
        return Check('domain', 'warn', detail, remedy)
    return Check('domain', 'ok', detail)


def check_tf() -> Check:
    """Who reads tf, which `target_frame` and depth of another camera need."""
    missing = [name for name in ('tf2_ros', 'tf2_msgs', 'hri_msgs') if find_spec(name) is None]
    if 'tf2_msgs' in missing:
        return Check('tf', 'warn', 'no tf2_msgs: 3D in the optical frame of aligned depth only',
                     'run `make setup`, or install tf2 of your ROS')
    reader = 'pose_ros itself' if 'tf2_ros' in missing else 'tf2_ros'
    humans = 'without hri_msgs, which the parameter humans needs' if 'hri_msgs' in missing else 'hri_msgs for REP-155'
    return Check('tf', 'ok', f'read by {reader}; {humans}')


def check_cv_bridge() -> Check:
    """cv_bridge converts images where it works; the package's own conversion does the same elsewhere."""
    try:
        found = version('cv-bridge')
    except PackageNotFoundError:
        return Check('cv_bridge', 'ok', 'not installed; images are converted by pose_ros itself')
    from cv_bridge import CvBridge

    CvBridge()
    return Check('cv_bridge', 'ok', found)
