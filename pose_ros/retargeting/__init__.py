"""A person's points [m] become joint targets [rad] of any robot that has a URDF and one YAML file.

`config`, `config_file` and `robot` describe the robot; `point_filter`, `torso_frame`, `bones`, `wrists` and `shadow_ik`
find where its joints should be; `follower` alone decides how they may move; `collision` and `safety` may only make it
stop. `retargeter` joins them, `drive` keeps it in time, and `session` is what a node needs: one robot, and the person
that it follows or the `trajectory` that it performs. `rehearsal` runs a recorded motion through a retargeter,
`sim_controller` stands in for the robot's controller, `check` and `picture` show what a robot can do.
Nothing here knows ROS or torch. Needs the extra `robot` (pin, pin-pink, daqp, coal).
"""
