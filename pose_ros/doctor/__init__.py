"""What is installed, what is wrong, and what to do about it. Starts where there is no ROS and no torch."""
from pose_ros.doctor.check import Check
from pose_ros.doctor.doctor import diagnose

__all__ = ['Check', 'diagnose']
