"""A person's points [m] become joint targets [rad] of any robot that has a URDF and one YAML file.

`config` and `robot` describe the robot; `point_filter`, `bones`, `bone_task` and `shadow_ik` find where its joints
should be; `follower` alone decides how they may move; `collision` and `safety` may only make it stop; `retargeter`
joins them, and `rehearsal` runs a recorded motion through it.
Nothing here knows ROS or torch. Needs the extra `robot` (pin, pin-pink, daqp).
"""
